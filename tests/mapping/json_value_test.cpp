#include "mapping/json_value.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace causeway::mapping;

namespace {

/// As those of a map they outlive what is made: names point into them.
const std::vector<Step>& steps(const char* location) {
    static std::deque<Location> kept;
    return kept.emplace_back(std::get<Location>(parse_location(location))).steps;
}

}  // namespace

TEST_CASE("members keep the order of writing, with resourceType, id, meta, language and text in front") {
    JsonArena json;
    auto& made = json.object();
    made.set("gender", "female");
    made.set("text", "t");
    made.set("birthDate", "1958-04-12");
    made.set("id", "1");
    made.set("resourceType", "Patient");
    made.set("gender", "male");
    CHECK(made.render() ==
          R"({"resourceType":"Patient","id":"1","text":"t","gender":"male","birthDate":"1958-04-12"})");
}

TEST_CASE("control characters that FHIR does not take are left out and counted; a form feed ends a line") {
    JsonArena json;
    auto& made = json.object();
    made.set("short", std::string_view("a\0b\x1b\tc\fd", 8));
    made.put("long", json.long_text("e\x01\nf"));
    CHECK(made.render() == R"({"short":"ab\tc\nd","long":"e\nf"})");
    CHECK(json.left_out() == 3);
}

TEST_CASE("a choice has one type: what is written as another takes its place, and other elements stay") {
    JsonArena json;
    auto& made = json.object();
    const auto choice = std::get<Location>(parse_location("deceased[x]"));
    const auto boolean = choice.resolved("boolean");
    const auto date_time = choice.resolved("dateTime");
    made.set("deceasedly", "no type");
    made.at(boolean).take(json.literal("true"));
    made.at(date_time).take(json.text("2026-11-20"));
    CHECK(made.render() == R"({"deceasedly":"no type","deceasedDateTime":"2026-11-20"})");
    made.at(boolean).take(json.literal("false"));
    CHECK(made.render() == R"({"deceasedly":"no type","deceasedBoolean":false})");
}

TEST_CASE("locations make what leads to them; holes and empty objects are not rendered") {
    JsonArena json;
    auto& made = json.object();
    made.at(steps("name[1].given[*]")).take(json.text("Ann"));
    made.at(steps("name[1].given[*]")).take(json.text("Bea"));
    made.at(steps("name[3].family"));
    made.at(steps("deceasedBoolean")).take(json.literal("false"));
    CHECK(made.render() == R"({"name":[{"given":["Ann","Bea"]}],"deceasedBoolean":false})");
    made.at(steps("name[0].family")).take(json.text("Ash"));
    CHECK(made.render() == R"({"name":[{"family":"Ash"},{"given":["Ann","Bea"]}],"deceasedBoolean":false})");
    CHECK(json.object().render().empty());
}

TEST_CASE("an extension of one url is one extension") {
    JsonArena json;
    auto& made = json.object();
    made.at(steps("extension(\"urn:a\").valueCode")).take(json.text("1"));
    made.at(steps("extension(\"urn:b\").valueCode")).take(json.text("2"));
    made.at(steps("extension(\"urn:a\").id")).take(json.text("3"));
    CHECK(made.render() ==
          R"({"extension":[{"id":"3","url":"urn:a","valueCode":"1"},{"url":"urn:b","valueCode":"2"}]})");
}

TEST_CASE("a tentative object waits for a value, or for a reference that leads to something") {
    JsonArena json;
    Instance target{"Binary", "1", &json.object(), false};
    auto& made = json.object();
    auto& section = made.at(steps("section[*]"));
    section.set_tentative(true);
    section.set("title", "Attachments");
    section.at(steps("entry[*].reference")).take(json.reference(&target));
    CHECK(made.empty());
    CHECK(made.render().empty());
    target.written = true;
    CHECK(made.render() == R"({"section":[{"title":"Attachments","entry":[{"reference":"urn:uuid:1"}]}]})");
    target.written = false;
    section.set_tentative(false);
    CHECK(made.render() == R"({"section":[{"title":"Attachments"}]})");
}

TEST_CASE("texts are copied and escaped, also those that are longer than a block of the arena") {
    JsonArena json;
    auto& made = json.object();
    {
        std::string text = "say \"a\\b\"\n";
        made.set("a", text);
        text.assign(text.size(), 'x');
    }
    const std::string file(100'000, 'A');
    made.set("b", file);
    made.put("c", json.long_text(file));
    CHECK(made.render() == "{\"a\":\"say \\\"a\\\\b\\\"\\n\",\"b\":\"" + file + "\",\"c\":\"" + file + "\"}");
}
