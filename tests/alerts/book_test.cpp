#include "alerts/book.hpp"

#include <doctest/doctest.h>

#include "alerts/message.hpp"

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;
using pipeline::Signal;

const Instant kBegin = *parse_fhir_instant("2026-11-22T09:00:00Z");
const Patience kPatience{1min, 5min};

Signal down(const std::string& destination, std::int64_t count = 1) {
    Signal signal;
    signal.kind = "destination-down";
    signal.subject = destination;
    signal.what = destination + " does not take messages.";
    signal.todo = "See whether it runs.";
    signal.count = count;
    return signal;
}

/// A book with a clock and one source that looks every ten seconds.
struct Watching {
    Book book;
    Instant now = kBegin;
    std::vector<Change> changes;

    void see(const std::vector<Signal>& signals, Duration length) {
        for (const auto end = now + length; now < end; now += 10s) look(signals);
    }
    void look(const std::vector<Signal>& signals) {
        for (auto& change : book.update("queues", signals, kPatience, now)) changes.push_back(change);
    }
    int count(Change::Kind kind) const {
        return static_cast<int>(
            std::count_if(changes.begin(), changes.end(), [&](const Change& change) { return change.kind == kind; }));
    }
    int started() const { return count(Change::Kind::started); }
    int ended() const { return count(Change::Kind::ended); }
};

TEST_CASE("book: what is wrong for a minute starts one incident, and it is only one however long it lasts") {
    Watching watching;
    watching.see({down("pas")}, 50s);
    CHECK(watching.started() == 0);
    watching.see({down("pas")}, 24h);
    CHECK(watching.started() == 1);
    CHECK(watching.ended() == 0);
    CHECK(watching.book.find("destination-down/pas")->facts.since == kBegin);
}

TEST_CASE("book: what was right for five minutes ends it, once") {
    Watching watching;
    watching.see({down("pas", 212)}, 2min);
    watching.see({}, 4min);
    CHECK(watching.ended() == 0);
    watching.see({}, 1min);
    CHECK(watching.ended() == 1);
    watching.see({}, 24h);
    CHECK(watching.ended() == 1);
    CHECK(watching.book.find("destination-down/pas")->facts.count == 212);
}

TEST_CASE("book: a hiccup is no incident, and a short recovery is no end") {
    Watching watching;
    watching.see({down("pas")}, 30s);
    watching.see({}, 10min);
    CHECK(watching.started() == 0);
    watching.see({down("pas")}, 10min);
    for (int i = 0; i < 20; ++i) {
        watching.see({}, 3min);
        watching.see({down("pas")}, 1min);
    }
    CHECK(watching.started() == 1);
    CHECK(watching.ended() == 0);
}

TEST_CASE("book: what flaps from one look to the next starts one incident") {
    Watching watching;
    for (int i = 0; i < 360; ++i) {
        watching.look({down("pas")});
        watching.now += 10s;
        watching.look({});
        watching.now += 10s;
    }
    CHECK(watching.started() == 1);
    CHECK(watching.ended() == 0);
}

TEST_CASE("book: what comes back again and again is told less and less") {
    Watching watching;
    for (int i = 0; i < 72; ++i) {  // A day of eight minutes down, twelve minutes up.
        watching.see({down("pas")}, 8min);
        watching.see({}, 12min);
    }
    CHECK(watching.started() <= 3);
    watching.see({}, 2h);
    CHECK(watching.ended() == watching.started());
}

TEST_CASE("book: each subject and each kind is an incident of its own, and sources do not end each other's") {
    Watching watching;
    watching.see({down("pas"), down("lab")}, 2min);
    CHECK(watching.started() == 2);
    for (int i = 0; i < 100; ++i)
        CHECK(watching.book.update("machine", {}, kPatience, watching.now + i * 1min).empty());
    CHECK(watching.book.all().size() == 2);
}

TEST_CASE("book: a source that has waited enough itself starts at once") {
    Watching watching;
    auto signal = down("pas");
    signal.start_after = Duration(1);
    watching.look({signal});
    CHECK(watching.started() == 1);
}

TEST_CASE("book: after a restart what was open is still the same incident") {
    Watching before;
    before.see({down("pas")}, 2min);
    Watching after;
    auto kept = incident_from_json(to_json(*before.book.find("destination-down/pas")));
    REQUIRE(kept);
    after.now = before.now + 10min;
    after.book.restore({*kept}, after.now);
    after.see({down("pas")}, 1h);
    CHECK(after.started() == 0);
    after.see({}, 6min);
    CHECK(after.ended() == 1);
    CHECK(after.book.find("destination-down/pas")->id == kept->id);
}

TEST_CASE("book: a restart gives a source time to look again before it ends anything") {
    Watching after;
    Incident kept;
    kept.id = "00112233";
    kept.source = "queues";
    kept.facts = down("pas");
    kept.started_at = kBegin - 48h;
    after.book.restore({kept}, after.now);
    after.see({}, 4min);
    CHECK(after.ended() == 0);
}

TEST_CASE("book: an ended incident is remembered for a week") {
    Watching watching;
    watching.see({down("pas")}, 2min);
    watching.see({}, 10min);
    CHECK(watching.book.forget(watching.now + 6 * 24h).empty());
    CHECK(watching.book.all().size() == 1);
    CHECK(watching.book.forget(watching.now + 8 * 24h).size() == 1);
    CHECK(watching.book.all().empty());
}

TEST_CASE("book: a clock that is put back neither ends an incident nor keeps one from starting") {
    Watching watching;
    watching.see({down("pas")}, 2min);
    watching.now -= 3h;
    watching.see({down("pas"), down("lab")}, 2min);
    CHECK(watching.started() == 2);
    CHECK(watching.ended() == 0);
    watching.now -= 3h;
    watching.see({}, 6min);
    CHECK(watching.ended() == 2);
}

TEST_CASE("incident: the ledger's note of it holds everything") {
    Incident incident;
    incident.id = "0a1b2c3d";
    incident.source = "queues";
    incident.facts = down("pas", 7);
    incident.facts.urgent = 2;
    incident.facts.owner = "booking";
    incident.facts.since = kBegin - 1h;
    incident.facts.oldest = kBegin - 2h;
    incident.started_at = kBegin;
    incident.ended_at = kBegin + 1h;
    incident.returns = 3;
    incident.to = {"on-call", "team"};
    incident.told_start = {"on-call"};
    const auto read = incident_from_json(to_json(incident));
    REQUIRE(read);
    CHECK(to_json(*read) == to_json(incident));
    CHECK(read->facts.oldest == incident.facts.oldest);
    CHECK(read->told_start == incident.told_start);
    CHECK(note_name(*read) == "incident/destination-down/pas");
    CHECK_FALSE(incident_from_json("{}"));
    CHECK_FALSE(incident_from_json("nonsense"));
}

}  // namespace
}  // namespace causeway::alerts
