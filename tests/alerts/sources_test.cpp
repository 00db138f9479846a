#include "alerts/sources.hpp"

#include <doctest/doctest.h>

#include "support/certificates.hpp"

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;
using pipeline::AlertSettings;
using pipeline::Signal;

const Instant kNow = *parse_fhir_instant("2026-11-22T09:00:00Z");

WaitingGroup waits(const std::string& destination, State state, const std::string& cause, std::int64_t count,
                   Duration age, Duration urgent_age = {}) {
    WaitingGroup group;
    group.destination = destination;
    group.duty = destination.empty() ? Duty::process : Duty::deliver;
    group.state = state;
    group.cause = cause;
    group.count = count;
    group.oldest = kNow - age;
    if (urgent_age > Duration{}) {
        group.urgent = 1;
        group.oldest_urgent = kNow - urgent_age;
    }
    return group;
}

struct Down {
    DownWatch watch;
    std::map<std::string, std::uint64_t> confirmed;
    std::vector<Signal> look(const std::vector<WaitingGroup>& waiting, Instant now) {
        return watch.look(
            waiting, [this](const std::string& name) { return confirmed[name]; }, now);
    }
};

TEST_CASE("sources: a destination is down while attempts fail and none arrives") {
    Down down;
    const std::vector<WaitingGroup> waiting{waits("pas", State::queued, "pas:2575: Nothing listens.", 2, 10min),
                                            waits("pas", State::queued, "", 210, 12min, 11min)};
    const auto first = down.look(waiting, kNow);
    REQUIRE(first.size() == 1);
    CHECK(first[0].kind == "destination-down");
    CHECK(first[0].subject == "pas");
    CHECK(first[0].count == 212);
    CHECK(first[0].urgent == 1);
    CHECK(first[0].oldest == kNow - 12min);
    CHECK(first[0].what == "pas takes no messages: 212 messages wait. pas:2575: Nothing listens.");
    CHECK(down.look(waiting, kNow + 1h)[0].since == kNow);
    down.confirmed["pas"] = 1;
    CHECK(down.look(waiting, kNow + 2h).empty());
    CHECK(down.look(waiting, kNow + 3h)[0].since == kNow + 2h);
    CHECK(down.look({waits("pas", State::queued, "", 210, 12min)}, kNow + 4h).empty());
}

TEST_CASE("sources: one practice that fails does not make the whole destination down") {
    Down down;
    const std::vector<WaitingGroup> waiting{waits("gp-practices", State::queued, "Nothing listens.", 1, 10min)};
    int seen = 0;
    for (int i = 1; i <= 10; ++i) {
        down.confirmed["gp-practices"] += 5;
        seen += static_cast<int>(down.look(waiting, kNow + i * 10s).size());
    }
    CHECK(seen <= 1);
}

TEST_CASE("sources: a queue is too old by its own limit, the urgent by theirs") {
    AlertSettings settings;
    settings.queue_age_of["slow"] = 4h;
    const auto signals =
        queue_age_signals({waits("pas", State::queued, "", 5, 31min), waits("lab", State::queued, "", 5, 29min),
                           waits("slow", State::queued, "", 5, 3h), waits("gp", State::queued, "", 5, 10min, 6min),
                           waits("", State::queued, "", 9, 40min), waits("held", State::held, "why", 5, 40h)},
                          settings, kNow);
    std::set<std::string> subjects;
    for (const auto& signal : signals) subjects.insert(signal.subject);
    CHECK(subjects == std::set<std::string>{"pas", "gp", "processing"});
    for (const auto& signal : signals) {
        if (signal.subject == "gp") CHECK(signal.what.find("urgent one has waited for 6 min") != std::string::npos);
        if (signal.subject == "pas") CHECK(signal.since == kNow - 1min);
    }
}

TEST_CASE("sources: an answer that is awaited for two days is no old queue") {
    auto answer = waits("pas", State::queued, "", 5, 47h);
    answer.duty = Duty::answer;
    CHECK(queue_age_signals({answer}, {}, kNow).empty());
}

TEST_CASE("sources: what is held is told when it is a day old, or nobody owns it") {
    auto fresh = waits("pas", State::held, "Refused.", 3, 23h);
    fresh.owner = "booking";
    auto old = waits("lab", State::held, "Refused.", 4, 25h);
    old.owner = "lab-team";
    auto more = waits("lab", State::held, "Another cause.", 2, 1h);
    more.owner = "lab-team";
    const auto nobody = waits("", State::held, "No route.", 1, 5min);
    const auto signals = held_signals({fresh, old, more, nobody}, {}, kNow);
    REQUIRE(signals.size() == 2);
    CHECK(signals[0].subject == "processing");
    CHECK(signals[0].what == "1 message is held and owned by nobody; the oldest is 5 min old.");
    CHECK(signals[1].subject == "lab/lab-team");
    CHECK(signals[1].count == 6);
    CHECK(signals[1].owner == "lab-team");
    CHECK(signals[1].what == "6 messages for lab are held for lab-team; the oldest is 25 h old.");
    CHECK(signals[1].since == kNow - 1h);
}

PathwayClock promise(const std::string& name, PathwayClock::State state, Duration broken_ago) {
    PathwayClock made;
    made.name = name;
    made.owner = "booking";
    made.message = *Id::parse("0SA3ZXMC40000");
    made.state = state;
    made.breach_at = kNow - broken_ago;
    return made;
}

TEST_CASE("sources: broken promises are one signal a name and day, and last until they are kept") {
    using S = PathwayClock::State;
    std::vector<PathwayClock> running{promise("first-contact", S::breached, 1h),
                                      promise("first-contact", S::breached, 2h),
                                      promise("first-contact", S::breached, 48h),
                                      promise("first-contact", S::warned, -1h), promise("letter", S::running, -2h)};
    const auto signals = breach_signals(running);
    REQUIRE(signals.size() == 2);
    CHECK(signals[0].subject == "first-contact/2026-11-20/booking");
    CHECK(signals[1].subject == "first-contact/2026-11-22/booking");
    CHECK(signals[1].count == 2);
    CHECK(signals[1].oldest == kNow - 2h);
    CHECK(signals[1].owner == "booking");
    CHECK(signals[1].what.find("0SA3ZXMC40000") != std::string::npos);
    running[0].state = running[1].state = S::stopped;
    CHECK(breach_signals(running).size() == 1);
}

TEST_CASE("sources: a broken promise is attended to when a person has acted since, and not by what the engine did") {
    const auto clock = promise("first-contact", PathwayClock::State::breached, 2h);
    const auto event = [](const std::string& actor, Duration ago) {
        Event made;
        made.actor = actor;
        made.at = kNow - ago;
        return made;
    };
    CHECK_FALSE(attended(clock, {event("engine", 1h), event("", 1h), event("nurse", 3h)}));
    CHECK(attended(clock, {event("engine", 1h), event("nurse", 1h)}));
}

TEST_CASE("sources: a disk or ledger that has little room is told before new messages are refused, and when they are") {
    SpaceReport space;
    space.disk_free = 2'000 << 20;
    space.least_free = 256 << 20;
    space.most_bytes = 1'000 << 20;
    space.used_bytes = 899 << 20;
    CHECK(disk_signals(space, "/state", 1'000 << 20).empty());
    space.disk_free = 900 << 20;
    space.used_bytes = 905 << 20;
    auto signals = disk_signals(space, "/state", 1'000 << 20);
    REQUIRE(signals.size() == 2);
    CHECK(signals[0].subject == "state");
    CHECK(signals[0].what == "Only 900 MB are free at /state; below 256 MB new messages are refused.");
    CHECK(signals[1].subject == "ledger");
    CHECK(signals[1].what.find("905 MB of the 1000 MB") != std::string::npos);
    CHECK(signals[1].what.find("are refused") == std::string::npos);
    space.full = true;
    signals = disk_signals(space, "/state", 1'000 << 20);
    CHECK(signals[1].what.find("New messages are refused.") != std::string::npos);
}

TEST_CASE("sources: a count that rose is seen for an hour") {
    Rise rise;
    CHECK(rise.look(7, kNow) == 0);
    CHECK(rise.look(9, kNow + 10s) == 2);
    CHECK(rise.look(9, kNow + 50min) == 2);
    CHECK(rise.look(9, kNow + 62min) == 0);
    CHECK(rise.look(10, kNow + 63min) == 1);
}

TEST_CASE("sources: certificates of receivers are told in time, in every kind of trouble") {
    test::Authority authority;
    const auto soon = authority.client("causeway", 10);
    pipeline::Configuration configuration;
    const auto receiver = [&](const std::string& name, const std::filesystem::path& certificate) {
        std::vector<config::Mistake> mistakes;
        const auto yaml =
            config::parse_yaml("receivers:\n  - receiver: " + name +
                                   "\n    webhook: {url: 'https://a.example', tls: {ca: " + authority.file().string() +
                                   ", certificate: " + certificate.string() + ", key: " + soon.key.string() + "}}\n",
                               "alerts.yaml", "/", mistakes);
        const auto settings = config::lint(yaml, pipeline::alert_fields(), mistakes);
        auto alerts = pipeline::read_alerts(settings, mistakes);
        REQUIRE(mistakes.empty());
        configuration.alerts.receivers.push_back(alerts.receivers.at(0));
    };
    receiver("soon", soon.certificate);
    receiver("over", authority.client("old", -2).certificate);
    receiver("lost", "/nowhere/a.pem");
    configuration.alerts.certificate = 20 * 24h;
    const auto signals = certificate_signals(configuration, SystemClock().now());
    REQUIRE(signals.size() == 3);
    CHECK(signals[0].subject.starts_with("receiver soon "));
    CHECK(signals[0].what.find("ends in 9 days") != std::string::npos);
    CHECK(signals[1].what.find("has ended") != std::string::npos);
    CHECK(signals[2].subject == "receiver lost a.pem");
    configuration.alerts.certificate = 5 * 24h;
    CHECK(certificate_signals(configuration, SystemClock().now()).size() == 2);
}

}  // namespace
}  // namespace causeway::alerts
