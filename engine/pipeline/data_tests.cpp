#include "pipeline/data_tests.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "pipeline/data_test_parts.hpp"

namespace causeway::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".tests.yaml";

/// A part of the configuration, its folder in conf/ and how one of its tests is run.
struct Part {
    std::string_view name;
    std::string_view folder;
    std::span<const config::FieldSpec> (*fields)();
    void (*run)(const config::Settings& file, const config::Settings& test, const Configuration&, Differences&);
};

void run_directory(const config::Settings&, const config::Settings& test, const Configuration& configuration,
                   Differences& differences) {
    run_directory_test(test, configuration, differences);
}

constexpr Part kParts[] = {
    {"pathway", "pathways", pathway_test_fields, run_pathway_test},
    {"route", "routes", route_test_fields, run_route_test},
    {"directory", "directory", directory_test_fields, run_directory},
};

std::vector<fs::path> tests_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        if (entry.path().string().ends_with(kEnding)) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

void run_file(const Part& part, const fs::path& path, const Configuration& configuration,
              std::vector<config::Mistake>& mistakes, std::vector<DataTestResult>& results) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    std::vector<config::Mistake> found;
    const auto file =
        config::lint(config::parse_yaml(text.str(), path.string(), path.parent_path(), found), part.fields(), found);
    const bool whole =
        std::all_of(found.begin(), found.end(), [](const config::Mistake& mistake) { return mistake.warning; });
    mistakes.insert(mistakes.end(), found.begin(), found.end());
    if (!whole) return;
    for (const auto& test : file.objects("tests")) {
        Differences differences;
        part.run(file, test, configuration, differences);
        results.push_back({test.place("name"), std::string(part.name), test.text("name"), differences.words().empty(),
                           differences.words()});
    }
}

/// A row that several maps share is reached where the tests of one reach it.
void add_rows(std::vector<mapping::RowUse> more, std::vector<mapping::RowUse>& rows) {
    for (auto& row : more) {
        const auto known = std::find_if(rows.begin(), rows.end(), [&](const mapping::RowUse& other) {
            return other.line == row.line && other.file == row.file;
        });
        if (known == rows.end())
            rows.push_back(std::move(row));
        else
            known->is_reached = known->is_reached || row.is_reached;
    }
}

void run_map(const mapping::Map& map, std::vector<DataTestResult>& results, std::vector<mapping::RowUse>& rows) {
    std::vector<mapping::RowUse> used;
    for (auto& result : map.test(used)) {
        results.push_back({std::move(result.place), "map " + map.name(), std::move(result.name), result.passed,
                           std::move(result.difference)});
    }
    add_rows(std::move(used), rows);
}

std::string listed(const std::vector<std::string>& words) {
    std::string text = "[";
    for (const auto& word : words) text += (text.size() > 1 ? ", " : "") + word;
    return text + ']';
}

}  // namespace

void Differences::add(std::string words) {
    words_ += (words_.empty() ? "" : "; ") + std::move(words);
}

void Differences::text(std::string_view what, const std::string& expected, const std::string& actual) {
    if (expected == actual) return;
    add(std::string(what) + ": expected " + expected + ", got " + (actual.empty() ? std::string("nothing") : actual));
}

void Differences::flag(std::string_view what, bool expected, bool actual) {
    text(what, expected ? "true" : "false", actual ? "true" : "false");
}

void Differences::list(std::string_view what, const std::vector<std::string>& expected,
                       const std::vector<std::string>& actual) {
    text(what, listed(expected), listed(actual));
}

void Differences::contains(std::string_view what, const std::string& part, const std::string& whole) {
    if (whole.find(part) != std::string::npos) return;
    add(std::string(what) + ": expected \"" + part + "\" in \"" + whole + '"');
}

std::string short_rule(const std::string& rule) {
    const auto space = rule.rfind(' ');
    return space == std::string::npos ? rule : rule.substr(space + 1);
}

std::span<const config::FieldSpec> data_test_specs(std::string_view part) {
    for (const Part& known : kParts) {
        if (known.name == part) return known.fields();
    }
    return {};
}

std::vector<DataTestResult> run_data_tests(const Configuration& configuration, const fs::path& folder,
                                           std::vector<config::Mistake>& mistakes) {
    std::vector<mapping::RowUse> ignored;
    return run_data_tests(configuration, folder, mistakes, ignored);
}

std::vector<DataTestResult> run_data_tests(const Configuration& configuration, const fs::path& folder,
                                           std::vector<config::Mistake>& mistakes, std::vector<mapping::RowUse>& rows) {
    std::vector<DataTestResult> results;
    for (const Part& part : kParts) {
        for (const auto& path : tests_files(folder / part.folder))
            run_file(part, path, configuration, mistakes, results);
    }
    for (const auto& [name, map] : configuration.maps) run_map(map, results, rows);
    return results;
}

}  // namespace causeway::pipeline
