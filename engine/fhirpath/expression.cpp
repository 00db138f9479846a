#include "fhirpath/expression.hpp"

#include "fhirpath/evaluator.hpp"
#include "fhirpath/parser.hpp"

namespace causeway::fhirpath {

std::variant<Expression, CompileError> Expression::compile(std::string_view text) {
    auto parsed = parse(text);
    if (auto* error = std::get_if<CompileError>(&parsed)) return std::move(*error);
    Expression expression;
    expression.program_ = std::move(std::get<std::shared_ptr<const Program>>(parsed));
    return expression;
}

const std::string& Expression::text() const {
    static const std::string kNone;
    return program_ ? program_->text : kNone;
}

Result<Collection> Expression::evaluate(const tree::Node& focus, const Environment& environment) const {
    if (!program_) return Collection();
    Collection root;
    if (focus) root.emplace_back(focus);
    Evaluator evaluator(*program_, environment, root);
    if (!evaluator.run()) return std::move(evaluator.error());
    return std::move(evaluator.result());
}

Result<bool> Expression::test(const tree::Node& focus, const Environment& environment) const {
    auto items = evaluate(focus, environment);
    if (!items) return items.error();
    return items->size() == 1 && as_boolean(items->front()) == true;
}

Result<std::string> Expression::text_of(const tree::Node& focus, const Environment& environment) const {
    auto items = evaluate(focus, environment);
    if (!items) return items.error();
    return items->empty() ? std::string() : to_text(items->front());
}

}  // namespace causeway::fhirpath
