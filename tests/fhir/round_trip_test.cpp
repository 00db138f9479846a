/// JSON to XML and back, and XML to JSON and back, over all official examples.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "fhir/definitions/archive.hpp"
#include "fhir/definitions/compile.hpp"
#include "fhir/json.hpp"
#include "fhir/json_value.hpp"
#include "fhir/xml.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using test::JsonValue;

namespace {

std::filesystem::path corpus() {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    return set != nullptr ? std::filesystem::path(set) : std::filesystem::path(CAUSEWAY_SOURCE_DIR "/../shared/corpus");
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<fhir::FhirDocumentPtr> parsed(std::string text) {
    fhir::ParseOptions options;
    options.definitions = test::r4();
    return fhir::parse(Payload(std::move(text)), options);
}

// The other format of a document; empty, after a failed check, where it can't be had.
std::string converted(const std::string& text) {
    const auto document = parsed(text);
    CHECK_MESSAGE(document.has_value(), (document ? std::string() : to_string(document.error())));
    if (!document) return {};
    if ((*document)->encoding() == fhir::Format::xml) return fhir::to_json((*document)->root());
    auto xml = fhir::to_xml(**document);
    CHECK_MESSAGE(xml.has_value(), (xml ? std::string() : to_string(xml.error())));
    return xml ? *xml : std::string();
}

// What the corpus' note excepts.
void drop_narrative_and_meta(JsonValue& value) {
    value.members.erase("meta");
    if (const auto text = value.members.find("text");
        text != value.members.end() && text->second.members.contains("div"))
        value.members.erase(text);
    for (auto& [name, member] : value.members) drop_narrative_and_meta(member);
    for (auto& item : value.items) drop_narrative_and_meta(item);
}

JsonValue comparable(const std::string& json) {
    auto value = test::JsonValueReader::read(json);
    drop_narrative_and_meta(value);
    return value;
}

bool returns_unchanged(const std::string& json) {
    const auto difference =
        test::difference(test::JsonValueReader::read(json), test::JsonValueReader::read(converted(converted(json))));
    CHECK(difference == "");
    return difference.empty();
}

}  // namespace

TEST_CASE("fhir: every official XML example gives the JSON that is published beside it, and the other way round") {
    const auto folder = corpus() / "fhir/r4-examples";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    std::ifstream pairs(folder / "pairs.tsv");
    std::string line;
    std::getline(pairs, line);
    std::size_t count = 0, equal = 0;
    while (std::getline(pairs, line)) {
        std::istringstream fields(line);
        std::string xml, json;
        std::getline(fields, xml, '\t');
        std::getline(fields, json, '\t');
        CAPTURE(xml);
        ++count;
        const auto from_xml = contents(folder / "xml" / xml);
        const auto from_json = contents(folder / "json" / json);
        const auto there = test::difference(comparable(from_json), comparable(converted(from_xml)));
        const auto back =
            test::difference(comparable(converted(from_xml)), comparable(converted(converted(from_json))));
        CHECK(there == "");
        CHECK(back == "");
        CHECK(returns_unchanged(converted(from_xml)));
        if (there.empty() && back.empty()) ++equal;
    }
    MESSAGE("XML/JSON pairs: " << equal << " of " << count << " equal");
    CHECK(count == 512);
    CHECK(equal == count);
}

TEST_CASE("fhir: the inputs of the FHIRPath tests give the JSON that was made of them") {
    const auto folder = corpus() / "fhir/fhirpath/input";
    if (!std::filesystem::exists(folder)) return;
    constexpr std::string_view kMade = ".from-xml.json";
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        // "myconsent-ext" is written for STU3.
        if (!name.ends_with(kMade) || name.starts_with("myconsent-ext")) continue;
        CAPTURE(name);
        const auto xml = folder / (name.substr(0, name.size() - kMade.size()) + ".xml");
        // Lenient, as the extension of observation-example.xml stands in a wrong place.
        fhir::ParseOptions options;
        options.definitions = test::r4();
        options.lenient = true;
        const auto document = fhir::parse(Payload(contents(xml)), options);
        REQUIRE(document.has_value());
        CHECK((*document)->findings().size() == (name.starts_with("observation-example.") ? 1 : 0));
        const auto json = fhir::to_json((*document)->root());
        CHECK(test::difference(comparable(contents(entry.path())), comparable(json)) == "");
        ++count;
    }
    CHECK(count > 10);
}

TEST_CASE("fhir: every official R4 example goes to XML and back without loss") {
    const auto archive = contents(CAUSEWAY_SOURCE_DIR "/build/packages/hl7.fhir.r4.examples-4.0.1.tgz");
    REQUIRE_FALSE(archive.empty());
    std::size_t count = 0, equal = 0;
    const auto read = fhir::read_archive(archive, [&](std::string_view path, std::string_view bytes) -> Result<void> {
        if (!path.ends_with(".json") || bytes.find("\"resourceType\"") == std::string_view::npos) return {};
        CAPTURE(path);
        ++count;
        if (returns_unchanged(std::string(bytes))) ++equal;
        return {};
    });
    CHECK(read.has_value());
    MESSAGE("round trips: " << equal << " of " << count << " without loss");
    CHECK(count > 5000);
    CHECK(equal == count);
}

TEST_CASE("fhir: STU3 documents go to the other format and back without loss") {
    const auto folder = corpus() / "fhir/stu3";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    fhir::Documents documents;
    REQUIRE(documents.add(folder / "core-3.0.1-definitions.tar.gz").has_value());
    const auto compiled = fhir::compile(documents);
    REQUIRE(compiled.has_value());
    fhir::ParseOptions options;
    options.definitions = compiled->definitions;
    std::size_t count = 0, equal = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "nhsdigital-itk3")) {
        const auto path = entry.path();
        if (path.extension() != ".xml") continue;
        CAPTURE(path.filename().string());
        const auto first = fhir::parse(Payload(contents(path)), options);
        CHECK_MESSAGE(first.has_value(), (first ? std::string() : to_string(first.error())));
        if (!first) continue;
        const auto json = fhir::to_json((*first)->root());
        const auto xml = fhir::to_xml(**fhir::parse(Payload(json), options));
        CHECK_MESSAGE(xml.has_value(), (xml ? std::string() : to_string(xml.error())));
        if (!xml) continue;
        ++count;
        const auto difference = test::difference(
            test::JsonValueReader::read(json),
            test::JsonValueReader::read(fhir::to_json((*fhir::parse(Payload(*xml), options))->root())));
        CHECK(difference == "");
        if (difference.empty()) ++equal;
    }
    MESSAGE("STU3 round trips: " << equal << " of " << count << " without loss");
    CHECK(count > 0);
}
