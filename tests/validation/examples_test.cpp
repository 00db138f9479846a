/// Official R4 examples and UK Core examples are accepted, but for those that break the specification.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/documents.hpp"
#include "fhir/document.hpp"
#include "support/definitions.hpp"
#include "validation/broken_examples.hpp"
#include "validation/validator.hpp"

using namespace causeway;

namespace {

std::filesystem::path corpus() {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    return set != nullptr ? set : CAUSEWAY_SOURCE_DIR "/../shared/corpus";
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Tally {
    int files = 0, refused = 0;
    int unexplained = 0;  ///< Errors that are no known fault of the example.
    std::map<std::string, int> rules;
};

void check_file(const validation::Validator& validator, const fhir::DefinitionsPtr& definitions,
                const std::filesystem::path& path, Tally& tally) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    options.lenient = true;
    const auto document = fhir::parse(Payload(contents(path)), options);
    ++tally.files;
    const auto outcome = document ? validator.validate(**document) : to_outcome(document.error());
    if (!outcome.has_errors()) return;
    ++tally.refused;
    std::set<std::string> shown;
    const auto name = path.filename().string();
    for (const auto& finding : outcome.issues) {
        if (finding.severity != Severity::error && finding.severity != Severity::fatal) continue;
        ++tally.rules[finding.rule];
        const auto why = test::why_broken(name, finding.rule);
        tally.unexplained += why.empty() ? 1 : 0;
        if (shown.insert(finding.rule).second)
            std::printf(
                "  %s %s %s: %s\n", name.c_str(), finding.rule.c_str(), finding.expression.c_str(),
                why.empty() ? ("NOT EXPLAINED: " + finding.text.substr(0, 170)).c_str() : std::string(why).c_str());
    }
}

bool is_resource(const std::filesystem::path& path) {
    if (path.extension() == ".json") return contents(path).find("\"resourceType\"") != std::string::npos;
    if (path.extension() == ".xml") return contents(path).find("xmlns=\"http://hl7.org/fhir\"") != std::string::npos;
    return false;
}

Tally check_folder(const validation::Validator& validator, const fhir::DefinitionsPtr& definitions,
                   const std::filesystem::path& folder, const char* only_below = "") {
    Tally tally;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file() || entry.path().string().find(only_below) == std::string::npos) continue;
        if (is_resource(entry.path())) check_file(validator, definitions, entry.path(), tally);
    }
    std::printf("%s: %d files, %d refused\n", folder.filename().c_str(), tally.files, tally.refused);
    for (const auto& [rule, count] : tally.rules) std::printf("    %5d %s\n", count, rule.c_str());
    return tally;
}

}  // namespace

TEST_CASE("official R4 examples are accepted, but for those that break the specification") {
    const char* set = std::getenv("CAUSEWAY_EXAMPLES");
    const auto folder = set != nullptr ? std::filesystem::path(set) : corpus() / "fhir/r4-examples";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: ", folder.string(), " (set CAUSEWAY_CORPUS). Nothing was checked.");
        return;
    }
    const validation::Validator validator(test::r4());
    const auto tally = check_folder(validator, test::r4(), folder);
    CHECK(tally.files > 0);
    CHECK(tally.unexplained == 0);
}

TEST_CASE("UK Core examples raise no false error") {
    const auto folder = corpus() / "nhs/ukcore";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: ", folder.string(), " (set CAUSEWAY_CORPUS). Nothing was checked.");
        return;
    }
    fhir::Documents documents(test::r4());
    REQUIRE(documents.add(folder).has_value());
    auto extended = fhir::extend(test::r4(), documents);
    REQUIRE(extended.has_value());
    const validation::Validator validator(extended->definitions);
    const auto tally = check_folder(validator, extended->definitions, folder, "xample");
    CHECK(tally.files > 0);
    CHECK(tally.unexplained == 0);
}
