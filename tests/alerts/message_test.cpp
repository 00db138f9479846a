#include "alerts/message.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/json_object.hpp"

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;

const Instant kNow = *parse_fhir_instant("2026-11-22T09:00:00Z");

Incident incident(const std::string& subject, std::int64_t count = 1, std::int64_t urgent = 0, bool ended = false) {
    Incident made;
    made.facts.kind = "queue-age";
    made.facts.subject = subject;
    made.facts.what = std::to_string(count) + " messages wait for " + subject + ".";
    made.facts.todo = "Look.";
    made.facts.owner = "booking";
    made.facts.count = count;
    made.facts.urgent = urgent;
    made.facts.since = kNow - 14min;
    made.facts.oldest = kNow - 3h;
    made.started_at = kNow - 10min;
    if (ended) made.ended_at = kNow - 1min;
    made.id = id_of(made.facts, made.started_at);
    made.to = {"on-call"};
    return made;
}

Alert alert(const std::vector<Incident>& incidents, const std::string& receiver = "on-call") {
    return alert_for(receiver, incidents, "live", kNow);
}

TEST_CASE("message: it says what, since when, how many, how urgent, the oldest and what to do") {
    const auto made = alert({incident("pas", 212, 3)});
    CHECK(subject_of(made) == "Causeway live: 212 messages wait for pas.");
    const auto text = text_of(made);
    for (const auto* words :
         {"STARTED  212 messages wait for pas.", "2026-11-22T08:46:00.000Z (14 min)", "212", "urgent: 3",
          "2026-11-22T06:00:00.000Z (3 h)", "booking", "Do:       Look.", "queue-age/pas"}) {
        CAPTURE(words);
        CHECK(text.find(words) != std::string::npos);
    }
    const JsonObject json(json_of(made));
    const auto& one = json.document()["started"][0];
    CHECK(std::string(one["what"].GetString()) == "212 messages wait for pas.");
    CHECK(std::string(one["since"].GetString()) == "2026-11-22T08:46:00.000Z");
    CHECK(one["count"].GetInt64() == 212);
    CHECK(one["urgent"].GetInt64() == 3);
    CHECK(one["oldest_age_seconds"].GetInt64() == 3 * 3600);
    CHECK(std::string(one["todo"].GetString()) == "Look.");
    CHECK(std::string(one["state"].GetString()) == "started");
}

TEST_CASE("message: many incidents are one message, the urgent first") {
    std::vector<Incident> many;
    for (int i = 0; i < 300; ++i) many.push_back(incident("practice-" + std::to_string(i), i));
    many.push_back(incident("pas", 1, 1));
    const auto made = alert(many);
    CHECK(subject_of(made) == "Causeway live: 301 incidents have started");
    const auto text = text_of(made);
    CHECK(text.find("wait for pas") < text.find("practice-299"));
    CHECK(text.find("... and 251 more") != std::string::npos);
    CHECK(JsonObject(json_of(made)).document()["started"].Size() == 50);
    CHECK(JsonObject(json_of(made)).text("started_count") == "301");
}

TEST_CASE("message: each receiver hears of a start and of an end once") {
    auto one = incident("pas");
    CHECK(alert({one}, "somebody else").empty());
    CHECK(alert({one}).started.size() == 1);
    one.told_start = {"on-call"};
    CHECK(alert({one}).empty());
    one.ended_at = kNow;
    CHECK(alert({one}).ended.size() == 1);
    CHECK(subject_of(alert({one})) == "Causeway live: over: 1 messages wait for pas.");
    one.told_end = {"on-call"};
    CHECK(alert({one}).empty());
}

TEST_CASE("message: what ended before anybody was told is told once, with both times") {
    const auto made = alert({incident("pas", 1, 0, true)});
    CHECK(made.started.empty());
    REQUIRE(made.ended.size() == 1);
    CHECK(text_of(made).find("Ended:    2026-11-22T08:59:00.000Z") != std::string::npos);
}

TEST_CASE("message: sent again it has the same id, with other news another one") {
    const auto first = alert({incident("pas")});
    CHECK(alert({incident("pas", 5)}).id == first.id);
    CHECK(alert({incident("pas"), incident("lab")}).id != first.id);
    CHECK(alert({incident("pas", 1, 0, true)}).id != first.id);
}

TEST_CASE("message: ages are told as people tell them") {
    CHECK(age_text(5s) == "5 s");
    CHECK(age_text(14min) == "14 min");
    CHECK(age_text(3h) == "3 h");
    CHECK(age_text(49h) == "2 days");
    CHECK(age_text(-5s) == "0 s");
}

}  // namespace
}  // namespace causeway::alerts
