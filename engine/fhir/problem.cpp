#include "fhir/problem.hpp"

#include "fhir/tape.hpp"

namespace causeway::fhir {

Error to_error(std::string_view source, Problem problem) {
    const auto at = position_at(source, problem.offset);
    auto what = std::move(problem.what);
    if (!problem.path.empty()) what = "At " + problem.path + ": " + what;
    return fail(problem.issue, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column),
                std::move(what));
}

}  // namespace causeway::fhir
