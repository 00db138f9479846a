#include "fhirpath/expression.hpp"

#include "fhirpath/check.hpp"
#include "fhirpath/evaluator.hpp"
#include "fhirpath/fold.hpp"
#include "fhirpath/parser.hpp"
#include "fhirpath/quick.hpp"

namespace causeway::fhirpath {
namespace {

Collection items_of(const tree::Node& focus) {
    return focus ? Collection{focus} : Collection();
}

std::optional<Quick> quick_for(const Program& program, const tree::Node& focus, const Environment& environment) {
    const auto* tape = tape_of(focus.document());
    if (tape == nullptr) return std::nullopt;
    return std::optional<Quick>(std::in_place, program, *tape, environment, static_cast<std::uint32_t>(focus.handle()));
}

// The result, if the short way is sure of it.
bool quickly(const Program& program, const tree::Node& focus, const Environment& environment, Collection& out) {
    const bool nodes = Quick::knows_nodes(program);
    if (!nodes && !Quick::gives_truth(program)) return false;
    auto quick = quick_for(program, focus, environment);
    if (!quick) return false;
    if (nodes) {
        if (quick->nodes([&](const tree::Node& node) { out.emplace_back(node); })) return true;
        out.clear();
        return false;
    }
    const auto answer = quick->condition();
    if (answer == Quick::Answer::unsure) return false;
    if (answer != Quick::Answer::nothing) out.emplace_back(answer == Quick::Answer::yes);
    return true;
}

}  // namespace

std::variant<Expression, CompileError> Expression::compile(std::string_view text, const CompileOptions& options) {
    auto parsed = parse(text, options);
    if (auto* error = std::get_if<CompileError>(&parsed)) return std::move(*error);
    auto program = std::move(std::get<std::shared_ptr<Program>>(parsed));
    if (auto error = check(*program, options)) return std::move(*error);
    fold(*program);
    mark_quick(*program);
    Expression expression;
    expression.program_ = std::move(program);
    return expression;
}

const std::string& Expression::text() const {
    static const std::string kNone;
    return program_ ? program_->text : kNone;
}

Result<Collection> Expression::evaluate(const tree::Node& focus, const Environment& environment) const {
    if (!program_) return Collection();
    if (Collection out; quickly(*program_, focus, environment, out)) return out;
    const auto root = items_of(focus);
    Evaluator evaluator(*program_, environment, root);
    if (!evaluator.run()) return std::move(evaluator.error());
    return std::move(evaluator.result());
}

Result<Collection> Expression::explain(const tree::Node& focus, const Environment& environment,
                                       std::vector<Explained>& steps) const {
    if (!program_) return Collection();
    const auto root = items_of(focus);
    Evaluator evaluator(*program_, environment, root);
    evaluator.explain_to(steps);
    if (!evaluator.run()) return std::move(evaluator.error());
    return std::move(evaluator.result());
}

Result<bool> Expression::test(const tree::Node& focus, const Environment& environment) const {
    if (program_ && Quick::knows_condition(*program_)) {
        auto quick = quick_for(*program_, focus, environment);
        const auto answer = quick ? quick->condition() : Quick::Answer::unsure;
        if (answer != Quick::Answer::unsure) return answer == Quick::Answer::yes;
    }
    auto items = evaluate(focus, environment);
    if (!items) return items.error();
    return items->size() == 1 && as_boolean(items->front()) == true;
}

Result<std::string> Expression::text_of(const tree::Node& focus, const Environment& environment) const {
    if (program_ && Quick::knows_nodes(*program_)) {
        std::optional<tree::Node> node;
        if (auto quick = quick_for(*program_, focus, environment); quick && quick->first(node))
            return node ? std::string(node->text()) : std::string();
    }
    auto items = evaluate(focus, environment);
    if (!items) return items.error();
    return items->empty() ? std::string() : to_text(items->front());
}

}  // namespace causeway::fhirpath
