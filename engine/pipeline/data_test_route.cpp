#include <algorithm>
#include <fstream>
#include <sstream>

#include "pipeline/data_test_parts.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr FieldSpec kOwed[] = {
    {.name = "destination", .doc = "Who is owed it."},
    {.name = "map", .doc = "Map that makes it; \"none\" for the bytes as received.", .fallback = ""},
    {.name = "organisation", .doc = "ODS code that the sources agree on.", .fallback = ""},
    {.name = "held", .type = FieldType::boolean, .doc = "Held for a person instead of sent.", .fallback = "false"},
    {.name = "owner", .doc = "Who acts on what is held.", .fallback = ""},
    {.name = "cause", .doc = "Part of the cause.", .fallback = ""},
    {.name = "ordering_key", .doc = "What stays in order.", .fallback = ""},
    {.name = "answer_within", .type = FieldType::duration, .doc = "Time for the business answer.", .fallback = ""},
};

constexpr FieldSpec kTest[] = {
    {.name = "name", .doc = "A sentence that says what is true."},
    {.name = "channel", .doc = "Channel that took the message."},
    {.name = "given", .type = FieldType::path, .doc = "File with the message."},
    {.name = "change",
     .type = FieldType::list,
     .doc = "Edits of the file for this test.",
     .fallback = "",
     .fields = kChangeFields,
     .item = FieldType::object},
    {.name = "patient",
     .type = FieldType::path,
     .doc = "File with what is known of the patient (FHIR Patient).",
     .fallback = ""},
    {.name = "routes", .type = FieldType::list, .doc = "Routes that take it, in order of their names.", .fallback = ""},
    {.name = "owed",
     .type = FieldType::list,
     .doc = "Everything that is owed: a destination that is not listed here is one where it does not go.",
     .fallback = "",
     .fields = kOwed,
     .item = FieldType::object},
    {.name = "not_to", .type = FieldType::list, .doc = "Destinations where it does not go.", .fallback = ""},
    {.name = "filter", .doc = "Rule by which it is dropped on purpose.", .fallback = ""},
    {.name = "learn", .doc = "Map by which the patient becomes known.", .fallback = ""},
    {.name = "service", .doc = "Service that the route's pathway decides.", .fallback = ""},
};

constexpr FieldSpec kFields[] = {
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "now", .doc = "The moment of the tests, such as 2026-11-21T09:30:00Z."},
    {.name = "tests", .type = FieldType::list, .doc = "Tests of routes.", .fields = kTest, .item = FieldType::object},
};

/// What all routes together make of one message.
struct Outcome {
    std::vector<std::string> routes;
    std::vector<route::Owed> owed;
    std::string filter;
    std::string learn;
    std::string service;
};

/// Stands for the key that the engine would use (the patient, else the channel).
constexpr std::string_view kDefaultKey = "default";

Result<void> follow(const route::Route& route, GivenMessage& given, const Configuration& configuration,
                    Outcome& outcome) {
    outcome.routes.push_back(route.name);
    if (outcome.filter.empty()) outcome.filter = route.filter;
    if (outcome.learn.empty()) outcome.learn = route.learn;
    const tree::Node message = given.document->root();
    if (const auto pathway = configuration.pathways.find(route.pathway); pathway != configuration.pathways.end()) {
        const auto decision = pathway->second.decide(message, given.facts->environment());
        if (!decision) return decision.error();
        outcome.service = decision->service;
        given.facts->set("service", decision->service);
        given.facts->set_document("decision", pathway::to_json(*decision));
    }
    auto owed =
        configuration.routes.owed(route, message, given.facts->environment(), configuration.directory, kDefaultKey);
    if (!owed) return owed.error();
    std::move(owed->begin(), owed->end(), std::back_inserter(outcome.owed));
    return {};
}

Result<Outcome> route_message(const std::string& channel, GivenMessage& given, const Configuration& configuration) {
    const auto routes = configuration.routes.matching(channel, given.document->root(), given.facts->environment());
    if (!routes) return routes.error();
    Outcome outcome;
    for (const auto* route : *routes) {
        if (auto followed = follow(*route, given, configuration, outcome); !followed) return followed.error();
    }
    std::sort(outcome.routes.begin(), outcome.routes.end());
    return outcome;
}

void compare_one(const config::Settings& expected, const route::Owed& owed, Differences& differences) {
    const std::string to = owed.destination + ' ';
    if (expected.has("map")) {
        differences.text(to + "map", expected.text("map"), owed.map.empty() ? std::string("none") : owed.map);
    }
    if (expected.has("organisation"))
        differences.text(to + "organisation", expected.text("organisation"), owed.organisation);
    differences.flag(to + "held", expected.boolean("held"), owed.held);
    if (expected.has("owner")) differences.text(to + "owner", expected.text("owner"), owed.owner);
    if (expected.has("cause")) differences.contains(to + "cause", expected.text("cause"), owed.cause);
    if (expected.has("ordering_key"))
        differences.text(to + "ordering_key", expected.text("ordering_key"), owed.ordering_key);
    if (expected.has("answer_within")) {
        differences.text(to + "answer_within", to_text(expected.duration("answer_within")),
                         to_text(owed.answer_within));
    }
}

void compare_owed(const std::vector<config::Settings>& expected, std::vector<route::Owed> owed,
                  Differences& differences) {
    for (const auto& one : expected) {
        const auto destination = one.text("destination");
        const auto found = std::find_if(owed.begin(), owed.end(), [&](const route::Owed& candidate) {
            return candidate.destination == destination;
        });
        if (found == owed.end()) {
            differences.add("nothing is owed to " + destination);
            continue;
        }
        compare_one(one, *found, differences);
        owed.erase(found);
    }
    for (const auto& more : owed) differences.add("owed to " + more.destination + " too, by route " + more.route);
}

void compare(const config::Settings& test, const Outcome& outcome, Differences& differences) {
    if (test.has("routes")) {
        auto expected = test.texts("routes");
        std::sort(expected.begin(), expected.end());
        differences.list("routes", expected, outcome.routes);
    }
    for (const auto& destination : test.texts("not_to")) {
        if (std::any_of(outcome.owed.begin(), outcome.owed.end(),
                        [&](const route::Owed& owed) { return owed.destination == destination; })) {
            differences.add("owed to " + destination);
        }
    }
    if (test.has("owed")) compare_owed(test.objects("owed"), outcome.owed, differences);
    if (test.has("filter")) differences.text("filter", test.text("filter"), outcome.filter);
    if (test.has("learn")) differences.text("learn", test.text("learn"), outcome.learn);
    if (test.has("service")) differences.text("service", test.text("service"), outcome.service);
}

}  // namespace

std::span<const config::FieldSpec> route_test_fields() {
    return kFields;
}

void run_route_test(const config::Settings& file, const config::Settings& test, const Configuration& configuration,
                    Differences& differences) {
    const auto now = parse_fhir_instant(file.text("now"));
    if (!now) return differences.add("write `now` as 2026-11-21T09:30:00Z");
    const std::string channel = test.text("channel");
    if (!configuration.channels.contains(channel)) return differences.add("there is no channel " + channel);
    auto given = read_given(test, channel, *now, configuration);
    if (!given) return differences.add(to_string(given.error()));
    if (test.has("patient")) {
        std::ifstream in(test.path("patient"), std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        given->facts->set_document("patient", text.str());
        if (given->facts->environment().variables.at("patient").empty()) {
            return differences.add("the patient's file cannot be read");
        }
    }
    auto outcome = route_message(channel, *given, configuration);
    if (!outcome) return differences.add(to_string(outcome.error()));
    compare(test, *outcome, differences);
}

}  // namespace causeway::pipeline
