#include "store/record/record.hpp"

#include <doctest/doctest.h>

using namespace causeway;
using namespace causeway::record;

namespace {

const Instant kNow = Instant(std::chrono::seconds(1'800'000'000));

Event event(std::string kind) {
    return {7, kNow, std::move(kind), Id{41}, Id{42}, "nurse", R"({"a":1})"};
}

/// The only record of the bytes.
StoredRecord read(const std::string& bytes, std::int64_t sequence = 7) {
    RecordScan scan(bytes, sequence);
    const auto view = scan.next();
    REQUIRE(view.has_value());
    CHECK_FALSE(scan.next().has_value());
    CHECK_FALSE(scan.damaged());
    return decode(*view).value();
}

Obligation obligation() {
    Obligation o;
    o.id = Id{42};
    o.message = Id{41};
    o.duty = Duty::deliver;
    o.state = State::held;
    o.priority = Priority::urgent;
    o.route = "letters";
    o.destination = "pas";
    o.organisation = "Y90001";
    o.map = "map";
    o.lane = "pas/9990000018";
    o.facts = "{}";
    o.attempts = 3;
    o.created_at = kNow - std::chrono::seconds(5);
    o.next_attempt_at = kNow + std::chrono::hours(1);
    o.owner = "team";
    o.cause = "closed";
    o.rule = "rule";
    return o;
}

bool same(const Obligation& a, const Obligation& b) {
    return encode_owed(a, {}) == encode_owed(b, {});
}

std::string full_record() {
    const Obligation created = obligation();
    const Origin origin{"pas-in", "MDM^T02", kNow};
    const ObligationChange change{State::queued, kNow, true, "team", "cause", "rule"};
    const std::vector<Key> keys = {{"document", "doc-1"}};
    const Note note{"incident/queue", "open"};
    Parts parts;
    parts.created = &created;
    parts.origin = &origin;
    parts.change = &change;
    parts.keys = &keys;
    parts.note = &note;
    std::string bytes;
    put_record(bytes, event("obligation.created"), parts);
    return bytes;
}

}  // namespace

TEST_CASE("record: an event comes back as it was, also of a kind that has no number") {
    for (const auto* kind : {"attempt.failed", "something.new"}) {
        std::string bytes;
        put_record(bytes, event(kind), Parts());

        const Event back = read(bytes).record.event;

        CHECK(back.sequence == 7);
        CHECK(back.at == kNow);
        CHECK(back.kind == kind);
        CHECK(back.message == Id{41});
        CHECK(back.obligation == Id{42});
        CHECK(back.actor == "nurse");
        CHECK(back.detail == R"({"a":1})");
    }
}

TEST_CASE("record: every part comes back as it was") {
    const StoredRecord back = read(full_record());

    CHECK(same(*back.record.created, obligation()));
    CHECK(back.origin.channel == "pas-in");
    CHECK(back.record.change->state == State::queued);
    CHECK(back.record.change->attempt);
    CHECK(back.record.change->next_attempt_at == kNow);
    CHECK(back.record.keys == std::vector<Key>{{"document", "doc-1"}});
    CHECK(back.record.note->value == "open");
}

TEST_CASE("record: an accepted message comes back with the obligation to process it") {
    Message message;
    message.channel = "pas-in";
    message.message_type = "MDM^T02";
    message.body = Payload("MSH|");
    message.body_sha256 = sha256("MSH|");
    message.priority = Priority::emergency;
    message.keys = {{"control-id", "1"}};
    const std::string lane = "pas-in/lane";
    const DuplicateDigest digest{'x'};
    IntakeParts parts;
    parts.message = &message;
    parts.lane = &lane;
    parts.duplicate = &digest;
    std::string bytes;
    Event accepted{7, kNow, "message.accepted", Id{41}, Id{41}, {}, {}};
    put_record(bytes, accepted, 3, prepare_intake(parts));

    const StoredRecord back = read(bytes);

    CHECK(back.record.intake->message.channel == "pas-in");
    CHECK(back.record.intake->message.keys == message.keys);
    CHECK(back.record.intake->message.received_at == kNow);
    CHECK(back.record.size == 4);
    CHECK(back.body->chunk == 3);
    CHECK(back.duplicate == digest);
    CHECK_FALSE(back.record.has_answer);
    CHECK(back.record.created->id == Id{41});
    CHECK(back.record.created->created_at == kNow);
    CHECK(back.record.created->lane == lane);
    CHECK(back.record.created->priority == Priority::emergency);
    CHECK(back.record.event.actor == "engine");
}

TEST_CASE("record: a changed bit anywhere, and another place, are seen") {
    const std::string whole = full_record();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string bytes = whole;
        bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
        RecordScan scan(bytes, 7);
        const auto view = scan.next();
        CHECK((!view || decode(*view).has_error()));
    }
    RecordScan elsewhere(whole, 8);
    CHECK(decode(*elsewhere.next()).error().issue == Issue::invariant);
}

TEST_CASE("record: one that was cut off is damaged, not read") {
    const std::string whole = full_record();
    for (std::size_t size = 1; size < whole.size(); ++size) {
        RecordScan scan(std::string_view(whole).substr(0, size), 7);
        CHECK_FALSE(scan.next().has_value());
        CHECK(scan.damaged());
    }
}

TEST_CASE("record: open obligations and clocks stand in their tables by themselves") {
    const auto owed = decode_owed(encode_owed(obligation(), {"pas-in", "MDM^T02", kNow})).value();
    CHECK(same(owed.obligation, obligation()));
    CHECK(owed.obligation.message == Id{41});
    CHECK(owed.origin.received_at == kNow);
    CHECK(decode_owed("").has_error());
    CHECK(decode_owed(encode_owed(obligation(), {}) + "x").has_error());

    PathwayClock clock;
    clock.id = Id{5};
    clock.name = "first-contact";
    clock.state = PathwayClock::State::warned;
    CHECK(decode_clock(encode_clock(clock)).value().name == "first-contact");
    CHECK(decode_clock(encode_clock(clock)).value().state == PathwayClock::State::warned);
    CHECK(decode_clock("\x01").has_error());
}
