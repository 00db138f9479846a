#include <doctest/doctest.h>

#include "pathway/program.hpp"

using namespace causeway::pathway;

namespace {

std::vector<std::string> names(std::string_view expression) {
    std::vector<std::string> result;
    for (const auto& use : variables_of(expression)) result.push_back(use.name + '@' + std::to_string(use.column));
    return result;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("variables: names and columns of what an expression uses") {
    CHECK(names("%a.where(x = %b_2) and %a") == Names{"a@1", "b_2@14", "a@24"});
    CHECK(names("Patient.name").empty());
    CHECK(names("%`vs-x`.code | %'ext y'") == Names{"vs-x@1", "ext y@16"});
}

TEST_CASE("variables: what stands in texts and comments is none") {
    CHECK(names(R"('50 %off' | 'it\'s %here' | %c)") == Names{"c@29"});
    CHECK(names("%a // and %b\n + %c /* %d */ + %e") == Names{"a@1", "c@17", "e@31"});
}

TEST_CASE("variables: broken text ends the search without harm") {
    for (const auto* text : {"%", "'open %a", "`open", "/* open %a", "'a\\"}) {
        CAPTURE(text);
        CHECK(names(text).empty());
    }
}
