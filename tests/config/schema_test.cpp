#include <doctest/doctest.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "config/support.hpp"

using namespace causeway::config;

namespace {

constexpr std::string_view kModes[] = {"refuse", "warn"};
constexpr std::string_view kExamples[] = {"ADT^A01"};
constexpr FieldSpec kTarget[] = {{"destination", FieldType::text, "Where it goes."}};

constexpr FieldSpec kSpecs[] = {
    {.name = "name", .doc = "Says \"who\"."},
    {.name = "port", .type = FieldType::integer, .doc = "TCP port.", .fallback = "2575"},
    {.name = "keep", .type = FieldType::boolean, .doc = "Keep it?", .fallback = "true"},
    {.name = "limit", .type = FieldType::size, .doc = "Largest.", .fallback = "64MB"},
    {.name = "timeout", .type = FieldType::duration, .doc = "Wait.", .fallback = "30s"},
    {.name = "token", .type = FieldType::secret, .doc = "Token.", .fallback = ""},
    {.name = "mode", .type = FieldType::one_of, .doc = "What to do | say.", .fallback = "warn", .choices = kModes},
    {.name = "accepts", .type = FieldType::list, .doc = "Types.", .fallback = "P, D"},
    {.name = "kind", .doc = "Kind.", .fallback = "", .choices = kExamples},
    {.name = "to", .type = FieldType::list, .doc = "Targets.", .fields = kTarget, .item = FieldType::object},
    {.name = "keys", .type = FieldType::table, .doc = "Keys.", .fallback = "", .item = FieldType::duration},
};

/// The schema's value at a JSON pointer, as JSON.
std::string at(const char* pointer) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json_schema("Channel", "A channel.", kSpecs).c_str());
    REQUIRE_FALSE(document.HasParseError());
    const auto* value = rapidjson::Pointer(pointer).Get(document);
    if (value == nullptr) return "absent";
    rapidjson::StringBuffer out;
    rapidjson::Writer writer(out);
    value->Accept(writer);
    return out.GetString();
}

}  // namespace

TEST_CASE("the schema is draft 2020-12 of an object that takes no other fields") {
    CHECK(at("/$schema") == R"("https://json-schema.org/draft/2020-12/schema")");
    CHECK(at("/title") == R"("Channel")");
    CHECK(at("/type") == R"("object")");
    CHECK(at("/additionalProperties") == "false");
    CHECK(at("/required") == R"(["name","to"])");
}

TEST_CASE("each field carries its description, type and default") {
    CHECK(at("/properties/name/description") == R"("Says \"who\".")");
    CHECK(at("/properties/port/type") == R"("integer")");
    CHECK(at("/properties/port/default") == "2575");
    CHECK(at("/properties/keep/default") == "true");
    CHECK(at("/properties/timeout/default") == R"("30s")");
    CHECK(at("/properties/accepts/default") == R"(["P","D"])");
    CHECK(at("/properties/token/default") == "absent");
    CHECK(at("/properties/mode/enum") == R"(["refuse","warn"])");
    CHECK(at("/properties/kind/examples") == R"(["ADT^A01"])");
}

TEST_CASE("spellings are patterns") {
    CHECK(at("/properties/timeout/pattern") == R"("^[0-9]+(ms|s|m|h|d)$")");
    CHECK(at("/properties/limit/pattern") == R"("^[0-9]+(B|KB|MB|GB)?$")");
    CHECK(at("/properties/token/pattern") == R"("^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$")");
}

TEST_CASE("text takes what YAML reads as a number or boolean, as lint does") {
    CHECK(at("/properties/name/type") == R"(["string","number","boolean"])");
}

TEST_CASE("lists and tables describe their entries") {
    CHECK(at("/properties/to/items/additionalProperties") == "false");
    CHECK(at("/properties/to/items/required") == R"(["destination"])");
    CHECK(at("/properties/keys/additionalProperties/type") == R"("string")");
}

TEST_CASE("a part of a schema is the same without its head") {
    CHECK(json_schema_part("A", "B.", {}) ==
          R"({"title":"A","description":"B.","type":"object","properties":{},"additionalProperties":false})");
}

TEST_CASE("the Markdown table has one row a field, nested ones by their path") {
    const auto page = markdown(kSpecs);
    CHECK(
        page.starts_with("| field | type | default | meaning |\n|---|---|---|---|\n"
                         "| `name` | text | required | Says \"who\". |\n"));
    CHECK(page.find("| `mode` | one of `refuse`, `warn` | `warn` | What to do \\| say. |\n") != std::string::npos);
    CHECK(page.find("| `to` | list of object | required | Targets. |\n"
                    "| `to[].destination` | text | required | Where it goes. |\n") != std::string::npos);
    CHECK(page.find("| `kind` | text |  | Kind. For example `ADT^A01`. |\n") != std::string::npos);
}
