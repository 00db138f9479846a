#include <algorithm>

#include "store/checksum.hpp"
#include "store/record/layout.hpp"
#include "store/record/words.hpp"

namespace causeway::record {

std::uint32_t check_value(std::string_view record, std::int64_t sequence) {
    return checksum(record.substr(kCheckedFrom), static_cast<std::uint64_t>(sequence));
}

namespace {

void put_keys(std::string& out, const std::vector<Key>& keys) {
    put_varint(out, keys.size());
    for (const Key& key : keys) {
        put_text(out, key.kind);
        put_text(out, key.value);
    }
}

void put_origin(std::string& out, const Origin& origin) {
    put_text(out, origin.channel);
    put_text(out, origin.message_type);
    put_instant(out, origin.received_at);
}

/// Times are differences from `at`.
void put_obligation(std::string& out, const Obligation& o, Instant at) {
    put_byte(out, static_cast<unsigned>(o.duty));
    put_byte(out, static_cast<unsigned>(o.state));
    put_byte(out, static_cast<unsigned>(o.priority));
    put_varint(out, static_cast<std::uint64_t>(o.attempts));
    put_signed(out, (o.created_at - at).count());
    put_signed(out, (o.next_attempt_at - at).count());
    for (const auto* text :
         {&o.route, &o.destination, &o.organisation, &o.map, &o.lane, &o.owner, &o.cause, &o.rule, &o.facts})
        put_text(out, *text);
}

void put_change(std::string& out, const ObligationChange& change, Instant at) {
    put_byte(out, static_cast<unsigned>(change.state));
    put_byte(out, change.attempt ? 1 : 0);
    put_signed(out, (change.next_attempt_at - at).count());
    put_text(out, change.owner);
    put_text(out, change.cause);
    put_text(out, change.rule);
}

void put_clock(std::string& out, const PathwayClock& clock) {
    put_id(out, clock.id);
    put_id(out, clock.message);
    put_byte(out, static_cast<unsigned>(clock.state));
    put_instant(out, clock.started_at);
    put_instant(out, clock.warn_at);
    put_instant(out, clock.breach_at);
    for (const auto* text : {&clock.name, &clock.owner, &clock.rule, &clock.stop_when}) put_text(out, *text);
}

void put_body(std::string& out, std::uint64_t size, const Sha256& sha256) {
    put_varint(out, size);
    out.append(as_view(sha256));
}

/// The part of every record; gives where it begins.
std::size_t begin(std::string& out, const Event& event, unsigned parts) {
    const std::size_t start = out.size();
    const std::uint8_t kind = number_of_kind(event.kind);
    const bool engine = event.actor.empty() || event.actor == kEngine;
    if (event.obligation) parts |= kObligation;
    if (!engine) parts |= kActor;
    if (!event.detail.empty()) parts |= kDetail;
    out.append(kCheckedFrom, '\0');
    put_byte(out, kVersion);
    put_byte(out, kind);
    put_fixed(out, static_cast<std::uint16_t>(parts));
    put_id(out, event.message);
    put_instant(out, event.at);
    if (kind == 0) put_text(out, event.kind);
    if (event.obligation) put_id(out, event.obligation);
    if (!engine) put_text(out, event.actor);
    if (!event.detail.empty()) put_text(out, event.detail);
    return start;
}

void end(std::string& out, std::size_t start, std::int64_t sequence) {
    overwrite_fixed(out, start, static_cast<std::uint32_t>(out.size() - start));
    overwrite_fixed(out, start + kLengthBytes, check_value(std::string_view(out).substr(start), sequence));
}

}  // namespace

void put_record(std::string& out, const Event& event, const Parts& parts) {
    const unsigned mask = (parts.body ? kBody : 0u) | (parts.created ? kCreated : 0u) | (parts.change ? kChange : 0u) |
                          (parts.clock ? kClock : 0u) | (parts.keys ? kKeys : 0u) | (parts.note ? kNote : 0u);
    const std::size_t start = begin(out, event, mask);
    if (parts.body) {
        put_varint(out, parts.body->chunk);
        put_body(out, parts.body->size, parts.body->sha256);
    }
    if (parts.created) {
        put_origin(out, *parts.origin);
        put_obligation(out, *parts.created, event.at);
    }
    if (parts.change) put_change(out, *parts.change, event.at);
    if (parts.clock) put_clock(out, *parts.clock);
    if (parts.keys) put_keys(out, *parts.keys);
    if (parts.note) {
        put_text(out, parts.note->name);
        put_text(out, parts.note->value);
    }
    end(out, start, event.sequence);
}

PreparedIntake prepare_intake(const IntakeParts& intake) {
    const Message& m = *intake.message;
    PreparedIntake made;
    made.parts = kBody | kIntake;
    std::string& out = made.bytes;
    out.reserve(512);
    put_body(out, m.body.size(), m.body_sha256);
    put_byte(out, static_cast<unsigned>(intake.disposition));
    put_byte(out, static_cast<unsigned>(m.priority));
    put_varint(out, static_cast<std::uint64_t>(std::max(intake.http_status, 0)));
    put_instant(out, m.received_at);
    for (const auto* text :
         {&m.channel, &m.sender, &m.message_control_id, &m.message_type, &m.media_type, &m.config_hash})
        put_text(out, *text);
    put_keys(out, m.keys);
    put_text(out, intake.outcome_json);
    put_text(out, intake.duplicate ? std::string_view(intake.duplicate->data(), intake.duplicate->size())
                                   : std::string_view());
    if (intake.lane == nullptr) return made;
    made.parts |= kCreated;
    Obligation process;
    process.lane = *intake.lane;
    process.priority = m.priority;
    put_obligation(out, process, {});
    return made;
}

void put_record(std::string& out, const Event& event, std::uint32_t body_chunk, const PreparedIntake& intake) {
    const std::size_t start = begin(out, event, intake.parts);
    put_varint(out, body_chunk);
    out.append(intake.bytes);
    end(out, start, event.sequence);
}

std::string encode_owed(const Obligation& obligation, const Origin& origin) {
    std::string out;
    out.reserve(256);
    put_byte(out, kVersion);
    put_id(out, obligation.id);
    put_id(out, obligation.message);
    put_origin(out, origin);
    put_obligation(out, obligation, {});
    return out;
}

std::string encode_clock(const PathwayClock& clock) {
    std::string out;
    put_byte(out, kVersion);
    put_clock(out, clock);
    return out;
}

}  // namespace causeway::record
