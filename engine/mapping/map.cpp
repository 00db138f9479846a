#include "mapping/map.hpp"

#include <algorithm>

#include "mapping/coverage.hpp"
#include "mapping/map_test.hpp"
#include "mapping/parser.hpp"
#include "mapping/program.hpp"
#include "mapping/run.hpp"
#include "mapping/same_format.hpp"

namespace causeway::mapping {
namespace {

const Program& none() {
    static const Program program;
    return program;
}

}  // namespace

Map Map::load(const std::filesystem::path& file, std::vector<config::Mistake>& mistakes, const LoadOptions& options) {
    auto program = std::make_shared<Program>();
    Parser parser(*program, mistakes, options);
    parser.parse(file);
    Map map;
    if (parser.errors() > 0) return map;
    prepare(*program);
    map.program_ = std::move(program);
    return map;
}

const std::string& Map::name() const {
    return (program_ ? *program_ : none()).name;
}

const std::string& Map::version() const {
    return (program_ ? *program_ : none()).version;
}

const std::vector<std::filesystem::path>& Map::files() const {
    return (program_ ? *program_ : none()).files;
}

bool Map::can(Direction direction) const {
    return program_ && program_->can(direction);
}

std::string shown_code(std::string_view code) {
    constexpr std::size_t kLongest = 32;
    const bool is_code = !code.empty() && code.size() <= kLongest && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._-+/:").find(c) != std::string_view::npos;
    });
    return is_code ? std::string(code) : "(text)";
}

Result<Output> Map::run(Direction direction, const tree::Node& input, const Facts& facts, bool explain,
                        std::vector<UnmappedCode>* unmapped) const {
    if (!can(direction))
        return fail(Issue::not_supported, name(),
                    "This map does not run in that direction: name another map in the route.");
    if (program_->pair == Pair::v2_v2) return run_v2_to_v2(*program_, input, facts, explain, unmapped);
    if (program_->pair == Pair::fhir_fhir) return run_fhir_to_fhir(*program_, input, facts, explain, unmapped);
    return direction == Direction::forward ? run_forward(*program_, input, facts, explain, unmapped)
                                           : run_reverse(*program_, input, facts, explain, unmapped);
}

std::vector<TestResult> Map::test() const {
    std::vector<RowUse> ignored;
    return test(ignored);
}

std::vector<TestResult> Map::test(std::vector<RowUse>& rows) const {
    if (!program_) return {};
    Coverage coverage;
    auto results = run_tests(*program_, coverage);
    rows = coverage.rows_of(*program_);
    return results;
}

}  // namespace causeway::mapping
