#include "pipeline/data_tests.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "support/settings.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using pipeline::Configuration;
using pipeline::DataTestResult;

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Reads one part of conf/, without adapters and maps.
template <class Take>
void read_part(const fs::path& folder, std::span<const config::FieldSpec> specs, std::vector<config::Mistake>& mistakes,
               Take take) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto path = entry.path().string();
        if (entry.path().extension() != ".yaml" || path.ends_with(".tests.yaml")) continue;
        const auto before = mistakes.size();
        const auto file = config::lint(config::parse_yaml(read(path), path, folder, mistakes), specs, mistakes);
        if (mistakes.size() == before) take(file);
    }
}

Configuration configuration(const fs::path& conf) {
    Configuration result;
    std::vector<config::Mistake> mistakes;
    read_part(conf / "directory", directory::Directory::specs(), mistakes,
              [&](const auto& file) { result.directory.add(file, mistakes); });
    read_part(conf / "pathways", pathway::Pathway::specs(), mistakes, [&](const auto& file) {
        auto loaded = pathway::Pathway::load(file, mistakes);
        const auto name = loaded.name();
        result.pathways.emplace(name, std::move(loaded));
    });
    read_part(conf / "routes", route::Routes::specs(), mistakes,
              [&](const auto& file) { result.routes.add(file, mistakes); });
    for (const auto* name : {"gp-referrals", "hospital-letters", "hospital-adt", "file-drop"}) {
        result.channels[name].name = name;
    }
    CHECK(test::texts(mistakes) == std::vector<std::string>{});
    return result;
}

const fs::path kConf = fs::path(CAUSEWAY_SOURCE_DIR) / "conf";

/// Runs the tests of one file that stands in a copy of nothing but itself.
std::vector<DataTestResult> run(std::string_view part, std::string_view tests, std::vector<config::Mistake>& mistakes) {
    const test::TempDir folder;
    folder.write(std::string(part) + "/x.tests.yaml", tests);
    static const Configuration shared = configuration(kConf);
    return pipeline::run_data_tests(shared, folder.path(), mistakes);
}

DataTestResult only(std::string_view part, std::string_view tests) {
    std::vector<config::Mistake> mistakes;
    auto results = run(part, tests, mistakes);
    CHECK(test::texts(mistakes) == std::vector<std::string>{});
    REQUIRE(results.size() == 1);
    return results.front();
}

std::string pathway_test(const std::string& fields) {
    return "pathway: referral-optimisation\nnow: 2026-11-21T09:30:00Z\ntests:\n  - name: t\n    given: " +
           (kConf / "pathways/tests/respiratory.json").string() + '\n' + fields;
}

std::string route_test(const std::string& fields) {
    return "now: 2026-11-21T09:30:00Z\ntests:\n  - name: t\n    given: " +
           (kConf / "routes/tests/mdm-t02.hl7").string() + "\n    channel: hospital-letters\n" + fields;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("data tests: every test that comes with the configuration passes") {
    std::vector<config::Mistake> mistakes;
    const auto results = pipeline::run_data_tests(configuration(kConf), kConf, mistakes);

    CHECK(test::texts(mistakes) == std::vector<std::string>{});
    CHECK(results.size() > 50);
    for (const auto& result : results) {
        INFO(result.place << ": " << result.name << ": " << result.difference);
        CHECK(result.passed);
    }
    for (const auto* subject : {"pathway", "route", "directory"}) {
        CHECK(
            std::any_of(results.begin(), results.end(), [&](const auto& result) { return result.subject == subject; }));
    }
}

TEST_CASE("data tests: a directory test that fails says what came instead") {
    const auto result =
        only("directory", "tests:\n  - {name: t, ods_code: Y90003, expect: found, successor: Y90002}\n");
    CHECK_FALSE(result.passed);
    CHECK(contains(result.difference, "look-up: expected found, got closed"));
    CHECK(contains(result.difference, "successor: expected Y90002, got Y90001"));
    CHECK(contains(result.place, "x.tests.yaml:2:"));
}

TEST_CASE("data tests: each expectation of a pathway can fail") {
    for (const auto* field :
         {"accepted: false", "excluded: true", "rules: [complete-reason]", "asked: [complete-reason]", "text: nonsense",
          "service: cardiology", "rule: service-general", "priority: urgent", "not_known: [fev1]", "clocks: []",
          "at: [Bundle]"}) {
        CAPTURE(field);
        CHECK_FALSE(only("pathways", pathway_test(std::string("    ") + field + "\n")).passed);
    }
    CHECK(only("pathways", pathway_test("    accepted: true\n    service: respiratory\n")).passed);
}

TEST_CASE("data tests: a change edits the message for one test, and one that changes nothing fails") {
    const auto changed = [](const std::string& change, const std::string& expect) {
        return only("pathways", pathway_test("    change:\n      - " + change + "\n    " + expect + "\n"));
    };
    CHECK(changed("{at: /entry/1/resource/priority, to: '\"urgent\"'}", "priority: urgent").passed);
    CHECK(changed("{remove: /entry/1/resource/reasonCode}", "rules: [complete-reason]").passed);
    CHECK(contains(changed("{remove: /entry/77}", "accepted: true").difference, "Point at something"));
    CHECK(contains(changed("{remove: entry}", "accepted: true").difference, "JSON Pointer"));
    CHECK(contains(changed("{at: /id, to: urgent}", "accepted: true").difference, "JSON value"));
    CHECK(contains(changed("{from: \"no such text\", to: x}", "accepted: true").difference, "exactly once"));
}

TEST_CASE("data tests: a message that cannot be read or decoded fails with what is wrong") {
    const test::TempDir folder;
    const auto broken = folder.write("broken.json", "{\"resourceType\": }");
    const auto given = [](const std::string& file) {
        return only(
            "pathways",
            "pathway: referral-optimisation\nnow: 2026-11-21T09:30:00Z\ntests:\n  - {name: t, given: " + file + "}\n");
    };
    CHECK(contains(given(broken.string()).difference, "line 1"));
    CHECK(contains(given("nowhere.json").difference, "cannot be read"));
}

TEST_CASE("data tests: an unknown pathway, channel or moment fails the test") {
    CHECK(contains(
        only("pathways", "pathway: other\nnow: 2026-11-21T09:30:00Z\ntests: [{name: t, given: x}]\n").difference,
        "no pathway"));
    CHECK(contains(
        only("pathways", "pathway: referral-optimisation\nnow: today\ntests: [{name: t, given: x}]\n").difference,
        "now"));
    CHECK(contains(
        only("routes", "now: 2026-11-21T09:30:00Z\ntests: [{name: t, given: x, channel: nowhere}]\n").difference,
        "no channel"));
}

TEST_CASE("data tests: each expectation of a route can fail") {
    for (const auto* field :
         {"routes: []", "owed: []", "not_to: [gp-practices]", "filter: x", "learn: x", "service: x",
          "owed: [{destination: pas}]", "owed: [{destination: gp-practices, map: letter.oru}]",
          "owed: [{destination: gp-practices, organisation: Y90002}]",
          "owed: [{destination: gp-practices, held: true}]", "owed: [{destination: gp-practices, ordering_key: x}]",
          "owed: [{destination: gp-practices, answer_within: 1h}]",
          "owed: [{destination: gp-practices, cause: closed}]",
          "owed: [{destination: gp-practices}, {destination: pas}]"}) {
        CAPTURE(field);
        CHECK_FALSE(only("routes", route_test(std::string("    ") + field + "\n")).passed);
    }
    CHECK(only("routes", route_test("    owed: [{destination: gp-practices}]\n")).passed);
}

TEST_CASE("data tests: a tests file with mistakes does not run, and each mistake has its place") {
    std::vector<config::Mistake> mistakes;
    const auto results =
        run("routes", "now: 2026-11-21T09:30:00Z\ntests:\n  - {name: t, chanel: c, given: x}\n", mistakes);
    CHECK(results.empty());
    REQUIRE_FALSE(mistakes.empty());
    CHECK(mistakes[0].line == 3);
}

TEST_CASE("data tests: the specs of each part's tests are known") {
    for (const auto* part : {"pathway", "route", "directory"}) CHECK_FALSE(pipeline::data_test_specs(part).empty());
    CHECK(pipeline::data_test_specs("channel").empty());
}
