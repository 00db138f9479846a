/// What `causeway convert` writes, and how it ends.
#include <doctest/doctest.h>

#include "support/command_line.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;

namespace {

constexpr auto kJson = R"({"resourceType":"Patient","active":true,"name":[{"given":["Ann"]}]})";
constexpr auto kXml =
    R"(<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><active value="true"/>)"
    R"(<name><given value="Ann"/></name></Patient>)";

test::Outcome convert(const std::string& content, std::vector<std::string> options) {
    const test::TempDir dir;
    options.insert(options.begin(), "convert");
    options.push_back(dir.write("document", content).string());
    return test::call(options);
}

}  // namespace

TEST_CASE("convert: JSON becomes XML and XML JSON") {
    const auto xml = convert(kJson, {"--to", "xml"});
    CHECK(xml.status == app::kDone);
    CHECK(xml.out == std::string(kXml) + "\n");
    CHECK(convert(kXml, {"--to", "json"}).out == std::string(kJson) + "\n");
    CHECK(convert(kJson, {"--to", "json"}).out == std::string(kJson) + "\n");
    CHECK(convert(kXml, {"--to", "json", "--pretty"}).out.find("\n  \"active\": true,\n") != std::string::npos);
}

TEST_CASE("convert: what cannot be converted is named with file, line and column") {
    const auto broken = convert("{\"resourceType\":\"Patient\",\n\"name\":[]}", {"--to", "xml"});
    CHECK(broken.status == app::kProblems);
    CHECK(broken.out.empty());
    CHECK(broken.err.find("document: line 2, column 8: At Patient.name: ") != std::string::npos);
    const auto unknown = convert("{\"resourceType\":\"Patient\",\"nam\":1}", {"--to", "json"});
    CHECK(unknown.status == app::kProblems);
    CHECK(unknown.err.find("line 1, column 33: ") != std::string::npos);
}

TEST_CASE("convert: a wrong call is told") {
    CHECK(convert(kJson, {}).status == app::kUsage);
    CHECK(convert(kJson, {"--to", "yaml"}).status == app::kUsage);
    CHECK(convert(kJson, {"--to", "xml", "--fhir", "5.0.0"}).status == app::kUsage);
    CHECK(convert(kJson, {"--to", "xml", "--fhir", "3.0.2"}).err.find("--load") != std::string::npos);
    CHECK(convert(kJson, {"--to", "xml", "--load", "/nowhere"}).status == app::kFailed);
    CHECK(test::call({"convert", "--to", "xml", "/nowhere/document"}).status == app::kFailed);
}

TEST_CASE("convert: - is standard input") {
    CHECK(test::call({"convert", "--to", "xml", "-"}, kJson).out == std::string(kXml) + "\n");
}
