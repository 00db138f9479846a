#include "core/error.hpp"

#include <doctest/doctest.h>

using namespace causeway;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return fail(Issue::value, "n", "Give an even number.");
    return n / 2;
}

}  // namespace

TEST_CASE("a result holds a value or says where and what to do") {
    CHECK(half(4).value() == 2);
    REQUIRE(half(3).has_error());
    CHECK(to_string(half(3).error()) == "n: Give an even number.");
}

TEST_CASE("issue codes are spelt as FHIR does, both ways") {
    for (int i = 0; i <= static_cast<int>(Issue::informational); ++i)
        CHECK(issue_from_code(to_code(static_cast<Issue>(i))) == static_cast<Issue>(i));
    CHECK(to_code(Issue::business_rule) == "business-rule");
    CHECK(to_code(Issue::informational) == "informational");
}
