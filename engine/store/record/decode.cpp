#include "store/record/layout.hpp"
#include "store/record/words.hpp"

namespace causeway::record {
namespace {

Error damaged(std::int64_t sequence) {
    return fail(Issue::invariant, "event " + std::to_string(sequence),
                "This event is not as it was written; compare the ledger with its last good copy.");
}

std::vector<Key> read_keys(Reader& in) {
    std::vector<Key> keys;
    const std::uint64_t count = in.varint();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        const auto kind = in.text();
        const auto value = in.text();
        keys.push_back({std::string(kind), std::string(value)});
    }
    return keys;
}

Origin read_origin(Reader& in) {
    Origin origin;
    origin.channel = in.text();
    origin.message_type = in.text();
    origin.received_at = in.instant();
    return origin;
}

/// Sums of times in a damaged file must not overflow.
Instant moment(Instant at, std::int64_t difference) {
    return Instant(Duration(static_cast<std::int64_t>(static_cast<std::uint64_t>(at.time_since_epoch().count()) +
                                                      static_cast<std::uint64_t>(difference))));
}

Obligation read_obligation(Reader& in, Instant at) {
    Obligation o;
    o.duty = in.choice(Duty::answer);
    o.state = in.choice(State::filtered);
    o.priority = in.choice(Priority::emergency);
    o.attempts = static_cast<int>(in.varint());
    o.created_at = moment(at, in.signed_varint());
    o.next_attempt_at = moment(at, in.signed_varint());
    for (auto* text :
         {&o.route, &o.destination, &o.organisation, &o.map, &o.lane, &o.owner, &o.cause, &o.rule, &o.facts})
        *text = in.text();
    return o;
}

ObligationChange read_change(Reader& in, Instant at) {
    ObligationChange change;
    change.state = in.choice(State::filtered);
    change.attempt = in.choice(1u) == 1;
    change.next_attempt_at = moment(at, in.signed_varint());
    change.owner = in.text();
    change.cause = in.text();
    change.rule = in.text();
    return change;
}

PathwayClock read_clock(Reader& in) {
    PathwayClock clock;
    clock.id = in.id();
    clock.message = in.id();
    clock.state = in.choice(PathwayClock::State::stopped);
    clock.started_at = in.instant();
    clock.warn_at = in.instant();
    clock.breach_at = in.instant();
    for (auto* text : {&clock.name, &clock.owner, &clock.rule, &clock.stop_when}) *text = in.text();
    return clock;
}

void read_intake(Reader& in, StoredRecord& stored) {
    StoredMessage& intake = stored.record.intake.emplace();
    Message& m = intake.message;
    m.id = stored.record.event.message;
    m.body_sha256 = stored.body->sha256;
    stored.record.size = stored.body->size;
    intake.disposition = in.choice(Disposition::refused);
    m.priority = in.choice(Priority::emergency);
    intake.http_status = static_cast<int>(in.varint());
    m.received_at = in.instant();
    if (m.received_at == Instant()) m.received_at = stored.record.event.at;
    for (auto* text : {&m.channel, &m.sender, &m.message_control_id, &m.message_type, &m.media_type, &m.config_hash})
        *text = in.text();
    m.keys = read_keys(in);
    if (const auto outcome = in.text(); !outcome.empty()) intake.outcome = outcome_from_json(outcome);
    const auto duplicate = in.text();
    if (duplicate.size() == DuplicateDigest{}.size())
        std::copy(duplicate.begin(), duplicate.end(), stored.duplicate.emplace().begin());
    else if (!duplicate.empty())
        in.fail();
    stored.origin = {m.channel, m.message_type, m.received_at};
}

void read_created(Reader& in, StoredRecord& stored) {
    const Event& event = stored.record.event;
    if (!stored.record.intake) stored.origin = read_origin(in);
    Obligation& o = stored.record.created.emplace(read_obligation(in, event.at));
    o.id = event.obligation;
    o.message = event.message;
}

void read_parts(Reader& in, unsigned parts, StoredRecord& stored) {
    LedgerRecord& record = stored.record;
    if (parts & kBody) {
        BodyPlace& body = stored.body.emplace();
        body.chunk = static_cast<std::uint32_t>(in.varint());
        body.size = in.varint();
        body.sha256 = in.sha256();
    }
    if ((parts & kIntake) != 0 && !stored.body) return in.fail();
    if (parts & kIntake) read_intake(in, stored);
    if (parts & kCreated) read_created(in, stored);
    if (parts & kChange) record.change = read_change(in, record.event.at);
    if (parts & kClock) record.clock = read_clock(in);
    if (parts & kKeys) record.keys = read_keys(in);
    if (parts & kNote) {
        Note& note = record.note.emplace();
        note.name = in.text();
        note.value = in.text();
    }
    record.has_answer = stored.body.has_value() && !record.intake;
}

}  // namespace

std::optional<RecordView> RecordScan::next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t length = rest_.size() < kFixedBytes ? 0 : fixed_at<std::uint32_t>(rest_, 0);
    if (length < kFixedBytes || length > rest_.size()) {
        damaged_ = true;
        return std::nullopt;
    }
    RecordView view;
    view.sequence = sequence_++;
    view.bytes = rest_.substr(0, length);
    view.kind = fixed_at<std::uint8_t>(rest_, kKindAt);
    view.parts = fixed_at<std::uint16_t>(rest_, kPartsAt);
    view.message = Id{static_cast<std::int64_t>(fixed_at<std::uint64_t>(rest_, kMessageAt))};
    rest_.remove_prefix(length);
    return view;
}

bool is_intact(const RecordView& view) {
    return fixed_at<std::uint32_t>(view.bytes, kLengthBytes) == check_value(view.bytes, view.sequence);
}

Result<StoredRecord> decode(const RecordView& view) {
    if (!is_intact(view)) return damaged(view.sequence);
    Reader in(view.bytes.substr(kVersionAt));
    if (const auto version = in.fixed<std::uint8_t>(); version != kVersion)
        return fail(Issue::not_supported, "event " + std::to_string(view.sequence),
                    "A newer engine wrote this event; read it with that version.");
    StoredRecord stored;
    Event& event = stored.record.event;
    event.sequence = view.sequence;
    event.kind = kind_of_number(in.fixed<std::uint8_t>());
    const unsigned parts = in.fixed<std::uint16_t>();
    event.message = in.id();
    event.at = in.instant();
    if (view.kind == 0) event.kind = in.text();
    if (parts & kObligation) event.obligation = in.id();
    event.actor = (parts & kActor) ? in.text() : kEngine;
    if (parts & kDetail) event.detail = in.text();
    read_parts(in, parts, stored);
    if (!in.ok() || !in.at_end() || event.kind.empty()) return damaged(view.sequence);
    return stored;
}

Result<OwedRecord> decode_owed(std::string_view bytes) {
    Reader in(bytes);
    const bool known = in.fixed<std::uint8_t>() == kVersion;
    const Id id = in.id();
    const Id message = in.id();
    OwedRecord owed;
    owed.origin = read_origin(in);
    owed.obligation = read_obligation(in, {});
    owed.obligation.id = id;
    owed.obligation.message = message;
    if (!known || !in.ok() || !in.at_end())
        return fail(Issue::invariant, "obligation",
                    "An open obligation is not as it was written; compare the ledger with its last good copy.");
    return owed;
}

Result<PathwayClock> decode_clock(std::string_view bytes) {
    Reader in(bytes);
    const bool known = in.fixed<std::uint8_t>() == kVersion;
    PathwayClock clock = read_clock(in);
    if (!known || !in.ok() || !in.at_end())
        return fail(Issue::invariant, "clock",
                    "A running clock is not as it was written; compare the ledger with its last good copy.");
    return clock;
}

}  // namespace causeway::record
