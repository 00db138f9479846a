#include "fhirpath/parser.hpp"

#include <algorithm>
#include <optional>

#include "core/text.hpp"
#include "fhirpath/decimal.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/lexer.hpp"
#include "fhirpath/types.hpp"
#include "fhirpath/value.hpp"

namespace causeway::fhirpath {
namespace {

struct Infix {
    std::string_view text;
    Operator op;
    int precedence;
};
constexpr int kTypePrecedence = 8;
constexpr Infix kInfix[] = {{"implies", Operator::implies_, 1},
                            {"or", Operator::or_, 2},
                            {"xor", Operator::xor_, 2},
                            {"and", Operator::and_, 3},
                            {"in", Operator::in, 4},
                            {"contains", Operator::contains, 4},
                            {"=", Operator::equal, 5},
                            {"~", Operator::equivalent, 5},
                            {"!=", Operator::not_equal, 5},
                            {"!~", Operator::not_equivalent, 5},
                            {"<", Operator::less, 6},
                            {"<=", Operator::less_equal, 6},
                            {">", Operator::greater, 6},
                            {">=", Operator::greater_equal, 6},
                            {"|", Operator::union_, 7},
                            {"+", Operator::add, 9},
                            {"-", Operator::subtract, 9},
                            {"&", Operator::concatenate, 9},
                            {"*", Operator::multiply, 10},
                            {"/", Operator::divide, 10},
                            {"div", Operator::div, 10},
                            {"mod", Operator::mod, 10}};

constexpr std::string_view kDateTimeUnits[] = {"year",   "years",   "month",       "months",      "week",   "weeks",
                                               "day",    "days",    "hour",        "hours",       "minute", "minutes",
                                               "second", "seconds", "millisecond", "milliseconds"};

/// Precedence climbing. After a mistake `error_` is set and every production returns at once.
class Parser {
public:
    Parser(std::vector<Token> tokens, std::string_view text, const CompileOptions& options)
        : tokens_(std::move(tokens)) {
        program_.text = text;
        program_.definitions = options.definitions;
        program_.strict = options.strict;
        program_.lenient_as = options.lenient_as;
    }

    std::variant<std::shared_ptr<Program>, CompileError> run() {
        program_.root = expression(0);
        if (!error_ && peek().kind != Token::Kind::end) fail(peek(), "Put an operator here, or end the expression.");
        if (error_) return *error_;
        return std::make_shared<Program>(std::move(program_));
    }

private:
    const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
    const Token& take() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
    bool take(std::string_view symbol) { return peek().is(symbol) ? (take(), true) : false; }

    std::uint32_t fail(const Token& at, std::string what) {
        if (!error_) error_ = CompileError{at.column, std::move(what)};
        return 0;
    }

    void expect(std::string_view symbol) {
        if (!take(symbol)) fail(peek(), "Put " + std::string(symbol) + " here.");
    }

    std::uint32_t add(Op op, const Token& at) {
        op.column = static_cast<std::uint32_t>(at.column);
        op.begin = op.input != Op::kFocus ? program_.ops[op.input].begin : op.column - 1;
        op.end = static_cast<std::uint32_t>(at_ > 0 ? tokens_[at_ - 1].end : at.end);
        if (op.input != Op::kFocus) op.depth = program_.ops[op.input].depth + 1;
        for (std::uint32_t i = 0; i < op.arguments; ++i)
            op.depth = std::max(op.depth, program_.ops[program_.arguments[op.first_argument + i]].depth + 1);
        if (op.depth > kMaxDepth) return fail(at, "Split the expression: it nests too deeply.");
        program_.ops.push_back(op);
        return static_cast<std::uint32_t>(program_.ops.size() - 1);
    }

    std::uint32_t name(std::string text) {
        const auto found = std::find(program_.names.begin(), program_.names.end(), text);
        if (found != program_.names.end()) return static_cast<std::uint32_t>(found - program_.names.begin());
        program_.names.push_back(std::move(text));
        return static_cast<std::uint32_t>(program_.names.size() - 1);
    }

    std::uint32_t literal(Value value, const Token& at) {
        program_.constants.push_back(std::move(value));
        Op op;
        op.code = OpCode::literal;
        op.a = static_cast<std::uint32_t>(program_.constants.size() - 1);
        return add(op, at);
    }

    std::uint32_t simple(OpCode code, const Token& at, std::uint32_t a = 0, std::uint32_t input = Op::kFocus) {
        Op op;
        op.code = code;
        op.a = a;
        op.input = input;
        return add(op, at);
    }

    void set_arguments(Op& op, const std::vector<std::uint32_t>& arguments) {
        op.first_argument = static_cast<std::uint32_t>(program_.arguments.size());
        op.arguments = static_cast<std::uint32_t>(arguments.size());
        program_.arguments.insert(program_.arguments.end(), arguments.begin(), arguments.end());
    }

    static const Infix* infix(const Token& token) {
        if (token.kind != Token::Kind::symbol && token.kind != Token::Kind::identifier) return nullptr;
        const auto* found = std::find_if(std::begin(kInfix), std::end(kInfix),
                                         [&](const Infix& each) { return each.text == token.text; });
        return found == std::end(kInfix) ? nullptr : found;
    }

    std::uint32_t expression(int minimum) {
        if (++nesting_ > kMaxDepth) fail(peek(), "Split the expression: it nests too deeply.");
        auto left = error_ ? 0 : unary();
        while (!error_) {
            const Token& token = peek();
            if (token.is_word("is") || token.is_word("as")) {
                if (kTypePrecedence < minimum) break;
                take();
                left = type_operator(left, token);
                continue;
            }
            const auto* operation = infix(token);
            if (operation == nullptr || operation->precedence < minimum) break;
            take();
            const auto right = expression(operation->precedence + 1);
            if (error_) break;
            Op op;
            op.code = OpCode::binary;
            op.op = operation->op;
            op.input = left;
            set_arguments(op, {right});
            left = add(op, token);
        }
        --nesting_;
        return left;
    }

    std::uint32_t type_operator(std::uint32_t left, const Token& token) {
        const auto type = type_specifier();
        if (error_) return 0;
        return simple(token.text == "is" ? OpCode::is_type : OpCode::as_type, token, type, left);
    }

    bool is_name(const Token& token) const {
        return token.kind == Token::Kind::identifier || token.kind == Token::Kind::quoted_identifier;
    }

    std::uint32_t type_specifier() {
        const Token& first = peek();
        if (!is_name(first)) return fail(first, "Put a type's name here.");
        TypeName type{"", take().text, 0, {}};
        if (peek().is(".") && is_name(peek(1)) && (type.name == "System" || type.name == "FHIR")) {
            take();
            type = {type.name, take().text, 0, {}};
        }
        const auto* definitions = program_.definitions.get();
        if (definitions != nullptr && type.space != "System") type.structure = type_structure(*definitions, type.name);
        if (!is_known_type(type, definitions))
            return fail(first,
                        "Use the name of a FHIR or System type." + did_you_mean(type.name, known_types(definitions)));
        if (program_.lenient_as) type.lenient = lenient_name(type);
        program_.types.push_back(std::move(type));
        return static_cast<std::uint32_t>(program_.types.size() - 1);
    }

    std::uint32_t unary() {
        const Token& token = peek();
        if (!token.is("-") && !token.is("+")) return postfix();
        take();
        if (++nesting_ > kMaxDepth) return fail(token, "Split the expression: it nests too deeply.");
        const auto operand = unary();
        --nesting_;
        if (error_) return 0;
        return simple(token.is("-") ? OpCode::negate : OpCode::plus_sign, token, 0, operand);
    }

    std::uint32_t postfix() {
        auto left = term();
        while (!error_) {
            const Token& token = peek();
            if (take(".")) {
                left = invocation(left);
            } else if (take("[")) {
                const auto argument = expression(0);
                expect("]");
                if (error_) break;
                Op op;
                op.code = OpCode::indexer;
                op.input = left;
                set_arguments(op, {argument});
                left = add(op, token);
            } else {
                break;
            }
        }
        return left;
    }

    std::uint32_t term() {
        const Token& token = peek();
        switch (token.kind) {
            case Token::Kind::string:
                take();
                return literal(token.text, token);
            case Token::Kind::number:
                take();
                return number(token);
            case Token::Kind::temporal:
                take();
                return literal(Temporal{token.temporal, token.text}, token);
            case Token::Kind::variable:
                take();
                return simple(OpCode::variable, token, name(token.text));
            case Token::Kind::symbol:
                return bracket();
            case Token::Kind::end:
                return fail(token, "Finish the expression: a value is missing here.");
            default:
                return invocation(Op::kFocus);
        }
    }

    std::uint32_t bracket() {
        const Token& token = peek();
        if (take("(")) {
            const auto inner = expression(0);
            expect(")");
            if (error_) return 0;
            program_.ops[inner].begin = static_cast<std::uint32_t>(token.column - 1);
            program_.ops[inner].end = static_cast<std::uint32_t>(tokens_[at_ - 1].end);
            return inner;
        }
        if (take("{")) {
            expect("}");
            return error_ ? 0 : simple(OpCode::empty, token);
        }
        return fail(token, "Put a value, a name or a function here.");
    }

    std::uint32_t number(const Token& token) {
        const Token& unit = peek();
        const bool calendar =
            unit.kind == Token::Kind::identifier &&
            std::find(std::begin(kDateTimeUnits), std::end(kDateTimeUnits), unit.text) != std::end(kDateTimeUnits);
        const auto value = Number::parse(token.text);
        if (!value) return fail(token, "Write a smaller number.");
        if (calendar || unit.kind == Token::Kind::string) {
            take();
            return literal(Quantity{token.text, unit.text}, token);
        }
        return literal(to_value(*value, value->scale == 0), token);
    }

    std::uint32_t invocation(std::uint32_t input) {
        const Token& token = peek();
        if (token.kind == Token::Kind::special) {
            take();
            if (input != Op::kFocus) return fail(token, "Write $" + token.text + " at the start of a path.");
            return simple(token.text == "this"    ? OpCode::self
                          : token.text == "index" ? OpCode::index
                                                  : OpCode::total,
                          token);
        }
        if (token.kind == Token::Kind::hl7_path) return hl7_path(input);
        if (!is_name(token)) return fail(token, "Put an element's or a function's name here.");
        take();
        if (token.kind == Token::Kind::identifier) {
            if (peek().is("(")) return function(input, token);
            if (token.text == "true" || token.text == "false") {
                if (input == Op::kFocus) return literal(token.text == "true", token);
                return fail(token, "Write an operator before " + token.text + ".");
            }
        }
        return member(input, token);
    }

    std::uint32_t member(std::uint32_t input, const Token& token) {
        const bool upper = token.text[0] >= 'A' && token.text[0] <= 'Z';
        return simple(input == Op::kFocus && upper ? OpCode::start : OpCode::member, token, name(token.text), input);
    }

    std::uint32_t hl7_path(std::uint32_t input) {
        const Token& token = take();
        auto path = hl7v2::Path::parse(token.text);
        if (!path) return fail(token, path.error().what);
        program_.paths.push_back(std::move(path).value());
        return simple(OpCode::hl7_path, token, static_cast<std::uint32_t>(program_.paths.size() - 1), input);
    }

    std::uint32_t function(std::uint32_t input, const Token& token) {
        const auto* found = find_function(token.text);
        if (found == nullptr)
            return fail(
                token, "Use a FHIRPath function here: this name is none." + did_you_mean(token.text, function_names()));
        expect("(");
        Op op;
        op.code = OpCode::function;
        op.function = found;
        op.input = input;
        std::vector<std::uint32_t> arguments;
        if (found->takes_type) {
            op.a = type_specifier();
            op.arguments = 0;
        } else {
            while (!error_ && !peek().is(")")) {
                arguments.push_back(argument(*found));
                if (!peek().is(")")) expect(",");
            }
        }
        expect(")");
        if (error_) return 0;
        if (!found->takes_type && (arguments.size() < found->minimum || arguments.size() > found->maximum))
            return fail(token, "Give " + token.text + "() " + count_text(*found) + ".");
        set_arguments(op, arguments);
        if (!prepare_regex(op, token)) return 0;
        return add(op, token);
    }

    std::uint32_t argument(const Function& function) {
        const Token& token = peek();
        if (function.name != "sort" || !take("-")) return expression(0);
        const auto criterion = expression(0);
        return error_ ? 0 : simple(OpCode::descending, token, 0, criterion);
    }

    static std::string count_text(const Function& function) {
        const auto plural = [](std::size_t n) { return std::to_string(n) + (n == 1 ? " argument" : " arguments"); };
        if (function.maximum == 0) return "no arguments";
        if (function.minimum == function.maximum) return plural(function.minimum);
        return std::to_string(function.minimum) + " to " + plural(function.maximum);
    }

    // A literal pattern is compiled once, and a wrong one is a mistake of the expression.
    bool prepare_regex(Op& op, const Token& token) {
        if (!op.function->takes_regex) return true;
        const Op& pattern = program_.ops[program_.arguments[op.first_argument]];
        if (pattern.code != OpCode::literal) return true;
        const auto* text = std::get_if<std::string>(&program_.constants[pattern.a]);
        if (text == nullptr) return true;
        auto regex = Regex::compile(*text);
        if (!regex) {
            fail(token, "Correct the regular expression; back-references and look-around are not supported.");
            return false;
        }
        program_.regexes.push_back(std::move(*regex));
        op.a = static_cast<std::uint32_t>(program_.regexes.size());
        return true;
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::uint32_t nesting_ = 0;
    Program program_;
    std::optional<CompileError> error_;
};

}  // namespace

std::variant<std::shared_ptr<Program>, CompileError> parse(std::string_view text, const CompileOptions& options) {
    if (text.size() > kMaxExpression) return CompileError{1, "Split the expression: it is too long."};
    if (!is_valid_utf8(text)) return CompileError{1, "Write the expression in UTF-8."};
    auto tokens = lex(text);
    if (auto* error = std::get_if<CompileError>(&tokens)) return *error;
    return Parser(std::move(std::get<std::vector<Token>>(tokens)), text, options).run();
}

}  // namespace causeway::fhirpath
