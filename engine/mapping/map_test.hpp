#pragma once
/// Runs the tests that stand in a map.

#include <vector>

#include "mapping/coverage.hpp"
#include "mapping/program.hpp"

namespace causeway::mapping {

/// One result a test, and one for each test's automatic round trip where the map goes both ways.
std::vector<TestResult> run_tests(const Program& program, Coverage& coverage);

}  // namespace causeway::mapping
