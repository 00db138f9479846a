#include "alerts/watch.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "alerts/sources.hpp"
#include "core/json_object.hpp"
#include "support/engine_fixture.hpp"

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;
using test::Does;

/// An engine that is watched, with a receiver that writes down what it is told.
struct WatchedEngine : test::TestEngine {
    WatchedEngine() {
        destination("pas", "", "48h");
        adt_to("[{destination: pas}]");
        dir.write("told.sh", "cat >> \"$1/told\"\n");
        dir.write("fails.sh", "exit 1\n");
        alerts("told.sh");
    }
    ~WatchedEngine() {
        if (watch) unwatch();
    }
    void alerts(const std::string& script) {
        file("alerts.yaml",
             "start_after: 1s\nend_after: 1m\ngather: 0s\npause: 0s\nfree_disk: 1MB\nreceivers:\n"
             "  - receiver: on-call\n    command: {run: [/bin/sh, " +
                 (dir / script).string() + ", " + (dir / ".").string() + "]}\n");
    }
    void begin() {
        start();
        watch.emplace(**this, engine_sources(**this));
        run(watch->start());
    }
    void unwatch() {
        run(watch->stop(5s));
        watch.reset();
    }
    void end() {
        unwatch();
        stop();
    }
    /// As `soon`, while the clock runs.
    bool in_time(const std::function<bool()>& is_true) {
        for (const auto until = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < until;) {
            if (is_true()) return true;
            clock.advance(11s);
            std::this_thread::sleep_for(200ms);
        }
        return is_true();
    }
    /// The messages that the receiver got, one a line.
    std::vector<std::string> told() {
        std::ifstream in(dir / "told");
        std::vector<std::string> lines;
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        return lines;
    }
    std::size_t events(const std::string& kind) {
        std::size_t found = 0;
        for (const auto& event : store().events_after(0, 10'000).value()) found += event.kind == kind ? 1 : 0;
        return found;
    }
    const Incident* open_incident(const Snapshot& snapshot, const std::string& kind) {
        for (const auto& incident : snapshot.incidents)
            if (incident.facts.kind == kind && incident.open()) return &incident;
        return nullptr;
    }

    std::optional<Watch> watch;
};

TEST_CASE("watch: a destination that goes down and comes back is told twice, also across a restart") {
    WatchedEngine engine;
    engine.peers.always("pas", Does::fail_for_now);
    engine.begin();
    const auto message = engine.send("adt", test::adt("C1", "9990000018")).message;
    REQUIRE(engine.in_time([&] { return engine.told().size() == 1; }));
    const auto first = engine.told().at(0);
    CHECK(first.find("pas takes no messages") != std::string::npos);
    CHECK(first.find("TESTPATIENT") == std::string::npos);
    REQUIRE(engine.in_time([&] { return engine.events("alert.sent") == 1; }));
    CHECK(engine.events("incident.started") == 1);

    engine.end();
    engine.begin();
    const auto looks = engine.clock.now() + 3min;
    REQUIRE(engine.in_time([&] { return engine.clock.now() > looks; }));
    const auto snapshot = engine.watch->snapshot();
    REQUIRE(engine.open_incident(snapshot, "destination-down"));
    CHECK(engine.open_incident(snapshot, "destination-down")->told_start.contains("on-call"));

    engine.peers.always("pas", Does::confirm);
    REQUIRE(engine.in_time([&] { return engine.state(message, "pas") == State::delivered; }));
    REQUIRE(engine.in_time([&] { return engine.events("incident.ended") >= 1; }));
    REQUIRE(engine.in_time([&] { return !engine.open_incident(engine.watch->snapshot(), "destination-down"); }));
    REQUIRE(engine.in_time([&] {
        int ends = 0;
        for (const auto& line : engine.told()) ends += line.find(R"("state":"ended")") != std::string::npos ? 1 : 0;
        return ends >= 1;
    }));
    int starts = 0;
    for (const auto& line : engine.told())
        starts +=
            line.find(R"("kind":"destination-down","subject":"pas","state":"started")") != std::string::npos ? 1 : 0;
    CHECK(starts == 1);
}

TEST_CASE("watch: a receiver that cannot be reached is told later, and that it was not is seen") {
    WatchedEngine engine;
    engine.alerts("fails.sh");
    engine.peers.always("pas", Does::fail_for_now);
    engine.begin();
    engine.send("adt", test::adt("C1", "9990000018"));
    REQUIRE(engine.in_time([&] { return engine.events("alert.failed") == 1; }));
    REQUIRE(engine.in_time([&] { return engine.open_incident(engine.watch->snapshot(), "alert-failed") != nullptr; }));
    const auto receivers = engine.watch->snapshot().receivers;
    REQUIRE(receivers.size() == 1);
    CHECK(receivers[0].waiting >= 1);
    CHECK(receivers[0].why.find("status 1") != std::string::npos);
    CHECK(engine.events("alert.failed") == 1);
    engine.alerts("told.sh");
    REQUIRE(engine.reload().empty());
    CHECK(engine.in_time([&] { return !engine.told().empty(); }));
}

TEST_CASE("watch: a test message reaches one receiver, and an unknown name is said so") {
    WatchedEngine engine;
    engine.begin();
    CHECK(engine.run(engine.watch->test("on-call")).has_value());
    REQUIRE(engine.told().size() == 1);
    CHECK(engine.told()[0].find("\"test\":true") != std::string::npos);
    CHECK(engine.run(engine.watch->test("nobody")).error().issue == Issue::not_found);
}

TEST_CASE("watch: a ledger that fails is told once, however often it is tried, and its return ends it") {
    WatchedEngine engine;
    test::Threads threads;
    for (int i = 0; i < 3; ++i)
        threads.run(tell_of_failed_ledger(threads.context().get_executor(), engine.load(), engine.clock,
                                          fail(Issue::no_store, "ledger.db", "The disk does not answer.")));
    REQUIRE(engine.told().size() == 1);
    CHECK(engine.told()[0].find("The ledger failed and the engine has stopped") != std::string::npos);
    engine.begin();
    REQUIRE(engine.in_time([&] { return engine.told().size() == 2; }));
    CHECK(engine.told()[1].find(R"("state":"ended")") != std::string::npos);
    CHECK_FALSE(read_ledger_mark(engine.dir / "var").has_value());
}

}  // namespace
}  // namespace causeway::alerts
