#include "validation/narrative_control.hpp"

#include <doctest/doctest.h>

using namespace causeway::validation;

namespace {

std::size_t mistakes(const NarrativeControl& control, std::string_view inner, std::string_view language = {}) {
    const auto div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + std::string(inner) + "</div>";
    return check_narrative_control(control, read_xhtml(div), language).size();
}

}  // namespace

TEST_CASE("narrative control: every text tells its source") {
    const NarrativeControl control{true, {}};
    CHECK(mistakes(control, "<p class=\"generated\">a</p><h1 class=\"boilerplate\">b</h1>") == 0);
    CHECK(mistakes(control, "a<p class=\"generated\">a</p>") == 1);
}

TEST_CASE("narrative control: sections are in the languages that the profile asks for") {
    const auto* const both = "<div xml:lang=\"en\">a</div><div xml:lang=\"cy\">b</div>";
    CHECK(mistakes({false, {"_no"}}, both) == 1);
    CHECK(mistakes({false, {"_no"}}, "a") == 0);
    CHECK(mistakes({false, {"_yes"}}, both) == 0);
    CHECK(mistakes({false, {"_yes"}}, "a") == 1);
    CHECK(mistakes({false, {"_resource"}}, both, "cy") == 0);
    CHECK(mistakes({false, {"_resource"}}, both, "de") == 1);
    CHECK(mistakes({false, {"en", "cy"}}, both) == 0);
    CHECK(mistakes({false, {"en", "de"}}, both) == 1);
}
