#include "mapping/letter.hpp"

#include <doctest/doctest.h>

using namespace causeway::mapping;

namespace {

const Headings kHeadings = {{"diagnosis", "diagnosis"},
                            {"secondary diagnosis", "diagnosis"},
                            {"gp actions", "gp-actions"},
                            {"history", "other"}};

std::string section(std::string_view text, std::string_view name) {
    return joined(section_lines(text_lines(text), kHeadings, name));
}

}  // namespace

TEST_CASE("lines end at formatting codes and at real line ends") {
    CHECK(text_lines("one\\.br\\two\r\nthree\nfour") == std::vector<std::string>{"one", "two", "three", "four"});
    CHECK(text_lines("\\H\\bold\\N\\") == std::vector<std::string>{"bold"});
    CHECK(text_lines("a lone \\ stays") == std::vector<std::string>{"a lone \\ stays"});
}

TEST_CASE("a heading opens its section, however it is written") {
    for (const auto* heading : {"Diagnosis", "DIAGNOSIS:", "1. Diagnosis", "**Diagnosis**", "  diagnosis :  "})
        CHECK(section(std::string("Dear Doctor\n") + heading + "\nAsthma\nGP actions\nnone", "diagnosis") == "Asthma");
}

TEST_CASE("text behind the heading's colon belongs to it") {
    CHECK(section("GP actions: check bloods\nagain in June", "gp-actions") == "check bloods\nagain in June");
}

TEST_CASE("no line is lost: what has no heading is other, and headings that say more stay") {
    const auto* const text = "Dear Doctor\nDiagnosis\nAsthma\nSecondary diagnosis\nEczema\nHistory\nlong";
    CHECK(section(text, "other") == "Dear Doctor\nHistory\nlong");
    CHECK(section(text, "diagnosis") == "Asthma\nSecondary diagnosis\nEczema");
}

TEST_CASE("a word of a heading inside a sentence opens nothing") {
    CHECK(section("The diagnosis is clear.\nDiagnosis of asthma was made", "diagnosis").empty());
}

TEST_CASE("narrative is safe XHTML, and its text comes back") {
    const auto div = narrative_div("<script>alert(1)</script> & more\n\nnext");
    CHECK(div ==
          "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; "
          "more</p><p>next</p></div>");
    CHECK(text_of_div(div) == "<script>alert(1)</script> & more\nnext");
    CHECK(narrative_div(std::string("a\x01z")).find("az") != std::string::npos);
}
