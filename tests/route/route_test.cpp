#include "route/route.hpp"

#include <doctest/doctest.h>

#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "support/settings.hpp"

using namespace causeway;
using route::Routes;

namespace {

std::vector<config::Mistake> add(Routes& routes, std::string_view yaml) {
    std::vector<config::Mistake> mistakes;
    const auto file = test::settings(yaml, Routes::specs(), mistakes);
    if (mistakes.empty()) routes.add(file, mistakes);
    return mistakes;
}

std::vector<config::Mistake> mistakes_of(std::string_view yaml) {
    Routes routes;
    return add(routes, yaml);
}

Routes routes_of(std::initializer_list<std::string_view> files) {
    Routes routes;
    for (const auto file : files) CHECK(test::texts(add(routes, file)) == std::vector<std::string>{});
    return routes;
}

directory::Directory practices() {
    std::vector<config::Mistake> mistakes;
    directory::Directory directory;
    directory.add(test::settings(R"(organisations:
  - {ods_code: Y90001, name: A, type: gp-practice, endpoint: "http://127.0.0.1:9080/fhir"}
  - {ods_code: Y90002, name: B, type: gp-practice, endpoint: "http://127.0.0.1:9080/fhir"}
)",
                                 directory::Directory::specs(), mistakes),
                  mistakes);
    return directory;
}

std::shared_ptr<const hl7v2::Message> letter(std::string_view practice = "Y90001") {
    auto message =
        hl7v2::parse(Payload("MSH|^~\\&|L|R9Z|C|C|20261120||MDM^T02|1|P|2.5.1\rPID|1||9990000115^^^NHS\rPD1|||X^^" +
                             std::string(practice) + "\r"));
    REQUIRE(message.has_value());
    return *message;
}

fhirpath::Environment environment() {
    fhirpath::Environment result;
    result.variables["patient"] = {};
    return result;
}

std::vector<std::string> names(const Result<std::vector<const route::Route*>>& routes) {
    std::vector<std::string> result;
    REQUIRE(routes.has_value());
    for (const auto* one : *routes) result.push_back(one->name);
    return result;
}

using Names = std::vector<std::string>;

constexpr std::string_view kLetters = R"(route: letters
from: [letters]
when: "MSH-9.1 = 'MDM'"
to:
  - destination: practices
    map: letter.mdm
    organisation:
      - {source: registered practice, ods_code: PD1-3.3}
      - {source: patient knowledge, ods_code: "%patient.generalPractitioner.identifier.value"}
    unknown_owner: correspondence
  - destination: archive
    when: "PID-3.1 = 'nobody'"
)";

constexpr std::string_view kCopies = "route: copies\nfrom: [letters, adt]\nto: [{destination: copies}]\n";

}  // namespace

TEST_CASE("route: a message goes by every route of its channel whose condition holds") {
    const auto routes = routes_of({kLetters, kCopies});
    const auto message = letter();
    CHECK(names(routes.matching("letters", message->root(), environment())) == Names{"letters", "copies"});
    CHECK(names(routes.matching("adt", message->root(), environment())) == Names{"copies"});
    CHECK(names(routes.matching("other", message->root(), environment())).empty());
}

TEST_CASE("route: only targets whose condition holds are owed") {
    const auto routes = routes_of({kLetters});
    const auto owed = routes.owed(routes.all()[0], letter()->root(), environment(), practices(), "9990000115");
    REQUIRE(owed.has_value());
    REQUIRE(owed->size() == 1);
    CHECK(owed->front().route == "letters");
    CHECK(owed->front().destination == "practices");
    CHECK(owed->front().map == "letter.mdm");
    CHECK(owed->front().organisation == "Y90001");
    CHECK(owed->front().ordering_key == "9990000115");
    CHECK_FALSE(owed->front().held);
}

TEST_CASE("route: codes are compared without case") {
    const auto routes = routes_of({kLetters});
    const auto owed = routes.owed(routes.all()[0], letter(" y90001 ")->root(), environment(), practices(), "k");
    REQUIRE(owed.has_value());
    CHECK(owed->front().organisation == "Y90001");
    CHECK_FALSE(owed->front().held);
}

TEST_CASE("route: an organisation in dispute is held for the named owner") {
    const auto routes = routes_of({kLetters});
    const auto patient = fhir::parse_json(
        Payload(R"({"resourceType":"Patient","generalPractitioner":[{"identifier":{"value":"Y90002"}}]})"));
    REQUIRE(patient.has_value());
    auto known = environment();
    known.variables["patient"] = {(*patient)->root()};

    const auto owed = routes.owed(routes.all()[0], letter()->root(), known, practices(), "k");

    REQUIRE(owed.has_value());
    CHECK(owed->front().held);
    CHECK(owed->front().owner == "correspondence");
    CHECK(owed->front().organisation.empty());
    CHECK(owed->front().cause.find("registered practice says Y90001, patient knowledge says Y90002") !=
          std::string::npos);
}

TEST_CASE("route: a deleted value is nobody's code") {
    const auto routes = routes_of({kLetters});
    const auto owed = routes.owed(routes.all()[0], letter("\"\"")->root(), environment(), practices(), "k");
    REQUIRE(owed.has_value());
    CHECK(owed->front().held);
    CHECK(owed->front().cause.find("No source knows") != std::string::npos);
}

TEST_CASE("route: its own ordering key counts, and an empty one falls back") {
    const auto routes = routes_of({"route: a\nfrom: [c]\norder_by: MSH-10\nto: [{destination: d}]\n",
                                   "route: b\nfrom: [c]\norder_by: PV1-19\nto: [{destination: d}]\n"});
    const auto message = letter();
    const auto own = routes.owed(routes.all()[0], message->root(), environment(), {}, "fallback");
    const auto none = routes.owed(routes.all()[1], message->root(), environment(), {}, "fallback");
    REQUIRE(own.has_value());
    REQUIRE(none.has_value());
    CHECK(own->front().ordering_key == "1");
    CHECK(none->front().ordering_key == "fallback");
}

TEST_CASE("route: a business answer has its time and owner") {
    const auto routes =
        routes_of({"route: a\nfrom: [c]\nto: [{destination: d, answer_within: 48h, answer_owner: referrals}]\n"});
    const auto owed = routes.owed(routes.all()[0], letter()->root(), environment(), {}, "k");
    REQUIRE(owed.has_value());
    CHECK(owed->front().answer_within == std::chrono::hours(48));
    CHECK(owed->front().answer_owner == "referrals");
}

TEST_CASE("route: an expression that fails names the route and its place, and never a value") {
    const auto routes =
        routes_of({"route: a\nfrom: [c]\nwhen: \"(PID-3.1 | MSH-10).single() = '1'\"\nto: [{destination: d}]\n"});
    const auto matched = routes.matching("c", letter()->root(), environment());
    REQUIRE(matched.has_error());
    CHECK(matched.error().where.find("test.yaml:1:") == 0);
    CHECK(matched.error().what.find("route a") != std::string::npos);
    CHECK(matched.error().what.find("9990000115") == std::string::npos);
}

TEST_CASE("route: a filter owes nothing and says why") {
    const auto routes = routes_of({"route: a\nfrom: [c]\nfilter: appointment-notice\nreason: Nobody is owed it.\n"});
    CHECK(routes.all()[0].filter == "appointment-notice");
    CHECK(routes.all()[0].reason == "Nobody is owed it.");
    const auto owed = routes.owed(routes.all()[0], letter()->root(), environment(), {}, "k");
    REQUIRE(owed.has_value());
    CHECK(owed->empty());
}

TEST_CASE("route: mistakes stand at their place and say what to do") {
    const auto only = [](std::string_view yaml, std::uint32_t line, std::string_view words) {
        return test::only_mistake(mistakes_of(yaml), line, words);
    };
    CHECK(only("route: a\nfrom: [c]\nwhen: MSH-9.1 ==\nto: [{destination: d}]\n", 3, ""));
    CHECK(only("route: a\nfrom: [c]\n", 1, "who is owed"));
    CHECK(only("route: a\nfrom: [c]\nfilter: f\n", 3, "reason"));
    CHECK(only("route: a\nfrom: [c]\nfilter: f\nreason: r\nto: [{destination: d}]\n", 3, "remove one"));
    CHECK(only("route: a\nfrom: [c]\nto: [{destination: d, answer_within: 48h}]\n", 3, "answer_owner"));
    CHECK(only("route: a\nfrom: [c]\nto:\n  - destination: d\n    organisation: [{source: s, ods_code: PD1-3}]\n", 5,
               "unknown_owner"));
    CHECK(only("route: a\nfrom: [c]\nto: [{destination: d, mapp: m}]\n", 3, "map"));
}

TEST_CASE("route: two routes of one name are a mistake that names the other") {
    Routes routes;
    REQUIRE(add(routes, kCopies).empty());
    CHECK(test::only_mistake(add(routes, kCopies), 1, "test.yaml:1:"));
}

TEST_CASE("a route declares further keys, and one that does not compile is named with its place") {
    const auto routes = routes_of({"route: a\nfrom: [c]\nto: [{destination: d}]\nkeys: {visit: PV1-19.1}\n"});
    REQUIRE(routes.all().size() == 1);
    CHECK(routes.all()[0].keys.at("visit").text() == "PV1-19.1");
    const auto mistakes = mistakes_of("route: a\nfrom: [c]\nto: [{destination: d}]\nkeys: {visit: PV1-19.1 and}\n");
    REQUIRE(mistakes.size() == 1);
    CHECK(mistakes[0].line == 4);
}
