#include <doctest/doctest.h>

#include <set>
#include <string>

#include "fhir/definitions/compile.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using namespace causeway::fhir;

namespace {

constexpr std::string_view kAnimals = R"({"resourceType": "CodeSystem", "url": "urn:animals", "content": "complete",
  "property": [{"code": "legs", "type": "integer"}],
  "concept": [
    {"code": "mammal", "property": [{"code": "notSelectable", "valueBoolean": true}], "concept": [
      {"code": "cat", "display": "Cat", "property": [{"code": "legs", "valueInteger": 4}], "concept": [{"code": "lion"}]},
      {"code": "bat", "property": [{"code": "legs", "valueInteger": 2}, {"code": "parent", "valueCode": "flyer"}]}]},
    {"code": "flyer"}, {"code": "dodo", "property": [{"code": "status", "valueCode": "retired"}]}]})";

DefinitionsPtr load(std::initializer_list<std::string> resources, const DefinitionsPtr& base = test::r4()) {
    Documents documents(base);
    for (const auto& resource : resources) REQUIRE(documents.add_text(resource, "test").has_value());
    auto extended = extend(base, documents);
    REQUIRE(extended.has_value());
    return extended->definitions;
}

std::string value_set(std::string_view compose, std::string_view url = "urn:set") {
    return R"({"resourceType": "ValueSet", "url": ")" + std::string(url) + R"(", "compose": )" + std::string(compose) +
           "}";
}

std::string include(std::string_view more, std::string_view system = "urn:animals") {
    return value_set(R"({"include": [{"system": ")" + std::string(system) + "\"" + std::string(more) + "}]}");
}

std::string filter(std::string_view property, std::string_view op, std::string_view value) {
    return include(R"(, "filter": [{"property": ")" + std::string(property) + R"(", "op": ")" + std::string(op) +
                   R"(", "value": ")" + std::string(value) + R"("}])");
}

std::string codes(const DefinitionsPtr& definitions, std::string_view url = "urn:set") {
    const auto index = definitions->value_set(url);
    REQUIRE(index != 0);
    const auto& set = definitions->value_set_at(index);
    std::string text;
    for (const auto& member : definitions->members(set.members))
        text += (text.empty() ? "" : " ") + std::string(definitions->text(member.code));
    for (const auto system : definitions->systems(set.whole_systems))
        text += " all:" + std::string(definitions->name_text(system));
    for (const auto system : definitions->systems(set.open_systems))
        text += " some:" + std::string(definitions->name_text(system));
    return text + (set.is_open ? " open" : "");
}

std::string codes_of(const std::string& set) {
    return codes(load({std::string(kAnimals), set}));
}

}  // namespace

TEST_CASE("terminology: a code system keeps its codes sorted, with their parents") {
    const auto definitions = load({std::string(kAnimals)});
    const auto& system = definitions->code_system_at(definitions->code_system("urn:animals"));
    const auto concepts = definitions->concepts(system.concepts);
    REQUIRE(concepts.size() == 6);
    CHECK(definitions->text(concepts[0].code) == "bat");
    CHECK(definitions->text(definitions->tables().concepts[concepts[0].parent].code) == "mammal");
    CHECK(definitions->text(concepts[2].code) == "dodo");
    CHECK(concepts[2].is_inactive == 1);
    CHECK(concepts[5].is_abstract == 1);
}

TEST_CASE("terminology: a whole system is all that can be chosen from it") {
    CHECK(codes_of(include("")) == "bat cat dodo flyer lion");
    CHECK(codes_of(value_set(R"({"inactive": false, "include": [{"system": "urn:animals"}]})")) ==
          "bat cat flyer lion");
}

TEST_CASE("terminology: filters go by hierarchy, properties and patterns") {
    CHECK(codes_of(filter("concept", "is-a", "cat")) == "cat lion");
    CHECK(codes_of(filter("concept", "descendent-of", "cat")) == "lion");
    CHECK(codes_of(filter("concept", "is-a", "flyer")) == "bat flyer");
    CHECK(codes_of(filter("concept", "is-not-a", "mammal")) == "dodo flyer");
    CHECK(codes_of(filter("concept", "generalizes", "lion")) == "cat lion");
    CHECK(codes_of(filter("code", "regex", "[a-c]at")) == "bat cat");
    CHECK(codes_of(filter("legs", "=", "4")) == "cat");
    CHECK(codes_of(filter("legs", "exists", "true")) == "bat cat");
    CHECK(codes_of(filter("legs", "in", "2, 4")) == "bat cat");
    CHECK(codes_of(filter("parent", "=", "cat")) == "lion");
    CHECK(codes_of(filter("wings", "=", "2")) == " some:urn:animals");
    CHECK(codes_of(filter("code", "regex", "[")) == " some:urn:animals");
}

TEST_CASE("terminology: what is not held is said to be unknown, never wrong") {
    CHECK(codes_of(include("", "urn:plants")) == " all:urn:plants");
    CHECK(codes_of(include(R"(, "concept": [{"code": "oak"}])", "urn:plants")) == "oak");
    CHECK(codes_of(include(R"(, "filter": [{"property": "concept", "op": "is-a", "value": "tree"}])", "urn:plants")) ==
          " some:urn:plants");
    CHECK(codes_of(value_set(R"({"include": [{"valueSet": ["urn:none"]}]})")) == " open");
}

TEST_CASE("terminology: imports add up over includes and select within one") {
    const auto small = value_set(
        R"({"include": [{"system": "urn:animals", "concept": [{"code": "cat"}, {"code": "dodo"}]}]})", "urn:small");
    const auto of = [&](std::string_view compose) {
        return codes(load({std::string(kAnimals), small, value_set(compose)}));
    };
    CHECK(
        of(R"({"include": [{"valueSet": ["urn:small"]}, {"system": "urn:animals", "concept": [{"code": "bat"}]}]})") ==
        "bat cat dodo");
    CHECK(
        of(R"({"include": [{"system": "urn:animals", "filter": [{"property": "legs", "op": "exists", "value": "true"}],
                 "valueSet": ["urn:small"]}]})") == "cat");
    CHECK(of(R"({"include": [{"system": "urn:animals"}], "exclude": [{"valueSet": ["urn:small"]}]})") ==
          "bat flyer lion");
    CHECK(of(R"({"include": [{"valueSet": ["urn:set"]}]})") == " open");
}

TEST_CASE("terminology: an expansion that says it is incomplete leaves the rest unknown") {
    const auto set = [](std::string_view flag) {
        return R"({"resourceType": "ValueSet", "url": "urn:set", "compose": {"include": [{"system": "urn:plants",
          "filter": [{"property": "concept", "op": "is-a", "value": "tree"}]}]}, "expansion": {)" +
               std::string(flag) +
               R"("contains": [{"system": "urn:plants", "code": "oak", "contains": [{"system": "urn:plants", "code": "holm-oak"}]}]}})";
    };
    CHECK(codes_of(set("")) == "holm-oak oak some:urn:plants");
    const std::string only =
        R"({"resourceType": "ValueSet", "url": "urn:set", "expansion": {"contains": [{"system": "urn:plants", "code": "oak"}]}})";
    CHECK(codes_of(only) == "oak");
    const std::string paged =
        R"({"resourceType": "ValueSet", "url": "urn:set", "expansion": {"total": 9, "contains": [{"system": "urn:plants", "code": "oak"}]}})";
    CHECK(codes_of(paged) == "oak open");
}

TEST_CASE("terminology: what comes later closes what the base left open") {
    const auto base = load({value_set(R"({"include": [{"system": "urn:animals"}]})")});
    CHECK(codes(base) == " all:urn:animals");
    CHECK(codes(load({std::string(kAnimals)}, base)) == "bat cat dodo flyer lion");
}
