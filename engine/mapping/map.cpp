#include "mapping/map.hpp"

#include "mapping/map_test.hpp"
#include "mapping/parser.hpp"
#include "mapping/program.hpp"
#include "mapping/run.hpp"

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

Result<Output> Map::run(Direction direction, const tree::Node& input, const Facts& facts, bool explain) const {
    if (!can(direction))
        return fail(Issue::not_supported, name(),
                    "This map does not run in that direction: name another map in the route.");
    return direction == Direction::forward ? run_forward(*program_, input, facts, explain)
                                           : run_reverse(*program_, input, facts, explain);
}

std::vector<TestResult> Map::test() const {
    return program_ ? run_tests(*program_) : std::vector<TestResult>();
}

}  // namespace causeway::mapping
