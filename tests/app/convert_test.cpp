/// What `causeway convert` writes, and how it ends.
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "app/commands.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;

namespace {

constexpr auto kJson = R"({"resourceType":"Patient","active":true,"name":[{"given":["Ann"]}]})";
constexpr auto kXml =
    R"(<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><active value="true"/>)"
    R"(<name><given value="Ann"/></name></Patient>)";

/// Catches what is written to a stream.
class Caught {
public:
    explicit Caught(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
    ~Caught() { stream_.rdbuf(before_); }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::ostream& stream_;
    std::streambuf* before_;
};

struct Outcome {
    int status = 0;
    std::string out, err;
};

Outcome convert(const std::string& content, const std::map<std::string, std::string>& options) {
    ::setenv("CAUSEWAY_DEFINITIONS", CAUSEWAY_BINARY_DIR "/definitions/r4.pack", 1);
    const test::TempDir dir;
    dir.write("document", content);
    app::Arguments arguments;
    arguments.words = {(dir / "document").string()};
    arguments.options = options;
    const Caught out(std::cout), err(std::cerr);
    const int status = app::kConvert.run(arguments);
    return {status, out.text(), err.text()};
}

}  // namespace

TEST_CASE("convert: JSON becomes XML and XML JSON") {
    const auto xml = convert(kJson, {{"--to", "xml"}});
    CHECK(xml.status == app::kDone);
    CHECK(xml.out == std::string(kXml) + "\n");
    CHECK(convert(kXml, {{"--to", "json"}}).out == std::string(kJson) + "\n");
    CHECK(convert(kJson, {{"--to", "json"}}).out == std::string(kJson) + "\n");
    CHECK(convert(kXml, {{"--to", "json"}, {"--pretty", ""}}).out.find("\n  \"active\": true,\n") != std::string::npos);
}

TEST_CASE("convert: what cannot be converted is named with file, line and column") {
    const auto broken = convert("{\"resourceType\":\"Patient\",\n\"name\":[]}", {{"--to", "xml"}});
    CHECK(broken.status == app::kProblems);
    CHECK(broken.out.empty());
    CHECK(broken.err.find("document: line 2, column 8: At Patient.name: ") != std::string::npos);
    const auto unknown = convert("{\"resourceType\":\"Patient\",\"nam\":1}", {{"--to", "json"}});
    CHECK(unknown.status == app::kProblems);
    CHECK(unknown.err.find("line 1, column 33: ") != std::string::npos);
}

TEST_CASE("convert: a wrong call is told") {
    CHECK(convert(kJson, {}).status == app::kUsage);
    CHECK(convert(kJson, {{"--to", "yaml"}}).status == app::kUsage);
    CHECK(convert(kJson, {{"--to", "xml"}, {"--fhir", "5.0.0"}}).status == app::kUsage);
    CHECK(convert(kJson, {{"--to", "xml"}, {"--fhir", "3.0.2"}}).err.find("--load") != std::string::npos);
    app::Arguments arguments;
    arguments.words = {"/nowhere/document"};
    arguments.options = {{"--to", "xml"}};
    const Caught err(std::cerr);
    CHECK(app::kConvert.run(arguments) == app::kFailed);
}
