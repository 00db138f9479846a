#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "core/log.hpp"
#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

namespace {

constexpr Duration kDay = std::chrono::hours(24);

const std::vector<Retention> kRetention{{"pas-in", 10 * kDay, 40 * kDay}};

/// A message of a channel that owes nothing any more, with an answer.
Id ended(Ledger& ledger, const std::string& body, const std::string& channel = "pas-in") {
    auto record = intake(body, body);
    record.message.channel = channel;
    record.message.keys = {{"nhs-number", "9990000018"}};
    const Id message = ledger.accept(std::move(record)).value().message;
    for (const Id id : ledger.routed(message, {"pas"})) {
        Progress progress;
        progress.obligation = id;
        progress.state = State::delivered;
        progress.answer = Payload("MSA|AA|answer to " + body);
        REQUIRE(ledger.progress(std::move(progress)).has_value());
    }
    return message;
}

std::string body_of(Ledger& ledger, Id message) {
    return std::string(ledger->message(message).value().message.body.reveal());
}

bool file_has(const Ledger& ledger, const std::string& text) {
    for (const char* const end : {"", "-wal"}) {
        std::ifstream in(ledger.file() + end, std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(in), {});
        if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("retention: bodies and answers go first, what happened stays and the chain holds") {
    Ledger ledger;
    const Id old = ended(ledger, "MSH|old");
    ledger.clock.at += 11 * kDay;
    const Id young = ended(ledger, "MSH|young");

    const PurgeReport report = ledger->purge(kRetention).value();

    CHECK(report.bodies == 2);
    CHECK(report.events == 0);
    CHECK(report.bytes > 0);
    CHECK(body_of(ledger, old).empty());
    CHECK(body_of(ledger, young) == "MSH|young");
    CHECK(ledger->answers_of(young).value().at(0).answer.reveal() == "MSA|AA|answer to MSH|young");
    CHECK(ledger->message(old)->message.message_control_id == "MSH|old");
    CHECK(ledger->events_of(old)->size() == ledger->events_of(young)->size());
    CHECK(ledger->find({"nhs-number", "9990000018"}, 10)->size() == 2);
    CHECK(ledger->verify_chain(std::nullopt)->faults.empty());
    CHECK(ledger->verify_obligations()->differences.empty());
}

TEST_CASE("retention: a damaged commit stays, and does not keep those after it") {
    log::set_sink([](std::string_view) {});
    Ledger ledger;
    ledger.message("MSH|damaged");
    const Id old = ended(ledger, "MSH|old");
    ledger.close();
    ledger.change_file("UPDATE block_events SET bytes = x'1000000000000000000000' WHERE id = 65536");
    ledger.open();
    ledger.clock.at += 11 * kDay;

    const auto report = ledger->purge(kRetention);

    CHECK(report.value().bodies == 2);
    CHECK(body_of(ledger, old).empty());
    log::set_sink({});
}

TEST_CASE("retention: events go when all messages of their commit may; the headers still verify") {
    Ledger ledger;
    const Id old = ended(ledger, "MSH|old");
    const auto head = ledger->chain_head().value();
    ledger.clock.at += 41 * kDay;
    const Id young = ended(ledger, "MSH|young");

    const PurgeReport report = ledger->purge(kRetention).value();

    CHECK(report.events == head.sequence);
    CHECK(ledger->message(old).error().issue == Issue::not_found);
    CHECK(ledger->events_of(young)->size() > 2);
    CHECK(ledger->find({"nhs-number", "9990000018"}, 10)->size() == 1);
    for (int look = 0; look < 2; ++look) {
        const auto chain = ledger->verify_chain(head).value();
        CHECK(chain.faults.empty());
        CHECK(ledger->verify_obligations()->differences.empty());
        ledger.reopen();
    }
    CHECK(ledger.accept(intake("MSH|old", "MSH|old"))->disposition == Disposition::accepted);
}

TEST_CASE("retention: a removed block that nobody purged is still found missing") {
    Ledger ledger;
    ended(ledger, "MSH|old");
    ledger.clock.at += 11 * kDay;
    REQUIRE(ledger->purge(kRetention).has_value());
    ledger.close();
    ledger.change_file("DELETE FROM block_events WHERE id = (SELECT min(id) FROM block_events)");
    ledger.open();

    CHECK_FALSE(ledger->verify_chain(std::nullopt)->faults.empty());
}

TEST_CASE("retention: what is only marked as removed by it is found, and what it removed is told") {
    Ledger ledger;
    ended(ledger, "MSH|old");
    const auto head = ledger->chain_head().value();
    ledger.clock.at += 41 * kDay;
    ended(ledger, "MSH|young");
    REQUIRE(ledger->purge(kRetention)->events == head.sequence);
    const auto whole = ledger->verify_chain(std::nullopt).value();
    CHECK(whole.faults.empty());
    CHECK(whole.removed.events == head.sequence);
    ledger.close();
    ledger.change_file(
        "UPDATE block SET purged = 3 WHERE number = (SELECT min(id) / 65536 FROM block_events);"
        "DELETE FROM block_events WHERE id = (SELECT min(id) FROM block_events)");
    ledger.open();
    const auto report = ledger->verify_chain(std::nullopt).value();
    REQUIRE(report.faults.size() == 1);
    CHECK(report.faults[0].sequence == head.sequence + 1);
}

TEST_CASE("retention: what names the removed commits outlives its own commit") {
    Ledger ledger;
    ended(ledger, "MSH|1");
    for (int i = 2; i < 6; ++i) {
        ledger.clock.at += 41 * kDay;
        ended(ledger, "MSH|" + std::to_string(i));
        REQUIRE(ledger->purge(kRetention)->events > 0);
        CHECK(ledger->verify_chain(std::nullopt)->faults.empty());
        CHECK(ledger->verify_bodies()->faults.empty());
    }
}

TEST_CASE("bodies: one that was damaged or taken away is named, with its message") {
    Ledger ledger;
    const Id whole = ledger.message("MSH|whole" + std::string(200, 'a'));
    const Id damaged = ledger.message("MSH|damaged" + std::string(200, 'b'));
    const Id missing = ledger.message("MSH|missing" + std::string(200, 'c'));
    CHECK(ledger->verify_bodies()->bodies == 3);
    CHECK(ledger->verify_bodies()->faults.empty());
    ledger.close();
    const auto row = [](int which) {
        return "(SELECT id FROM block_bodies ORDER BY id LIMIT 1 OFFSET " + std::to_string(which) + ")";
    };
    ledger.change_file(
        "UPDATE block_bodies SET bytes = CAST(substr(bytes, 1, 20) || x'5a5a5a' ||"
        " substr(bytes, 24) AS BLOB) WHERE id = " +
        row(1) + "; DELETE FROM block_bodies WHERE id = " + row(2));
    ledger.open();
    const auto report = ledger->verify_bodies().value();
    CHECK(report.bodies == 1);
    CHECK(report.fault_count == 2);
    std::set<Id> named;
    for (const auto& fault : report.faults) named.insert(fault.message);
    CHECK(named == std::set<Id>{damaged, missing});
    CHECK_FALSE(named.contains(whole));
    CHECK(ledger->verify_chain(std::nullopt)->faults.empty());  // It is of the events alone.
    CHECK(ledger->verify_bodies([](double) { return true; })->fault_count == 2);
}

TEST_CASE("retention: what is owed is kept whole, however old") {
    Ledger ledger;
    const Id waiting = ledger.message("MSH|waiting");
    const Id held = ledger.message("MSH|held");
    REQUIRE(ledger.act(OperatorAct::Kind::hold, held, "office").has_value());
    const Id promised = ended(ledger, "MSH|promised");
    ledger.clock.at += 400 * kDay;

    CHECK(ledger->purge(kRetention)->bodies == 2);

    CHECK(body_of(ledger, waiting) == "MSH|waiting");
    CHECK(body_of(ledger, held) == "MSH|held");
    CHECK(ledger->message(promised).error().issue == Issue::not_found);
    CHECK(ledger->events_of(held)->size() == 2);
}

TEST_CASE("retention: it begins when a message ended, not when it came") {
    Ledger ledger;
    const Id message = ledger.message("MSH|slow");
    ledger.clock.at += 9 * kDay;
    const Id obligation = ledger.routed(message, {"pas"}).front();
    ledger.clock.at += 9 * kDay;
    Progress progress;
    progress.obligation = obligation;
    progress.state = State::delivered;
    REQUIRE(ledger.progress(std::move(progress)).has_value());
    ledger.clock.at += 9 * kDay;

    CHECK(ledger->purge(kRetention)->bodies == 0);
    CHECK(body_of(ledger, message) == "MSH|slow");
    ledger.clock.at += 2 * kDay;
    CHECK(ledger->purge(kRetention)->bodies == 1);
}

TEST_CASE("retention: each channel has its own, and one that is not named is kept") {
    Ledger ledger;
    std::vector<Id> ids;
    for (const std::string channel : {"short", "long", "unnamed", "forever"})
        ids.push_back(ended(ledger, channel, channel));
    const std::vector<Retention> retention{{"short", 1 * kDay, {}}, {"long", 20 * kDay, {}}, {"forever", {}, {}}};
    ledger.clock.at += 10 * kDay;

    CHECK(ledger->purge(retention)->bodies == 2);
    CHECK(body_of(ledger, ids[0]).empty());
    for (std::size_t i = 1; i < 4; ++i) CHECK_FALSE(body_of(ledger, ids[i]).empty());
    ledger.clock.at += 20 * kDay;
    CHECK(ledger->purge(retention)->bodies == 2);
    CHECK(body_of(ledger, ids[1]).empty());
    CHECK_FALSE(body_of(ledger, ids[2]).empty());
    CHECK_FALSE(body_of(ledger, ids[3]).empty());
}

TEST_CASE("retention: what is left of a message whose later events went is not taken for owed") {
    Ledger ledger;
    auto first = intake("MSH|first");
    first.message.channel = "forever";
    const Id kept = ledger.accept(std::move(first))->message;
    auto second = intake("MSH|second");
    second.message.channel = "short";
    second.amends = kept;  // So that one commit has events of both.
    second.who = "nurse";
    second.reason = "wrong ward";
    const Id partial = ledger.accept(std::move(second))->message;
    Progress done;
    done.obligation = ledger.routed(partial, {"pas"})[0];
    done.state = State::delivered;
    ledger.progress(std::move(done)).value();
    const Instant before = ledger.clock.at;
    ledger.clock.at += 50 * kDay;

    const std::vector<Retention> retention{{"short", 1 * kDay, 40 * kDay}, {"forever", {}, {}}};
    const auto report = ledger->purge(retention).value();

    REQUIRE(report.events > 0);
    for (int look = 0; look < 2; ++look) {
        CAPTURE(look);
        CHECK(ledger->open_obligations({}, 10)->empty());
        CHECK(ledger->is_partial(partial).value());
        CHECK_FALSE(ledger->is_partial(kept).value());
        CHECK(ledger->obligations_of(partial)->empty());
        CHECK(ledger->obligation(partial).error().issue == Issue::not_found);
        CHECK(ledger->verify_obligations()->differences.empty());
        CHECK(ledger->verify_chain(std::nullopt)->faults.empty());
        CHECK(ledger->verify_bodies()->faults.empty());
        const auto removed = ledger->removed_events(before, before + kDay).value();
        CHECK(removed.events == report.events);
        CHECK(removed.commits == 2);
        CHECK(ledger->removed_events(before + kDay, Instant::max())->events == 0);
        ledger.reopen();
    }
}

TEST_CASE("retention: messages of one commit lose their bodies one by one") {
    Ledger ledger;
    const auto accept_both = [&] {
        std::vector<std::future<Result<Verdict>>> answers;
        for (const std::string channel : {"short", "long"}) {
            auto record = intake("MSH|" + channel + std::string(500, 'x'));
            record.message.channel = channel;
            const auto promise = std::make_shared<std::promise<Result<Verdict>>>();
            answers.push_back(promise->get_future());
            ledger->refuse(std::move(record), [promise](Result<Verdict> v) { promise->set_value(std::move(v)); });
        }
        std::vector<Id> ids;
        for (auto& answer : answers) ids.push_back(answer.get()->message);
        return ids;
    };
    std::vector<std::vector<Id>> pairs;
    for (int i = 0; i < 20; ++i) pairs.push_back(accept_both());
    ledger.clock.at += 10 * kDay;

    CHECK(ledger->purge({{"short", 1 * kDay, {}}, {"long", 20 * kDay, {}}})->bodies == 20);
    for (const auto& pair : pairs) {
        CHECK(body_of(ledger, pair[0]).empty());
        CHECK(body_of(ledger, pair[1]).starts_with("MSH|long"));
    }
}

TEST_CASE("retention: a long body goes with all its parts, and its bytes are overwritten") {
    Ledger ledger;
    std::string noise = "UNMISTAKABLE ";
    while (noise.size() < 3'000'000) noise += to_hex(as_view(sha256(noise.substr(noise.size() - 12))));
    const Id message = ended(ledger, noise);
    ledger.reopen();
    REQUIRE(body_of(ledger, message) == noise);
    const auto before = ledger->space().used_bytes;
    ledger.clock.at += 11 * kDay;

    CHECK(ledger->purge(kRetention)->bytes > 1'000'000);

    CHECK(ledger->space().used_bytes + 1'000'000 < before);
    ledger.close();
    CHECK_FALSE(file_has(ledger, noise.substr(5'000, 30)));
}

TEST_CASE("retention: counting removes nothing and says the same") {
    Ledger ledger;
    const Id old = ended(ledger, "MSH|old");
    ledger.clock.at += 41 * kDay;

    const PurgeReport counted = ledger->purge(kRetention, true).value();
    CHECK(body_of(ledger, old) == "MSH|old");
    const PurgeReport removed = ledger->purge(kRetention).value();

    CHECK(counted.bodies == removed.bodies);
    CHECK(counted.events == removed.events);
    CHECK(counted.bytes == removed.bytes);
    CHECK(ledger->purge(kRetention)->events == 0);
}

TEST_CASE("retention: a shorter one reaches what was passed over before") {
    Ledger ledger;
    const Id old = ended(ledger, "MSH|old");
    ledger.clock.at += 11 * kDay;
    REQUIRE(ledger->purge({{"pas-in", 100 * kDay, {}}})->bodies == 0);

    CHECK(ledger->purge({{"pas-in", 5 * kDay, {}}})->bodies == 2);
    CHECK(body_of(ledger, old).empty());
}

TEST_CASE("retention: what was removed cannot be replayed") {
    Ledger ledger;
    const Id old = ended(ledger, "MSH|old");
    ledger.clock.at += 11 * kDay;
    REQUIRE(ledger->purge(kRetention).has_value());

    const auto replayed = ledger.act(OperatorAct::Kind::replay, old);

    REQUIRE(replayed.has_error());
    CHECK(replayed.error().issue == Issue::conflict);
}

TEST_CASE("retention: a replay while others are purged keeps what it needs") {
    Ledger ledger;
    const Id old = ended(ledger, "MSH|old");
    const Id other = ended(ledger, "MSH|other");
    ledger.clock.at += 11 * kDay;
    REQUIRE(ledger.act(OperatorAct::Kind::replay, old).has_value());

    CHECK(ledger->purge(kRetention)->bodies == 2);
    CHECK(body_of(ledger, old) == "MSH|old");
    CHECK(body_of(ledger, other).empty());
}

TEST_CASE("retention: it can be stopped and goes on another time") {
    Ledger ledger;
    for (int i = 0; i < 200; ++i) ended(ledger, "MSH|" + std::to_string(i));
    ledger.clock.at += 11 * kDay;
    std::int64_t bodies = ledger->purge(kRetention, false, [](double) { return false; })->bodies;
    CHECK(bodies < 400);
    while (const auto more = ledger->purge(kRetention)->bodies) bodies += more;
    CHECK(bodies == 400);
}
