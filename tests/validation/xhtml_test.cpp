#include "validation/xhtml.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace causeway::validation;

namespace {

std::string div(std::string_view inner) {
    return "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + std::string(inner) + "</div>";
}

bool is_allowed(std::string_view inner) {
    return read_xhtml(div(inner)).is_allowed();
}

void expect(bool allowed, std::initializer_list<std::string_view> inners) {
    for (const auto inner : inners) {
        CAPTURE(inner);
        CHECK(is_allowed(inner) == allowed);
    }
}

}  // namespace

TEST_CASE("xhtml: formatting, tables, links and images are allowed") {
    expect(true, {"text", "<p>a<br/>b</p>", "<p style=\"color: red\" class='x' id=\"a1\">a &amp; b &#160; &#xA0;</p>",
                  "<table border=\"1\"><tr><td colspan=\"2\" nowrap=\"nowrap\">a</td></tr></table>",
                  "<a name=\"x\">a</a>", "<!-- comment --><b>a</b>", "<![CDATA[ a < b ]]>",
                  "<div xml:lang=\"cy\">a</div>", "<ul>\n<li >a</li\n></ul>"});
}

TEST_CASE("xhtml: scripts, forms, frames, events and deprecated elements are not") {
    expect(false, {"<script>x</script>", "<form/>", "<input/>", "<iframe src=\"a\"/>", "<object/>", "<font>a</font>",
                   "<p onclick=\"x()\">a</p>", "<P>a</P>", "<style>a</style>", "<p background=\"a\">a</p>",
                   "<p href=\"http://a.example\">a</p>", "<link rel=\"stylesheet\"/>", "<ins>a</ins>",
                   "<p><p>a</p></p>", "<p><span><table><tr><td>a</td></tr></table></span></p>",
                   "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "<p xmlns=\"urn:other\">a</p>"});
}

TEST_CASE("xhtml: text that is not well-formed is refused, where it goes wrong") {
    expect(false, {"<p>",
                   "</p>",
                   "<p></b>",
                   "<p a=b>x</p>",
                   "<p a>x</p>",
                   "a & b",
                   "&nosuch;",
                   "&#0;",
                   "&#xD800;",
                   "&#1114112;",
                   "a < b",
                   "<p id=\"a\" id=\"b\">x</p>",
                   "<p id=\"a>x</p>",
                   "<!-- a",
                   "<![CDATA[ a",
                   "<?php x ?>",
                   "<!DOCTYPE html>",
                   "<p title=\"a<b\">x</p>",
                   "<p id=\"a\"class=\"b\">x</p>",
                   "</div><div>"});
    const auto read = read_xhtml(div("<p>one</p>\n<b>two"));
    REQUIRE(read.mistakes.size() == 1);
    CHECK(read.mistakes[0].kind == XhtmlMistake::Kind::form);
    CHECK(read.mistakes[0].offset > 50);
}

TEST_CASE("xhtml: the narrative is one div of the namespace of XHTML") {
    for (const auto* text :
         {"", " ", "text", "<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>", "<div>a</div>",
          "<div xmlns=\"http://hl7.org/fhir\">a</div>", "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>b",
          "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div><div/>",
          "b<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}) {
        CAPTURE(text);
        CHECK_FALSE(read_xhtml(text).is_allowed());
        CHECK_FALSE(check_xhtml(text).empty());
    }
    CHECK(check_xhtml("<h:div xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:p>a</h:p></h:div>").empty());
    CHECK(check_xhtml(" \n<div xmlns='http://www.w3.org/1999/xhtml'>a</div>\n").empty());
}

TEST_CASE("xhtml: content is text or an image") {
    CHECK(read_xhtml(div("<p>a</p>")).has_content);
    CHECK(read_xhtml(div("<img src=\"#a\" alt=\"b\"/>")).has_content);
    CHECK(read_xhtml(div("&#160;")).has_content);
    CHECK_FALSE(read_xhtml(div(" \n<p> </p><!-- a -->")).has_content);
}

TEST_CASE("xhtml: links lead to the web, to mail, or to a place in the resource") {
    expect(true, {"<a href=\"http://a.example\">a</a>", "<a href=\"HTTPS://a.example\">a</a>",
                  "<a href=\"mailto:a@b.example\">a</a>", "<a href=\"tel:+44123\">a</a>", "<a href=\"#x\">a</a>",
                  "<a href=\"Patient/1\">a</a>", "<a href=\"page.html?a:b\">a</a>",
                  "<img src=\"data:image/png;base64,AA==\"/>", "<img src=\"#pic\"/>"});
    expect(false, {"<a href=\"javascript:x()\">a</a>", "<a href=\"JaVaScript:x()\">a</a>",
                   "<a href=\"&#106;avascript:x()\">a</a>", "<a href=\"urn:uuid:1\">a</a>",
                   "<a href=\"data:text/html,x\">a</a>", "<img src=\"javascript:x()\"/>", "<img src=\"\"/>",
                   "<p style=\"width: expression(x)\">a</p>", "<p style=\"background: url(javascript:x)\">a</p>"});
}

TEST_CASE("xhtml: targets, ids, languages and sources are told") {
    const auto read = read_xhtml(div(
        "<div lang=\"en\" xml:lang=\"en\" id=\"e\"><a href=\"#w\">a</a></div><div xml:lang=\"cy\"><a name=\"w\"/></div>"
        "<p class=\"generated x\">a<b>b</b></p><p class=\"ungenerated\">c</p>"));
    CHECK(read.targets == std::vector<std::string_view>{"w"});
    CHECK(read.ids == std::vector<std::string_view>{"e", "w"});
    CHECK(read.languages == std::vector<std::string_view>{"en", "cy"});
    CHECK(read.unmarked_texts == 2);
}

TEST_CASE("xhtml: a named character of HTML is a remark") {
    const auto read = read_xhtml(div("a&nbsp;b&nbsp;c"));
    CHECK(read.is_allowed());
    REQUIRE(read.mistakes.size() == 1);
    CHECK(read.mistakes[0].kind == XhtmlMistake::Kind::remark);
}

TEST_CASE("xhtml: mistakes and depth are bounded") {
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "<x/>";
    CHECK(read_xhtml(div(many)).mistakes.size() == kMostXhtmlMistakes);
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "<b>";
    CHECK_FALSE(read_xhtml(div(deep)).is_allowed());
}
