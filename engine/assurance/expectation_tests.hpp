#pragma once
/// The data tests beside conf/expectations/: what `causeway test` runs of them.

#include <filesystem>
#include <vector>

#include "pipeline/data_tests.hpp"

namespace causeway::assurance {

/// Runs every *.tests.yaml in `folder`/expectations. A file that cannot be read is a mistake and its tests do not run.
std::vector<pipeline::DataTestResult> run_expectation_tests(const pipeline::Configuration& configuration,
                                                            const std::filesystem::path& folder,
                                                            std::vector<config::Mistake>& mistakes);

}  // namespace causeway::assurance
