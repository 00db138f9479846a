/// Every kind of incident that the engine itself sees: told once when it starts and once when it ends, and not again
/// after a restart in between.
#include <doctest/doctest.h>

#include "alerts/message.hpp"
#include "alerts/sources.hpp"
#include "support/certificates.hpp"

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;
using pipeline::Signal;

const Instant kNow = *parse_fhir_instant("2026-11-22T09:00:00Z");
const std::string kOnCall = "on-call";

/// One receiver of what a source sees.
struct OnCall {
    Book book;
    Instant now = kNow;
    std::vector<std::string> told;

    void sees(const std::vector<Signal>& signals) {
        now += 10min;
        (void)book.update("source", signals, {}, now);
        for (auto& [key, incident] : book.incidents()) incident.to.insert(kOnCall);
        const auto alert = alert_for(kOnCall, book.all(), "live", now);
        for (const auto* list : {&alert.started, &alert.ended})
            for (const auto& incident : *list) {
                const auto key = key_of(incident.facts);
                told.push_back((incident.open() ? "started " : "ended ") + key);
                book.find(key)->told_start.insert(kOnCall);
                if (!incident.open()) book.find(key)->told_end.insert(kOnCall);
            }
    }
    /// Only what the ledger's notes say is left.
    void restart() {
        std::vector<Incident> kept;
        for (const auto& incident : book.all()) kept.push_back(incident_from_json(to_json(incident)).value());
        book = Book();
        book.restore(std::move(kept), now);
    }
};

/// What `kind` is told as, from the signals of trouble to those of its end.
void check_told_twice(const std::vector<Signal>& trouble, const std::string& key,
                      const std::vector<Signal>& over = {}) {
    CAPTURE(key);
    REQUIRE(trouble.size() == 1);
    CHECK(key_of(trouble[0]) == key);
    CHECK_FALSE(trouble[0].what.empty());
    CHECK_FALSE(trouble[0].todo.empty());
    CHECK(over.empty());
    OnCall on_call;
    for (int i = 0; i < 3; ++i) on_call.sees(trouble);
    on_call.restart();
    for (int i = 0; i < 3; ++i) on_call.sees(trouble);
    CHECK(on_call.told == std::vector<std::string>{"started " + key});
    on_call.sees(over);
    on_call.restart();
    for (int i = 0; i < 3; ++i) on_call.sees(over);
    CHECK(on_call.told == std::vector<std::string>{"started " + key, "ended " + key});
}

WaitingGroup group(State state, const std::string& cause, const std::string& owner, Duration age) {
    WaitingGroup made;
    made.destination = "pas";
    made.duty = Duty::deliver;
    made.state = state;
    made.cause = cause;
    made.owner = owner;
    made.count = 3;
    made.oldest = kNow - age;
    return made;
}

TEST_CASE("kinds: a destination that is down") {
    DownWatch watch;
    const auto none = [](const std::string&) { return std::uint64_t{0}; };
    const auto trouble = watch.look({group(State::queued, "Nothing listens.", "", 5min)}, none, kNow);
    check_told_twice(trouble, "destination-down/pas", watch.look({group(State::queued, "", "", 5min)}, none, kNow));
}

TEST_CASE("kinds: a queue that is too old") {
    check_told_twice(queue_age_signals({group(State::queued, "", "", 31min)}, {}, kNow), "queue-age/pas",
                     queue_age_signals({group(State::queued, "", "", 1min)}, {}, kNow));
}

TEST_CASE("kinds: what is held and nobody attends to for a day, and what nobody owns") {
    check_told_twice(held_signals({group(State::held, "Refused.", "booking", 25h)}, {}, kNow), "held/pas/booking",
                     held_signals({group(State::held, "Refused.", "booking", 1h)}, {}, kNow));
    check_told_twice(held_signals({group(State::held, "Refused.", "", 1min)}, {}, kNow), "held/pas");
}

TEST_CASE("kinds: a disk that is nearly full") {
    SpaceReport space;
    space.least_free = 256 << 20;
    space.disk_free = 100 << 20;
    const auto trouble = disk_signals(space, "/state", 1 << 30);
    space.disk_free = std::uint64_t{2} << 30;
    check_told_twice(trouble, "disk/state", disk_signals(space, "/state", 1 << 30));
}

TEST_CASE("kinds: a certificate that ends soon, until it is replaced") {
    test::Authority authority;
    const auto file = authority.client("causeway", 10);
    pipeline::Configuration configuration;
    std::vector<config::Mistake> mistakes;
    const auto yaml = config::parse_yaml(
        "receivers:\n  - receiver: hook\n    webhook: {url: 'https://a.example', tls: "
        "{certificate: " +
            file.certificate.string() + ", key: " + file.key.string() + "}}\n",
        "alerts.yaml", "/", mistakes);
    configuration.alerts = pipeline::read_alerts(config::lint(yaml, pipeline::alert_fields(), mistakes), mistakes);
    REQUIRE(mistakes.empty());
    const auto now = SystemClock().now();
    const auto trouble = certificate_signals(configuration, now);
    std::filesystem::copy_file(authority.client("renewed", 300).certificate, file.certificate,
                               std::filesystem::copy_options::overwrite_existing);
    check_told_twice(trouble, "certificate/receiver hook " + file.certificate.filename().string(),
                     certificate_signals(configuration, now));
}

TEST_CASE("kinds: a promise that is broken, until it is kept") {
    PathwayClock clock;
    clock.name = "first-contact";
    clock.owner = "booking";
    clock.breach_at = kNow - 30h;
    clock.state = PathwayClock::State::breached;
    const auto trouble = breach_signals({clock});
    clock.state = PathwayClock::State::stopped;
    check_told_twice(trouble, "clock-breach/first-contact/2026-11-21/booking", breach_signals({clock}));
}

}  // namespace
}  // namespace causeway::alerts
