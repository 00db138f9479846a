#pragma once
/// The data tests that stand beside pathways, routes, directory files and maps: what `causeway test` runs.
///
/// A file NAME.tests.yaml in conf/pathways/, conf/routes/ or conf/directory/ holds a list `tests:`; each test names
/// what is given and what is expected, and every expectation that is not written is not compared. A message is given as
/// a file
/// (*.json is FHIR, everything else HL7 v2) and may be changed for one test.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

/// One test and how it went.
struct DataTestResult {
    std::string place;    ///< file:line:column
    std::string subject;  ///< "pathway", "route", "directory", "map uk.ref.i12".
    std::string name;
    bool passed = false;
    std::string difference;  ///< What was expected and what came instead; empty where it passed. May show sample data.
};

/// Runs every test beside the configuration in `folder` and in its maps. A tests file that cannot be read is a mistake
/// and its tests do not run. Deterministic: the time is the one that a tests file states. Threads: any.
std::vector<DataTestResult> run_data_tests(const Configuration& configuration, const std::filesystem::path& folder,
                                           std::vector<config::Mistake>& mistakes);

/// The same, and which rows of which maps the tests reach.
std::vector<DataTestResult> run_data_tests(const Configuration& configuration, const std::filesystem::path& folder,
                                           std::vector<config::Mistake>& mistakes, std::vector<mapping::RowUse>& rows);

/// Specs of a tests file beside "pathway", "route" or "directory"; empty for another part.
std::span<const config::FieldSpec> data_test_specs(std::string_view part);

}  // namespace causeway::pipeline
