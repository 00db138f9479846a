#include <algorithm>
#include <iostream>
#include <iterator>

#include "adapter.hpp"
#include "api/json_object.hpp"
#include "app/commands.hpp"
#include "app/mistakes.hpp"
#include "assurance/expectation_tests.hpp"
#include "pipeline/data_tests.hpp"

namespace causeway::app {
namespace {

void print_json(const std::vector<pipeline::DataTestResult>& results, const std::vector<mapping::RowUse>& rows) {
    api::JsonText json;
    json.object([&] {
        json.array("tests", [&] {
            for (const auto& result : results)
                json.object([&] {
                    json.add("place", result.place).add("name", result.name).add("passed", result.passed);
                    json.add_if("difference", result.difference);
                });
        });
        json.array("rows", [&] {
            for (const auto& row : rows)
                json.object([&] {
                    json.add("file", row.file).add("line", static_cast<std::int64_t>(row.line));
                    json.add("row", row.row).add("reached", row.is_reached);
                });
        });
    });
    std::cout << json.text() << '\n';
}

/// What no test of any map reaches, and how much they reach of all.
void print_coverage(const std::vector<mapping::RowUse>& rows) {
    std::size_t reached = 0;
    for (const auto& row : rows) {
        reached += row.is_reached ? 1 : 0;
        if (!row.is_reached) std::cout << "no test  " << row.file << ':' << row.line << "  " << row.row << '\n';
    }
    if (!rows.empty()) std::cout << reached << " of " << rows.size() << " rows of maps are reached by their tests\n";
}

int test(const Arguments& arguments) {
    std::vector<config::Mistake> mistakes;
    const auto folder = config_folder(arguments);
    const auto configuration = pipeline::load_configuration(folder, all_adapters(), mistakes);
    print_mistakes(std::cerr, mistakes);
    if (!configuration) return kProblems;
    mistakes.clear();
    std::vector<mapping::RowUse> rows;
    auto results = pipeline::run_data_tests(*configuration, folder, mistakes, rows);
    auto more = assurance::run_expectation_tests(*configuration, folder, mistakes);
    std::move(more.begin(), more.end(), std::back_inserter(results));
    print_mistakes(std::cerr, mistakes);
    std::size_t passed = 0, failed = count_errors(mistakes);
    for (const auto& result : results) {
        (result.passed ? passed : failed) += 1;
        if (arguments.has("--json")) continue;
        if (!result.passed)
            std::cout << "FAILED  " << result.place << "  " << result.name << "\n        " << result.difference << '\n';
        else if (arguments.has("--verbose"))
            std::cout << "passed  " << result.place << "  " << result.name << '\n';
    }
    if (arguments.has("--json"))
        print_json(results, rows);
    else
        print_coverage(rows);
    if (!arguments.has("--json")) std::cout << passed << " passed, " << failed << " failed\n";
    return failed == 0 ? kDone : kProblems;
}

constexpr Option kOptions[] = {{"--verbose", "", "Name the tests that passed, too."}};

}  // namespace

const Command kTest = {
    "test",
    "",
    "Run the data tests that stand beside mappings, routes, pathways and expectations.",
    kOptions,
    "  causeway test\n  causeway test --verbose\n",
    test,
};

}  // namespace causeway::app
