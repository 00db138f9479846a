#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include "pipeline/configuration_support.hpp"

using namespace causeway;
using namespace causeway::pipeline;

namespace {

rapidjson::Document schema(const std::string& part) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(configuration_schema(part, test::kAdapters).c_str());
    return document;
}

}  // namespace

TEST_CASE("every part has a schema") {
    CHECK(configuration_parts() ==
          std::vector<std::string>{"causeway", "channel", "destination", "route", "pathway", "directory", "expectation", "alerts"});
    for (const auto& part : configuration_parts()) {
        const auto document = schema(part);
        REQUIRE_MESSAGE(document.IsObject(), part);
        CHECK(std::string(document["$schema"].GetString()) == "https://json-schema.org/draft/2020-12/schema");
    }
    CHECK(configuration_schema("nothing", test::kAdapters) == "");
}

TEST_CASE("the schema of a channel has one alternative an inbound adapter") {
    const auto document = schema("channel");
    const auto& alternatives = document["oneOf"];
    REQUIRE(alternatives.Size() == 1);
    CHECK(std::string(alternatives[0]["title"].GetString()) == "test_listener");
    CHECK(std::string(alternatives[0]["properties"]["type"]["enum"][0].GetString()) == "test_listener");
    CHECK(alternatives[0]["properties"].HasMember("port"));
    CHECK(alternatives[0]["properties"].HasMember("owner"));
    CHECK(alternatives[0]["additionalProperties"].IsFalse());
}

TEST_CASE("the schema of a destination has one alternative an outbound adapter") {
    const auto document = schema("destination");
    REQUIRE(document["oneOf"].Size() == 1);
    CHECK(std::string(document["oneOf"][0]["title"].GetString()) == "test_sender");
}
