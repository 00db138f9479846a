#include <doctest/doctest.h>

#include "core/nhs_number.hpp"
#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::Ledger;

namespace {

const Key kNhs = {std::string(kNhsNumberSystem), "9990000018"};
const Key kOtherNhs = {std::string(kNhsNumberSystem), "9990000026"};
const Key kOld = {"urn:hospital", "H1"};
const Key kNew = {"urn:hospital", "H2"};
const Key kNewest = {"urn:hospital", "H3"};

Instant day(int n) {
    return Instant(std::chrono::hours(24 * (20'000 + n)));
}

std::string person(std::string_view family, std::string_view born = "1950-01-02", std::string_view nhs = {}) {
    std::string json = R"({"resourceType":"Patient","name":[{"family":")" + std::string(family) +
                       R"("}],"birthDate":")" + std::string(born) + '"';
    if (!nhs.empty())
        json += R"(,"identifier":[{"system":")" + std::string(kNhsNumberSystem) + R"(","value":")" + std::string(nhs) +
                R"("}])";
    return json + '}';
}

PatientChange known(std::vector<Key> identifiers, std::string json, Instant at) {
    return {PatientChange::Kind::known, std::move(identifiers), {}, std::move(json), at};
}

PatientChange merged(std::vector<Key> survivor, std::vector<Key> retired, std::string json, Instant at) {
    return {PatientChange::Kind::merged, std::move(survivor), std::move(retired), std::move(json), at};
}

/// Records a change as a message of its own; gives the event that was written.
Event record(Ledger& ledger, PatientChange change) {
    Routing routing;
    routing.process = ledger.message();
    routing.patients.push_back(std::move(change));
    REQUIRE(ledger.route(routing).has_value());
    return ledger.last_event(routing.process);
}

std::string at(Ledger& ledger, const Key& identifier) {
    const auto found = ledger->patient(identifier);
    return found ? *found : to_string(found.error());
}

/// What each identifier leads to.
std::vector<std::string> all_known(Ledger& ledger) {
    std::vector<std::string> known;
    for (const Key& key : {kNhs, kOtherNhs, kOld, kNew, kNewest, Key{"urn:hospital", "H0"}})
        known.push_back(at(ledger, key));
    return known;
}

}  // namespace

TEST_CASE("patients: a record is found by each of its identifiers, and nothing is made up") {
    Ledger ledger;
    const Event event = record(ledger, known({kNhs, kOld}, person("MARTIN"), day(1)));

    CHECK(event.kind == "patient.known");
    CHECK(at(ledger, kNhs) == person("MARTIN"));
    CHECK(at(ledger, kOld) == person("MARTIN"));
    CHECK(ledger->patient(kNew).error().issue == Issue::not_found);
    CHECK(ledger->patient({"urn:unheard-of", "H1"}).error().issue == Issue::not_found);
}

TEST_CASE("patients: older knowledge never overwrites newer, whatever order it comes in") {
    Ledger ledger;
    record(ledger, known({kNhs}, person("MARTIN"), day(5)));
    record(ledger, known({kNhs, kOld}, person("MAIDEN"), day(1)));
    CHECK(at(ledger, kNhs) == person("MARTIN"));
    CHECK(at(ledger, kOld) == person("MARTIN"));

    record(ledger, known({kOld}, person("CARTER"), day(9)));
    CHECK(at(ledger, kNhs) == person("CARTER"));
}

TEST_CASE("patients: a message that names no practice leaves the known one; another one replaces it") {
    const auto at_practice = [](std::string_view code) {
        return R"({"resourceType":"Patient","generalPractitioner":[{"display":")" + std::string(code) + R"("}]})";
    };
    Ledger ledger;
    record(ledger, known({kNhs}, at_practice("Y90001"), day(1)));
    record(ledger, known({kNhs}, R"({"resourceType":"Patient"})", day(2)));
    CHECK(at(ledger, kNhs) == at_practice("Y90001"));
    record(ledger, merged({kNhs}, {kOld}, R"({"resourceType":"Patient"})", day(3)));
    CHECK(at(ledger, kOld) == at_practice("Y90001"));
    record(ledger, known({kNhs}, at_practice("Y90002"), day(4)));
    CHECK(at(ledger, kNhs) == at_practice("Y90002"));
}

TEST_CASE("patients: after a merge the retired identifiers lead to the survivor, also over several merges") {
    Ledger ledger;
    record(ledger, known({kOld}, person("MARTIN"), day(1)));
    record(ledger, known({kNew}, person("MARTINE"), day(2)));
    record(ledger, known({kNewest}, person("MARTINI"), day(3)));

    const Event event = record(ledger, merged({kNew}, {kOld}, "", day(4)));
    record(ledger, merged({kNewest}, {kNew}, "", day(5)));

    CHECK(event.kind == "patient.merged");
    CHECK(at(ledger, kOld) == person("MARTINI"));
    CHECK(at(ledger, kNew) == person("MARTINI"));
}

TEST_CASE("patients: merging back and forth makes no circle") {
    Ledger ledger;
    record(ledger, known({kOld}, person("MARTIN"), day(1)));
    record(ledger, known({kNew}, person("MARTINE"), day(2)));

    record(ledger, merged({kNew}, {kOld}, "", day(3)));
    record(ledger, merged({kOld}, {kNew}, "", day(4)));
    record(ledger, merged({kOld}, {kOld}, "", day(5)));

    CHECK(at(ledger, kOld) == person("MARTINE"));
    CHECK(at(ledger, kNew) == person("MARTINE"));
}

TEST_CASE("patients: an identifier that both sides of a merge carry does not hide the survivor") {
    Ledger ledger;
    record(ledger, known({kNhs, kOld}, person("MARTIN"), day(1)));
    record(ledger, known({kNew}, person("MARTINE"), day(2)));

    record(ledger, merged({kNhs, kNew}, {kOld}, "", day(3)));

    CHECK(at(ledger, kOld) == person("MARTINE"));
    CHECK(at(ledger, kNhs) == person("MARTINE"));
}

TEST_CASE("patients: a merge of records that were never heard of is remembered") {
    Ledger ledger;
    record(ledger, merged({kNew}, {kOld}, person("MARTIN"), day(3)));

    CHECK(at(ledger, kNew) == person("MARTIN"));
    CHECK(at(ledger, kOld) == person("MARTIN"));
}

TEST_CASE("patients: a merge of records that disagree is linked, and its event says on what") {
    Ledger ledger;
    record(ledger, known({kOld}, person("MARTIN", "1950-01-02", kNhs.value), day(1)));

    const Event event = record(ledger, merged({kNew}, {kOld}, person("CARTER", "1960-01-02", kOtherNhs.value), day(2)));

    CHECK(event.detail.find("differs in nhs-number, birth-date, family-name") != std::string::npos);
    CHECK(at(ledger, kOld) == person("CARTER", "1960-01-02", kOtherNhs.value));
}

TEST_CASE("patients: a merge of records that agree has no note") {
    Ledger ledger;
    record(ledger, known({kOld}, person("Martin"), day(1)));

    CHECK(record(ledger, merged({kNew}, {kOld}, person("MARTIN"), day(2))).detail.find("note") == std::string::npos);
}

TEST_CASE("patients: identifiers of two records in one message do not join them, and the event says so") {
    Ledger ledger;
    record(ledger, known({kNhs}, person("MARTIN"), day(1)));
    record(ledger, known({kNew}, person("CARTER"), day(1)));

    const Event event = record(ledger, known({kNhs, kNew}, person("MARTINE"), day(2)));

    CHECK(event.detail.find("different records") != std::string::npos);
    CHECK(at(ledger, kNhs) == person("MARTINE"));
    CHECK(at(ledger, kNew) == person("CARTER"));
}

TEST_CASE("patients: the projection rebuilt from the events is the same") {
    Ledger ledger;
    record(ledger, known({kNhs, kOld}, person("MA\"RTIN\\"), day(5)));
    record(ledger, known({kNew}, person("MARTINE"), day(2)));
    record(ledger, known({kOld}, person("EARLIER"), day(1)));
    record(ledger, merged({kNew}, {kOld}, "", day(6)));
    record(ledger, merged({kNewest, kNew}, {{"urn:hospital", "H0"}}, person("CARTER"), day(7)));
    record(ledger, known({kNhs, kNewest}, person("LATEST"), day(8)));
    const auto before = all_known(ledger);

    CHECK(ledger->rebuild_patients().value() == 6);

    CHECK(all_known(ledger) == before);
}

TEST_CASE("patients: knowledge enters only as a change, so that events and projection agree") {
    Ledger ledger;
    CHECK(ledger.append({0, {}, "patient.known", {}, {}, {}, {}}).error().issue == Issue::invalid);

    Routing routing;
    routing.process = ledger.message();
    routing.events = {{0, {}, "patient.merged", {}, {}, {}, {}}};
    CHECK(ledger.route(routing).error().issue == Issue::invalid);
}
