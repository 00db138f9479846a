#include "assurance/expectation_tests.hpp"

#include <doctest/doctest.h>

#include "adapter.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;

TEST_CASE("the tests beside the shipped expectations pass") {
    const std::filesystem::path folder = std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "conf";
    std::vector<config::Mistake> mistakes;
    const auto configuration = pipeline::load_configuration(folder, all_adapters(), mistakes);
    REQUIRE(configuration);
    CHECK(configuration->expectations.size() == 2);
    mistakes.clear();
    const auto results = assurance::run_expectation_tests(*configuration, folder, mistakes);
    CHECK(mistakes.empty());
    CHECK(results.size() >= 10);
    for (const auto& result : results) {
        CAPTURE(result.name);
        CAPTURE(result.difference);
        CHECK(result.passed);
    }
}

TEST_CASE("a test that expects the wrong thing fails, and one of an unknown rule too") {
    const std::filesystem::path folder = std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "conf";
    std::vector<config::Mistake> mistakes;
    const auto configuration = pipeline::load_configuration(folder, all_adapters(), mistakes);
    REQUIRE(configuration);
    const test::TempDir dir;
    const auto message = "{at: 2026-11-20T10:15:00Z, channel: hospital-adt, given: " +
                         (folder / "expectations/tests/adt-a03.hl7").string() + "}";
    dir.write("expectations/x.tests.yaml",
              "tests:\n  - {name: one, expectation: discharge-summary, absent: false, messages: [" + message +
                  "]}\n  - {name: two, expectation: none, absent: true, messages: [" + message + "]}\n");
    const auto results = assurance::run_expectation_tests(*configuration, dir.path(), mistakes);
    REQUIRE(results.size() == 2);
    CHECK_FALSE(results[0].passed);
    CHECK(results[1].difference == "there is no expectation none");
}
