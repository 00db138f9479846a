#include "fhir/json.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fhir/bundle.hpp"
#include "fhir/tape.hpp"

using namespace causeway;

namespace {

std::shared_ptr<const fhir::JsonDocument> parsed(std::string text) {
    auto result = fhir::parse_json(Payload(std::move(text)));
    REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : to_string(result.error())));
    return result.value();
}

Error refused(std::string text, const fhir::JsonLimits& limits = {}) {
    auto result = fhir::parse_json(Payload(std::move(text)), limits);
    REQUIRE(result.has_error());
    CHECK(result.error().what.back() == '.');
    return result.error();
}

std::vector<tree::Node> all(const tree::Node& node, std::string_view name) {
    std::vector<tree::Node> found;
    node.children(name, found);
    return found;
}

tree::Node follow(tree::Node node, std::initializer_list<std::string_view> names) {
    for (const auto name : names) node = node.child(name);
    return node;
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
    text += "1";
    return text.append(depth, '}');
}

std::filesystem::path corpus() {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    return set != nullptr ? std::filesystem::path(set) : std::filesystem::path(CAUSEWAY_SOURCE_DIR "/../shared/corpus");
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("fhir json: every array item is a child of its property's name") {
    const auto document = parsed(R"({"resourceType":"Patient","name":[{"given":["Ann","Bea"]},{"given":["Cy"]}]})");

    const auto names = all(document->root(), "name");

    REQUIRE(names.size() == 2);
    CHECK(all(names[0], "given").size() == 2);
    CHECK(all(names[0], "given")[1].text() == "Bea");
    CHECK(names[1].child("given").text() == "Cy");
    CHECK(document->root().type() == "Patient");
    CHECK(document->root().name().empty());
    CHECK(all(document->root(), "address").empty());
}

TEST_CASE("fhir json: text, numbers and booleans are told apart and numbers keep their text") {
    const auto document = parsed(R"({"a":"1","b":1.00,"c":true,"d":-1e-3,"e":{"f":false}})");
    const auto root = document->root();

    CHECK(root.child("a").kind() == tree::Kind::text);
    CHECK(root.child("b").kind() == tree::Kind::number);
    CHECK(root.child("b").text() == "1.00");
    CHECK(root.child("c").kind() == tree::Kind::boolean);
    CHECK(root.child("c").text() == "true");
    CHECK(root.child("d").text() == "-1e-3");
    CHECK(root.child("e").kind() == tree::Kind::object);
    CHECK(follow(root, {"e", "f"}).text() == "false");
}

TEST_CASE("fhir json: escapes are resolved and a pair of surrogates is one character") {
    const auto document = parsed(R"({"a":"x\"\\\/\n\u0041\uD83D\uDE00","\u0062":"y"})");

    CHECK(document->root().child("a").text() == "x\"\\/\nA\xF0\x9F\x98\x80");
    CHECK(document->root().child("b").text() == "y");
}

TEST_CASE("fhir json: a choice element is found by its base name and tells its type") {
    const auto document =
        parsed(R"({"resourceType":"Observation","valueQuantity":{"value":3},"effectiveDateTime":"2026",
        "component":[{"valueString":"a"}],"birthDate":"2020","deceasedBoolean":false})");
    const auto root = document->root();

    CHECK(root.child("value").type() == "Quantity");
    CHECK(root.child("value").name() == "value");
    CHECK(follow(root, {"value", "value"}).path() == "Observation.value.ofType(Quantity).value");
    CHECK(root.child("effective").type() == "dateTime");
    CHECK(root.child("deceased").type() == "boolean");
    CHECK(follow(root, {"component", "value"}).path() == "Observation.component[0].value.ofType(string)");
    CHECK_FALSE(root.child("birth"));
    CHECK(root.child("birthDate").type().empty());
}

TEST_CASE("fhir json: a name is no choice where its value is of another kind") {
    const auto document = parsed(R"({"valueCode":{"text":"a"},"timeUnit":"s"})");

    CHECK(document->root().child("valueCode").type().empty());
    CHECK_FALSE(document->root().child("value"));
}

TEST_CASE("fhir json: the _ sibling of a primitive becomes its children, whichever comes first") {
    for (const auto* text :
         {R"({"resourceType":"Patient","birthDate":"2001-02-03","_birthDate":{"id":"b","extension":[{"url":"u"}]}})",
          R"({"resourceType":"Patient","_birthDate":{"id":"b","extension":[{"url":"u"}]},"birthDate":"2001-02-03"})"}) {
        const auto document = parsed(text);
        const auto date = document->root().child("birthDate");
        CHECK(date.text() == "2001-02-03");
        CHECK(date.child("id").text() == "b");
        CHECK(follow(date, {"extension", "url"}).path() == "Patient.birthDate.extension[0].url");
        CHECK(all(document->root(), "birthDate").size() == 1);
        CHECK(all(document->root(), "_birthDate").empty());
        std::vector<tree::Node> children;
        document->root().children(children);
        CHECK(children.size() == 1);
        CHECK(document->root().child("resourceType").text() == "Patient");
    }
}

TEST_CASE("fhir json: null pads primitive arrays on both sides") {
    const auto document = parsed(R"({"given":["Ann",null,"Cy"],"_given":[null,{"id":"x"},{"id":"y"}]})");

    const auto given = all(document->root(), "given");

    REQUIRE(given.size() == 3);
    CHECK(given[0].text() == "Ann");
    CHECK_FALSE(given[0].child("id"));
    CHECK_FALSE(given[1].has_value());
    CHECK(given[1].child("id").text() == "x");
    CHECK(given[2].text() == "Cy");
    CHECK(given[2].child("id").text() == "y");
    CHECK(given[2].path() == "given[2]");
}

TEST_CASE("fhir json: a primitive may have an extension and no value") {
    const auto document = parsed(R"({"resourceType":"Basic","_valueString":{"id":"x"},"_line":[{"id":"y"}]})");

    CHECK(document->root().child("value").type() == "string");
    CHECK(document->root().child("value").kind() == tree::Kind::none);
    CHECK(follow(document->root(), {"value", "id"}).text() == "x");
    CHECK(follow(document->root(), {"line", "id"}).path() == "Basic.line[0].id");
}

TEST_CASE("fhir json: paths name array items only, from the document's root") {
    const auto document = parsed(R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},)"
                                 R"({"resource":{"resourceType":"Patient","name":[{"given":["Ann"]}]}}]})");

    const auto entry = all(document->root(), "entry")[1];

    CHECK(follow(entry, {"resource", "name", "given"}).path() == "Bundle.entry[1].resource.name[0].given[0]");
    CHECK(entry.child("resource").type() == "Patient");
    CHECK(document->root().path() == "Bundle");
}

TEST_CASE("fhir json: a value's position is its line and column in characters") {
    const auto document = parsed("{\n  \"a\": \"\xC3\xA4\", \"b\": 12,\r\n  \"c\": {\"d\": true}\n}");
    const auto root = document->root();

    CHECK(root.position().line == 1);
    CHECK(root.child("a").position().line == 2);
    CHECK(root.child("a").position().column == 8);
    CHECK(root.child("b").position().column == 18);
    CHECK(follow(root, {"c", "d"}).position().line == 3);
    CHECK(follow(root, {"c", "d"}).position().column == 14);
}

TEST_CASE("fhir json: a byte-order mark is dropped and columns do not count it") {
    const auto document = parsed("\xEF\xBB\xBF{\"a\":1}");

    CHECK(document->root().child("a").text() == "1");
    CHECK(refused("\xEF\xBB\xBF{\"a\":}").where == "line 1, column 6");
}

TEST_CASE("fhir json: mistakes are refused with line and column") {
    struct Case {
        std::string text;
        std::string where;
    };
    const Case cases[] = {
        {"", "line 1, column 1"},
        {"[1]", "line 1, column 1"},
        {"\"a\"", "line 1, column 1"},
        {"null", "line 1, column 1"},
        {"{\n\"a\":1,\n\"a\":2}", "line 3, column 5"},
        {"{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", "line 1, column 23"},
        {"{\"a\":1,\"\\u0061\":2}", "line 1, column 17"},
        {"{\"a\":[]}", "line 1, column 6"},
        {"{\"a\":{}}", "line 1, column 6"},
        {"{}", "line 1, column 1"},
        {"{\"a\":null}", "line 1, column 6"},
        {"{\"a\":[null,1]}", "line 1, column 7"},
        {"{\"a\":[1,[2]]}", "line 1, column 9"},
        {"{\"a\":1", "line 1, column 7"},
        {"{\"a\":1}x", "line 1, column 8"},
        {"{\"a\":01}", "line 1, column 7"},
        {"{\"a\":\"\\uD800\"}", "line 1, column 7"},
        {"{\"a\":\"\\uDC00\"}", "line 1, column 7"},
        {"{\"a\":\"\xED\xA0\x80\"}", "line 1, column 7"},
        {"{\"a\":\"\xC0\x80\"}", "line 1, column 7"},
        {"{\"a\":\"x\x1By\"}", "line 1, column 8"},
        {"{\"a\":\"tab\there\"}", "line 1, column 10"},
        {"{a:1}", "line 1, column 2"},
        {"{\"\":1}", "line 1, column 2"},
        {"{\"a\":{\"b\":1},\"_a\":{\"id\":\"x\"}}", "line 1, column 19"},
        {"{\"a\":1,\"_a\":2}", "line 1, column 13"},
        {"{\"a\":1,\"_a\":[{\"id\":\"x\"}]}", "line 1, column 14"},
        {"{\"a\":[1],\"_a\":[{\"id\":\"x\"},{\"id\":\"y\"}]}", "line 1, column 27"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.text);
        const auto error = refused(each.text);
        CHECK(error.issue == Issue::structure);
        CHECK(error.where == each.where);
    }
    CHECK(refused(std::string("{\"a\":1}\0{}", 10)).where == "line 1, column 8");
}

TEST_CASE("fhir json: names inside an object do not hide those around it") {
    const auto document = parsed(R"({"resourceType":"A","_valueCode":{"extension":[{"url":"u","valueCode":"b"}]},)"
                                 R"("valueCode":"a","item":[{"item":[{"item":[{"id":"x"}]}]}]})");

    CHECK(document->root().child("value").text() == "a");
    CHECK(follow(document->root(), {"value", "extension", "value"}).text() == "b");
    CHECK(refused(R"({"a":{"a":1},"a":2})").where == "line 1, column 18");
}

TEST_CASE("fhir json: a lenient reading tells everything that breaks the format, and where") {
    fhir::ParseOptions options;
    options.lenient = true;
    const auto document = fhir::parse(
        Payload(
            R"({"resourceType":"Patient","name":[{"given":[],"family":null,"id":"a","id":"b"},{}],"line":["a",null],)"
            R"("_line":[null,null,{"id":"x"}],"city":"a","_city":[{"id":"y"}],"_name":[{"id":"z"}],"deep":[["a"]]})"),
        options);
    REQUIRE(document.has_value());
    std::string told;
    for (const auto& finding : (*document)->findings()) told += finding.id + " " + finding.expression + "\n";

    CHECK(told ==
          "json-empty-array Patient.name[0].given\njson-null Patient.name[0].family\n"
          "json-duplicate-property Patient.name[0].id\njson-empty-object Patient.name[1]\njson-null Patient.line[1]\n"
          "json-extra-padding Patient.line[2]\njson-extra-form Patient.city[0]\njson-extra-complex Patient.name[0]\n"
          "json-array-in-array Patient.deep\n");
    CHECK(follow((*document)->root(), {"name", "id"}).text() == "a");
    CHECK(all((*document)->root(), "line").size() == 1);
    CHECK(fhir::to_json((*document)->root()) ==
          R"({"resourceType":"Patient","name":[{"id":"a"},{}],"line":["a"],"city":"a","deep":["a"]})");
}

TEST_CASE("fhir json: the findings of a lenient reading are limited") {
    std::string text = "{\"a\":1";
    for (int i = 0; i < 100'000; ++i) text += ",\"a" + std::to_string(i) + "\":null";
    fhir::ParseOptions options;
    options.lenient = true;
    const auto document = fhir::parse(Payload(text + "}"), options);

    REQUIRE(document.has_value());
    CHECK((*document)->findings().size() == 1000);
}

TEST_CASE("fhir json: a document cut at any byte is refused") {
    const std::string text =
        R"({"resourceType":"Patient","a":[1.5e3,-0,true,null],"_a":[null,null,null,{"id":"\u00e9\n"}]})";
    REQUIRE(fhir::parse_json(Payload(text)).has_value());
    for (std::size_t length = 0; length < text.size(); ++length)
        CHECK_FALSE(fhir::parse_json(Payload(text.substr(0, length))).has_value());
}

TEST_CASE("fhir json: numbers, escapes and structure are those of RFC 8259") {
    for (const auto* value : {"0", "-0", "1.50", "1E400", "-1e-999999999999", "123456789012345678901234567890",
                              "\"\\u0000\"", "\"\xEF\xBB\xBF\"", "\"\\/\"", "\"\x7F\""}) {
        CAPTURE(value);
        CHECK(fhir::parse_json(Payload("{\"a\":" + std::string(value) + "}")).has_value());
    }
    for (const auto* value : {"+1",
                              ".5",
                              "1.",
                              "1e",
                              "1e+",
                              "-",
                              "0x1",
                              "00",
                              "1 2",
                              "NaN",
                              "Infinity",
                              "tru",
                              "True",
                              "nul",
                              "'a'",
                              "\"a",
                              "\"\\x\"",
                              "\"\\u12\"",
                              "\"\\u12G4\"",
                              "\"\\uD834\"",
                              "\"\\uD834\\n\"",
                              "\"\\uDD1E\"",
                              "\"\n\"",
                              "\"\xF4\x90\x80\x80\"",
                              "\"\xE0\x80\x80\"",
                              "[1,]",
                              "[,1]",
                              "[1",
                              "1,",
                              "{\"b\":1,}",
                              "{\"b\"}",
                              "{\"b\":1 \"c\":2}",
                              "//",
                              "/**/1",
                              "\xEF\xBB\xBF"
                              "1",
                              "[1}",
                              "1]"}) {
        CAPTURE(value);
        CHECK_FALSE(fhir::parse_json(Payload("{\"a\":" + std::string(value) + "}")).has_value());
    }
}

TEST_CASE("fhir json: depth and number of elements are limited") {
    CHECK(fhir::parse_json(Payload(nested(64))).has_value());
    CHECK(refused(nested(65)).issue == Issue::structure);
    CHECK(refused(nested(2'000'000)).issue == Issue::structure);
    CHECK(refused("{\"a\":[1,2,3]}", {64, 3}).issue == Issue::too_costly);
}

TEST_CASE("fhir json: a document takes at most twelve times its bytes") {
    std::string text = R"({"resourceType":"Patient","name":[)";
    for (int i = 0; i < 10'000; ++i) text += R"({"given":["A","B"],"id":"\n"},)";
    text += R"({"id":"a"}]})";
    const auto document = parsed(text);

    CHECK(fhir::Tape::of(*document).memory() < 12 * text.size());
}

TEST_CASE("fhir json: a node is written as it was read, compact") {
    const auto text = std::string(
        R"({"resourceType":"Patient","active":true,"_birthDate":{"id":"b"},)"
        R"("name":[{"given":["Ann",null],"_given":[null,{"id":"x"}]}],"valueDecimal":1.00,"text":"\"\n\u0001é"})");
    const auto document = parsed(text);

    CHECK(parsed(fhir::to_json(document->root()))->root().child("value").text() == "1.00");
    CHECK(fhir::to_json(document->root().child("name")) == R"({"given":["Ann",null],"_given":[null,{"id":"x"}]})");
    CHECK(fhir::to_json(parsed(fhir::to_json(document->root()))->root()) == fhir::to_json(document->root()));
    CHECK(fhir::to_json(document->root().child("active")) == "true");
    CHECK(fhir::to_json({}).empty());
}

TEST_CASE("fhir json: official examples are read, and writing them loses nothing") {
    const auto folder = corpus() / "fhir/r4-examples/json";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        CAPTURE(entry.path().filename().string());
        auto first = fhir::parse_json(Payload(contents(entry.path())));
        CHECK_MESSAGE(first.has_value(), (first ? std::string() : to_string(first.error())));
        if (!first) continue;
        const auto once = fhir::to_json(first.value()->root());
        const auto second = parsed(once);
        CHECK(fhir::to_json(second->root()) == once);
        ++files;
    }
    CHECK(files > 50);
}
