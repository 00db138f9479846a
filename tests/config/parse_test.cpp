#include <doctest/doctest.h>

#include "config/support.hpp"

using namespace causeway::config;
using test::parse_mistakes;

namespace {

/// Ten levels, each holding the one before it ten times.
std::string alias_bomb() {
    std::string text = "a0: &a0 [x]\n";
    for (int level = 1; level < 10; ++level) {
        const auto before = "*a" + std::to_string(level - 1);
        text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + before;
        for (int i = 0; i < 9; ++i) text += ", " + before;
        text += "]\n";
    }
    return text;
}

std::string nested(std::size_t depth) {
    return "a: " + std::string(depth, '[') + "x" + std::string(depth, ']') + "\n";
}

}  // namespace

TEST_CASE("a well-formed document has no mistakes") {
    CHECK(parse_mistakes("a: 1\nb:\n  - x\n  - {c: d}\n") == "");
    CHECK(parse_mistakes("# only a comment\n") == "");
    CHECK(parse_mistakes("") == "");
    CHECK(parse_mistakes("\xef\xbb\xbf---\r\na: 1\r\n...\r\n") == "");
}

TEST_CASE("a syntax error stands at its line and column, with a hint") {
    CHECK(parse_mistakes("a: b: c\n") ==
          "a.yaml:1:5: error: A \": \" is not expected here. Check the indentation, or put the value in quotes.\n");
    CHECK(parse_mistakes("a: [1,\n") == "a.yaml:2:1: error: The list is not closed. Add \"]\".\n");
    CHECK(parse_mistakes("a: @x\n") ==
          "a.yaml:1:4: error: A value cannot begin with this character. Put the value in quotes.\n");
    CHECK(parse_mistakes("a: *nothing\n").starts_with("a.yaml:1:4: error: No anchor of this name"));
}

TEST_CASE("a tab as indentation is named as such") {
    CHECK(parse_mistakes("a:\n\tb: 1\n") == "a.yaml:2:3: error: Tabs cannot indent YAML. Use spaces.\n");
    CHECK(parse_mistakes("a:\n  b: 1\n\tc: 2\n") == "a.yaml:3:1: error: Tabs cannot indent YAML. Use spaces.\n");
}

TEST_CASE("a quote that is not closed is refused, however the file ends") {
    CHECK(parse_mistakes("b: 1\na: 'x\n") == "a.yaml:2:4: error: The quote is not closed. Add the closing one.\n");
    CHECK(parse_mistakes("a: &n \"x\\\"\n").starts_with("a.yaml:1:4: error: The quote is not closed."));
    CHECK(parse_mistakes("a: 'it''s'\nb: \"\\\"\"\n") == "");
}

TEST_CASE("every duplicate key is a mistake at its second place") {
    CHECK(parse_mistakes("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n") ==
          "a.yaml:4:3: error: The field \"c\" stands here a second time. Remove one.\n"
          "a.yaml:5:1: error: The field \"a\" stands here a second time. Remove one.\n");
}

TEST_CASE("a second document is refused") {
    CHECK(parse_mistakes("a: 1\n---\nb: 2\n") ==
          "a.yaml:2:1: error: Only one document is allowed in a file. Move this one to another file.\n");
    CHECK(parse_mistakes("a: 1\n---\n").starts_with("a.yaml:2:1: error: Only one document"));
}

TEST_CASE("the name of a field must be text") {
    CHECK(parse_mistakes("? [a]\n: b\n").starts_with("a.yaml:1:3: error: The name of a field must be text."));
}

TEST_CASE("tags are refused") {
    CHECK(parse_mistakes("a: !!binary eA==\n").starts_with("a.yaml:1:4: error: Tags are not used here."));
    CHECK(parse_mistakes("a: !x [1]\n").starts_with("a.yaml:1:4: error: Tags are not used here."));
}

TEST_CASE("bytes that are not UTF-8 and control characters are refused") {
    CHECK(parse_mistakes("a: \xff\n") == "a.yaml:1:1: error: The file is not UTF-8. Save it as UTF-8.\n");
    CHECK(parse_mistakes("a: 1\nb: x\x04\nc: 2\n") ==
          "a.yaml:2:5: error: A control character stands here. Remove it.\n");
    CHECK(parse_mistakes(std::string("a\0: 1", 5)).starts_with("a.yaml:1:2: error: A control character"));
    CHECK(parse_mistakes("a: 1\rb: 2\n").starts_with("a.yaml:1:5: error: A control character"));
}

TEST_CASE("columns count characters, not bytes") {
    CHECK(parse_mistakes("{é: 1, é: 2}\n").starts_with("a.yaml:1:8: error: The field \"é\""));
}

TEST_CASE("anchors are shared, and an alias inside its own anchor is refused") {
    CHECK(parse_mistakes("a: &x [1]\nb: *x\n") == "");
    CHECK(parse_mistakes("a: &x {b: *x}\n").starts_with("a.yaml:1:11: error: An alias cannot stand inside"));
}

TEST_CASE("what aliases stand for is bounded") {
    CHECK(parse_mistakes(alias_bomb()).find("Aliases make this file too large.") != std::string::npos);
}

TEST_CASE("depth is bounded") {
    CHECK(parse_mistakes(nested(60)) == "");
    CHECK(parse_mistakes(nested(70)).starts_with("a.yaml:1:67: error: Values are nested too deeply."));
    CHECK(parse_mistakes(nested(200'000)).starts_with("a.yaml:1:67: error: Values are nested too deeply."));
}

TEST_CASE("size is bounded") {
    CHECK(parse_mistakes(std::string((16u << 20) + 1, '#')) ==
          "a.yaml:1:1: error: The file is larger than 16 MB. Split it.\n");
}

TEST_CASE("peek gives the text of one field of an unchecked document") {
    std::vector<Mistake> mistakes;
    const auto yaml = parse_yaml("type: mllp_listener\nlist: [a]\n", "a.yaml", "/conf", mistakes);
    CHECK(peek(yaml, "type") == "mllp_listener");
    CHECK(peek(yaml, "list") == "");
    CHECK(peek(yaml, "absent") == "");
    CHECK(peek(parse_yaml("", "a.yaml", "/conf", mistakes), "type") == "");
}

TEST_CASE("a document is whole where it was read to its end") {
    std::vector<Mistake> mistakes;
    CHECK(is_whole(parse_yaml("", "a.yaml", "/conf", mistakes)));
    CHECK(is_whole(parse_yaml("a: 1\na: 2\n", "a.yaml", "/conf", mistakes)));
    CHECK_FALSE(is_whole(parse_yaml("a: [1\n", "a.yaml", "/conf", mistakes)));
    CHECK_FALSE(is_whole(nullptr));
}
