#include "fhir/definitions/corrections.hpp"

#include <doctest/doctest.h>

#include <set>

#include "support/definitions.hpp"

using namespace causeway;
using namespace causeway::fhir;

TEST_CASE("corrections: what is known to be wrong is replaced, and nothing else") {
    CHECK(corrected("bdl-8", "fullUrl.contains('/_history/').not()") ==
          "fullUrl.empty() or fullUrl.contains('/_history/').not()");
    CHECK(corrected("txt-1", "htmlChecks()") == "htmlChecks()");
    CHECK(corrected("txt-2", "htmlChecks()") == "htmlChecks2()");
    CHECK(corrected("xyz-0", "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')").starts_with("name.empty() or"));
    CHECK(corrected("ext-1", "extension.exists() != value.exists()") == "extension.exists() != value.exists()");
}

TEST_CASE("corrections: the core holds what is meant") {
    std::set<std::string_view> expressions;
    const auto& r4 = *test::r4();
    for (Index i = 1; i < r4.constraint_count(); ++i) expressions.insert(r4.text(r4.constraint_at(i).expression));
    CHECK(expressions.contains("htmlChecks2()"));
    CHECK(expressions.contains("enableWhen.count() > 1 implies enableBehavior.exists()"));
    CHECK_FALSE(expressions.contains("enableWhen.count() > 2 implies enableBehavior.exists()"));
    CHECK_FALSE(expressions.contains("fullUrl.contains('/_history/').not()"));
}
