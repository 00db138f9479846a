#include <algorithm>
#include <charconv>

#include "core/mutant.hpp"
#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kMostCandidates = 1'000;

struct Earlier {
    Id first;                                  ///< Of those that have the key; none where there is none.
    std::optional<record::StoredRecord> same;  ///< The one with the same bytes, or what counts as such.
    bool renumbered = false;                   ///< `same` has other bytes.
};

bool is_renumbered(WriteContext& context, const IntakeRecord& record, Id earlier) {
    if (!record.is_same) return false;
    const auto whole = context.history.whole(earlier);
    return whole && record.is_same(whole->message.body.reveal());
}

Earlier find_earlier(WriteContext& context, const Intake& intake) {
    Earlier earlier;
    if (intake.record.duplicate_key.empty() || mutant("no-duplicate-key")) return earlier;
    for (const Id id : context.history.candidates(index::Family::duplicates, intake.duplicate_hash, kMostCandidates)) {
        auto stored = context.history.intake(id);
        if (!stored || stored->duplicate != intake.digest) continue;
        earlier.first = id;
        const bool same_bytes = stored->record.intake->message.body_sha256 == intake.record.message.body_sha256;
        if (!same_bytes && (earlier.same || !is_renumbered(context, intake.record, id))) continue;
        earlier.renumbered = !same_bytes;
        earlier.same = std::move(stored);
    }
    return earlier;
}

Finding reused_id(Severity severity, std::string text) {
    Finding finding;
    finding.severity = severity;
    finding.issue = Issue::duplicate;
    finding.text = std::move(text);
    finding.hl7_code = 205;
    return finding;
}

/// A message as it is about to be stored, and its verdict.
struct Judged {
    Disposition disposition;
    const OperationOutcome& outcome;
    int http_status;
    std::string_view kind;
    std::string detail;
};

record::PreparedIntake prepare(const Intake& intake, Disposition disposition, const OperationOutcome& outcome,
                               int http_status) {
    const IntakeRecord& record = intake.record;
    const bool accepted = disposition == Disposition::accepted;
    const std::string outcome_json = outcome.empty() ? std::string() : to_json(outcome);
    record::IntakeParts parts;
    parts.message = &record.message;
    parts.disposition = disposition;
    parts.http_status = http_status;
    parts.outcome_json = outcome_json;
    parts.duplicate = accepted && !record.duplicate_key.empty() ? &intake.digest : nullptr;
    parts.lane = accepted ? &record.lane : nullptr;
    return record::prepare_intake(parts);
}

void owe_processing(WriteContext& context, const Intake& intake, const Event& event, Instant received_at) {
    const Message& m = intake.record.message;
    Obligation process;
    process.id = process.message = event.message;
    process.lane = intake.record.lane;
    process.priority = m.priority;
    process.created_at = process.next_attempt_at = event.at;
    context.owe(std::move(process), {m.channel, m.message_type, received_at},
                context.block.header().first_sequence + context.block.header().events - 1);
}

/// Stores the message with its event; an accepted one occupies its key and owes its processing.
Verdict store(WriteContext& context, const Intake& intake, const Judged& judged,
              const record::PreparedIntake& prepared) {
    const Message& m = intake.record.message;
    const Instant now = context.clock.now();
    const Instant at = m.received_at == Instant() ? now : m.received_at;
    const Id id = context.ids.next(now);
    const bool accepted = judged.disposition == Disposition::accepted;
    const Event event{0, now, std::string(judged.kind), id, accepted ? id : Id{}, intake.record.who, judged.detail};
    context.write_intake(event, prepared, m.body);
    context.count_intake(m.channel, judged.disposition, now);
    if (const auto& feed = intake.record.feed; !feed.empty())
        context.count_feed(m.channel, feed, judged.disposition, now);
    context.index_keys(m.keys, id);
    if (accepted) {
        if (!intake.record.duplicate_key.empty())
            context.shared.keys.add(index::Family::duplicates, intake.duplicate_hash, id.value);
        owe_processing(context, intake, event, at);
    }
    return {judged.disposition, id, at, judged.outcome, judged.http_status, m.config_hash};
}

Verdict store_duplicate(WriteContext& context, const Intake& intake, const record::StoredRecord& earlier) {
    const StoredMessage& stored = *earlier.record.intake;
    const Message& m = stored.message;
    const Instant now = context.clock.now();
    context.count_intake(intake.record.message.channel, Disposition::duplicate, now);
    context.write({0, now, "message.duplicate", m.id, {}, {}, {}});
    return {Disposition::duplicate, m.id, m.received_at, stored.outcome, stored.http_status, m.config_hash};
}

Verdict store_judged(WriteContext& context, const Intake& intake, const Judged& judged) {
    return store(context, intake, judged, prepare(intake, judged.disposition, judged.outcome, judged.http_status));
}

Verdict store_conflict(WriteContext& context, const Intake& intake, Id earlier) {
    OperationOutcome outcome;
    outcome.add(
        reused_id(Severity::error,
                  "A message with this id and other content was accepted before; send this one under a new id."));
    return store_judged(
        context, intake,
        {Disposition::conflict, outcome, 409, "message.conflict", Detail().add("earlier", earlier.text()).text()});
}

Verdict store_reused(WriteContext& context, const Intake& intake, Id earlier) {
    OperationOutcome outcome = intake.record.outcome;
    outcome.add(
        reused_id(Severity::warning,
                  "A message with this id and other content was accepted before; both stand. Use each id once."));
    return store_judged(context, intake,
                        {Disposition::accepted, outcome, intake.record.http_status, "message.accepted",
                         Detail().add("earlier", earlier.text()).text()});
}

/// What the earlier version still owes; an Error where it cannot be amended now.
Result<std::vector<OwedPtr>> owed_by_amended(WriteContext& context, Id earlier) {
    const auto stored = context.history.intake(earlier);
    if (!stored) return unknown("message");
    if (stored->record.intake->disposition != Disposition::accepted)
        return fail(Issue::conflict, "ledger", "Only an accepted message can be amended; send the new one by itself.");
    std::vector<OwedPtr> open;
    for (const Obligation& o : context.history.obligations(earlier)) {
        if (o.state == State::in_flight)
            return fail(Issue::conflict, "ledger",
                        "A delivery of the earlier version is in flight; amend it when that attempt has ended.",
                        Retry::later);
        if (auto owed = context.find(o.id)) open.push_back(std::move(owed));
    }
    return open;
}

void end_amended(WriteContext& context, const Intake& intake, const std::vector<OwedPtr>& open, Id by) {
    const IntakeRecord& record = intake.record;
    const std::string detail = Detail().add("reason", record.reason).add("by", by.text()).text();
    const std::vector<Key> keys = {{std::string(kAmendedBy), by.text()}};
    record::Parts named;
    named.keys = &keys;
    context.write({0, {}, "message.amended", record.amends, {}, record.who, detail}, named);
    context.index_keys(keys, record.amends);
    for (const OwedPtr& owed : open) {
        Obligation after = owed->obligation;
        after.state = State::filtered;
        after.owner.clear();
        after.cause = record.reason;
        after.rule = "amended";
        const auto change = change_to(after);
        record::Parts parts;
        parts.change = &change;
        const auto sequence = context.write({0,
                                             {},
                                             "obligation.filtered",
                                             after.message,
                                             after.id,
                                             record.who,
                                             Detail().add("reason", record.reason).add("rule", after.rule).text()},
                                            parts);
        context.move(owed, std::move(after), sequence);
    }
}

/// What the link expects next; nothing where it takes any number.
std::optional<std::int64_t> expected_on(WriteContext& context, const Numbered& numbered) {
    Cursor row = context.db.query("SELECT value FROM note WHERE name = ?", numbered.note);
    if (!row.next()) return std::nullopt;
    const std::string text(row.text(0));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

Verdict store_out_of_order(WriteContext& context, const Intake& intake, std::int64_t expected) {
    OperationOutcome outcome = to_outcome(fail(
        Issue::conflict, "MSH-13", "Send the message with the sequence number that MSA-4 names.", Retry::later, 207));
    auto verdict = store_judged(context, intake, {Disposition::refused, outcome, 422, "message.refused", {}});
    verdict.sequence = expected;
    return verdict;
}

void count_on(WriteContext& context, const Numbered& numbered, Id message) {
    Event event;
    event.kind = "sequence.counted";
    event.message = message;
    write_note(context, {{numbered.note, std::to_string(numbered.number + 1)}, std::move(event)}).value();
}

Result<Verdict> store_accepted(WriteContext& context, const Intake& intake, std::string detail) {
    const IntakeRecord& record = intake.record;
    return store(context, intake,
                 {Disposition::accepted, record.outcome, record.http_status, "message.accepted", std::move(detail)},
                 intake.prepared);
}

/// The same amendment once more (two operators, or a lost answer) changes nothing; another one is of the newest
/// version.
Result<Verdict> amended_before(WriteContext& context, const Intake& intake, Id version) {
    const auto stored = context.history.intake(version);
    if (stored && stored->record.intake->message.body_sha256 == intake.record.message.body_sha256) {
        const StoredMessage& same = *stored->record.intake;
        return Verdict{Disposition::duplicate, version,          same.message.received_at,
                       same.outcome,           same.http_status, same.message.config_hash};
    }
    return fail(Issue::conflict, "ledger",
                "It was amended as " + newest_version(context, version).text() + "; amend that one.");
}

Result<Verdict> amend(WriteContext& context, const Intake& intake) {
    const IntakeRecord& record = intake.record;
    if (const Id version = next_version(context, record.amends)) return amended_before(context, intake, version);
    const auto open = owed_by_amended(context, record.amends);
    if (!open) return open.error();
    auto verdict = store_accepted(context, intake,
                                  Detail().add("amends", record.amends.text()).add("reason", record.reason).text());
    end_amended(context, intake, *open, verdict->message);
    return verdict;
}

/// `expected`: the only number that is taken, where there is one.
Result<Verdict> accept_as_numbered(WriteContext& context, const Intake& intake, std::optional<std::int64_t> expected) {
    const Earlier earlier = find_earlier(context, intake);
    const bool in_place = !expected || *expected == intake.record.numbered->number;
    if (earlier.renumbered && !in_place) return store_out_of_order(context, intake, *expected);
    if (earlier.same) return store_duplicate(context, intake, *earlier.same);
    if (earlier.first && !intake.record.accept_conflict) return store_conflict(context, intake, earlier.first);
    if (!in_place) return store_out_of_order(context, intake, *expected);
    if (intake.record.amends) return amend(context, intake);
    if (earlier.first) return store_reused(context, intake, earlier.first);
    return store_accepted(context, intake, {});
}

}  // namespace

Intake prepare_intake(IntakeRecord record, Disposition disposition, const index::HashSecret& secret) {
    Intake intake;
    intake.record = std::move(record);
    intake.disposition = disposition;
    Message& message = intake.record.message;
    if (const Id earlier = intake.record.amends) message.keys.push_back({"amends", earlier.text()});
    if (message.body_sha256 == Sha256{}) message.body_sha256 = sha256(message.body.reveal());
    if (const std::string& key = intake.record.duplicate_key; !key.empty()) {
        const Sha256 whole = sha256(key);
        std::copy_n(whole.begin(), intake.digest.size(), intake.digest.begin());
        intake.duplicate_hash = duplicate_hash(secret, intake.digest);
    }
    intake.prepared = prepare(intake, disposition, intake.record.outcome, intake.record.http_status);
    return intake;
}

std::size_t weight(const Intake& intake) {
    return intake.record.message.body.size() + intake.prepared.bytes.size();
}

Result<Verdict> accept(WriteContext& context, const Intake& intake) {
    if (auto error = context.disk.full()) return *std::move(error);
    const auto& numbered = intake.record.numbered;
    if (!numbered) return accept_as_numbered(context, intake, std::nullopt);
    const auto expected = expected_on(context, *numbered);
    auto verdict = accept_as_numbered(context, intake, expected);
    if (!verdict || verdict->sequence) return verdict;
    const bool accepted = verdict->disposition == Disposition::accepted;
    const bool counted = accepted || verdict->disposition == Disposition::duplicate;
    // A known message in the expected place moves the link on too, else its sender goes on with a number too many.
    if (accepted || (counted && expected == numbered->number)) count_on(context, *numbered, verdict->message);
    verdict->sequence = counted ? std::optional(numbered->number) : expected;
    return verdict;
}

Result<Verdict> refuse(WriteContext& context, const Intake& intake) {
    if (auto error = context.disk.full()) return *std::move(error);
    const IntakeRecord& record = intake.record;
    return store(context, intake, {Disposition::refused, record.outcome, record.http_status, "message.refused", {}},
                 intake.prepared);
}

}  // namespace causeway::sqlite
