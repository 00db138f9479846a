#include "fhirpath/fold.hpp"

#include <algorithm>

#include "fhirpath/evaluator.hpp"
#include "fhirpath/functions.hpp"

namespace causeway::fhirpath {
namespace {

// A mistake, or more work than this, stays for the evaluation.
constexpr std::size_t kMaxWork = 1000;

// Functions that ask the environment, or whose arguments see $this.
constexpr std::string_view kNotConstant[] = {
    "now",      "today",      "timeOfDay",  "trace", "resolve", "memberOf",  "conformsTo",
    "subsumes", "subsumedBy", "htmlChecks", "where", "select",  "all",       "exists",
    "repeat",   "repeatAll",  "aggregate",  "sort",  "iif",     "extension", "checkModifiers"};

bool is_literal(const Program& program, std::uint32_t op) {
    return op != Op::kFocus && program.ops[op].code == OpCode::literal;
}

bool is_constant(const Program& program, const Op& op) {
    switch (op.code) {
        case OpCode::function:
            if (std::find(std::begin(kNotConstant), std::end(kNotConstant), op.function->name) !=
                std::end(kNotConstant))
                return false;
            break;
        case OpCode::binary:
        case OpCode::negate:
        case OpCode::plus_sign:
        case OpCode::is_type:
            break;
        default:
            return false;
    }
    if (!is_literal(program, op.input)) return false;
    for (std::uint32_t i = 0; i < op.arguments; ++i)
        if (!is_literal(program, program.arguments[op.first_argument + i])) return false;
    return true;
}

}  // namespace

void fold(Program& program) {
    static const Environment kNothing;
    const Collection root;
    // Operations stand after those that they use.
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        Op& op = program.ops[i];
        if (!is_constant(program, op)) continue;
        Evaluator evaluator(program, kNothing, root);
        evaluator.limit_work(kMaxWork);
        Collection result;
        if (!evaluator.run(i, Scope{&root}, result) || result.size() > 1) continue;
        if (result.empty()) {
            op.code = OpCode::empty;
        } else {
            program.constants.push_back(std::move(result.front()));
            op.code = OpCode::literal;
            op.a = static_cast<std::uint32_t>(program.constants.size() - 1);
        }
        op.input = Op::kFocus;
        op.arguments = 0;
    }
}

}  // namespace causeway::fhirpath
