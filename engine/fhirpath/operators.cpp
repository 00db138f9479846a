/// Operators between two operands (FHIRPath N1 section 6).
#include <algorithm>

#include "fhirpath/collections.hpp"
#include "fhirpath/evaluator.hpp"
#include "fhirpath/quantity.hpp"

namespace causeway::fhirpath {
namespace {

using Truth = std::optional<bool>;

Truth and_of(Truth a, Truth b) {
    if (a == false || b == false) return false;
    return a && b ? Truth(true) : std::nullopt;
}

Truth or_of(Truth a, Truth b) {
    if (a == true || b == true) return true;
    return a && b ? Truth(false) : std::nullopt;
}

Truth logic_of(Operator op, Truth a, Truth b) {
    switch (op) {
        case Operator::and_:
            return and_of(a, b);
        case Operator::or_:
            return or_of(a, b);
        case Operator::xor_:
            return a && b ? Truth(*a != *b) : std::nullopt;
        default:
            return or_of(a ? Truth(!*a) : std::nullopt, b);
    }
}

bool is_logic(Operator op) {
    return op == Operator::and_ || op == Operator::or_ || op == Operator::xor_ || op == Operator::implies_;
}

// Does the left side alone decide?
bool is_decided(Operator op, Truth left) {
    return (op == Operator::and_ && left == false) || (op == Operator::or_ && left == true) ||
           (op == Operator::implies_ && left == false);
}

void give(Truth truth, Collection& out) {
    if (truth) out.emplace_back(*truth);
}

Truth equal_collections(const Collection& a, const Collection& b) {
    if (a.empty() || b.empty()) return std::nullopt;
    if (a.size() != b.size()) return false;
    Truth all = true;
    for (std::size_t i = 0; i < a.size() && all != false; ++i) all = and_of(all, equal(a[i], b[i]));
    return all;
}

bool equivalent_collections(const Collection& a, const Collection& b) {
    if (a.size() != b.size()) return false;
    std::vector<bool> used(b.size(), false);
    for (const auto& item : a) {
        std::size_t i = 0;
        while (i < b.size() && (used[i] || !equivalent(item, b[i]))) ++i;
        if (i == b.size()) return false;
        used[i] = true;
    }
    return true;
}

bool holds(Operator op, Order order) {
    switch (op) {
        case Operator::less:
            return order == Order::less;
        case Operator::less_equal:
            return order != Order::greater;
        case Operator::greater:
            return order == Order::greater;
        default:
            return order != Order::less;
    }
}

bool compared(Evaluator& evaluator, const Op& op, const Collection& a, const Collection& b, Collection& out) {
    if (a.empty() || b.empty()) return true;
    if (a.size() > 1 || b.size() > 1) return evaluator.fail(op, "Compare single items: there is more than one.");
    const auto found = order(a.front(), b.front());
    if (found == Order::incomparable)
        return evaluator.fail(op, "Compare values of one kind: numbers, texts, dates, times or quantities.");
    if (found != Order::unknown) out.emplace_back(holds(op.op, found));
    return true;
}

bool member_of(Evaluator& evaluator, const Op& op, const Collection& item, const Collection& items, Collection& out) {
    if (item.empty()) return true;
    if (item.size() > 1) return evaluator.fail(op, "Look for a single item: there is more than one.");
    out.emplace_back(contains(items, item.front()));
    return true;
}

bool concatenated(Evaluator& evaluator, const Op& op, const Collection& a, const Collection& b, Collection& out) {
    if (a.size() > 1 || b.size() > 1) return evaluator.fail(op, "Join single texts with &: there is more than one.");
    std::string text;
    for (const auto* side : {&a, &b}) {
        if (side->empty()) continue;
        const auto part = as_string(side->front());
        if (!part) return evaluator.fail(op, "Join texts with &.");
        text += *part;
    }
    out.emplace_back(std::move(text));
    return true;
}

std::optional<Number> calculated(Operator op, const Number& a, const Number& b) {
    switch (op) {
        case Operator::add:
            return a.plus(b);
        case Operator::subtract:
            return a.minus(b);
        case Operator::multiply:
            return a.times(b);
        case Operator::divide:
            return a.over(b);
        case Operator::div:
            return a.div(b);
        default:
            return a.mod(b);
    }
}

bool moved(Evaluator& evaluator, const Op& op, const Moment& moment, const Quantity& by, Collection& out) {
    const auto number = Number::parse(by.value);
    const auto amount = number ? number->truncated().whole() : std::nullopt;
    if (calendar_unit(by.unit).empty() || !amount)
        return evaluator.fail(
            op, "Add a time to a date: years, months, weeks, days, hours, minutes, seconds or milliseconds.");
    const auto result = add(moment, op.op == Operator::subtract ? -*amount : *amount, by.unit);
    if (result) out.emplace_back(result->temporal());
    return true;
}

// The unit of a product or quotient, as UCUM writes it in base units.
std::optional<std::string> unit_text(const UnitScale& scale) {
    static constexpr std::string_view kBase[] = {"m", "g", "s", "K", "cd", "C", "rad"};
    if (!scale.arbitrary.empty()) return std::nullopt;
    std::string text;
    for (std::size_t i = 0; i < scale.dimension.size(); ++i) {
        if (scale.dimension[i] == 0) continue;
        if (!text.empty()) text += '.';
        text += kBase[i];
        if (scale.dimension[i] != 1) text += std::to_string(scale.dimension[i]);
    }
    return text.empty() ? "1" : text;
}

// "g/mL", "N.m": units of different kinds stay as they were written.
std::optional<Quantity> written_product(Operator op, const Quantity& a, const Quantity& b) {
    const auto x = Number::parse(a.value);
    const auto y = Number::parse(b.value);
    const auto value = x && y ? calculated(op, *x, *y) : std::nullopt;
    if (!value) return std::nullopt;
    const bool product = op == Operator::multiply;
    const bool simple = b.unit.find_first_of("./(") == std::string::npos;
    std::string unit;
    if (b.unit == "1") {
        unit = a.unit;
    } else if (a.unit == "1" && product) {
        unit = b.unit;
    } else {
        unit = (a.unit == "1" ? "" : a.unit) + (product ? "." : "/") + (simple ? b.unit : "(" + b.unit + ")");
    }
    if (!unit_scale(unit)) return std::nullopt;
    return Quantity{value->shortest().text(), unit};
}

bool combined_quantities(Evaluator& evaluator, const Op& op, const Quantity& a, const Quantity& b, Collection& out) {
    const auto x = Number::parse(a.value);
    const auto y = Number::parse(b.value);
    const auto x_scale = unit_scale(a.unit);
    const auto y_scale = unit_scale(b.unit);
    if (!x || !y || !x_scale || !y_scale) return evaluator.fail(op, "Use UCUM units in a product of quantities.");
    const bool product = op.op == Operator::multiply;
    UnitScale scale = *x_scale;
    for (std::size_t i = 0; i < scale.dimension.size(); ++i)
        scale.dimension[i] += product ? y_scale->dimension[i] : -y_scale->dimension[i];
    scale.arbitrary += y_scale->arbitrary;
    if (x_scale->special != 0 || y_scale->special != 0) return true;
    if (!x_scale->comparable(*y_scale)) {
        if (auto written = written_product(op.op, a, b)) out.emplace_back(std::move(*written));
        return true;
    }
    const auto left = x->times(x_scale->factor);
    const auto right = y->times(y_scale->factor);
    const auto product_value = left && right ? calculated(op.op, *left, *right) : std::nullopt;
    const auto power = Number::parse(
        "1e" + std::to_string(product ? x_scale->exponent + y_scale->exponent : x_scale->exponent - y_scale->exponent));
    const auto value = product_value && power ? product_value->times(*power) : std::nullopt;
    const auto unit = unit_text(scale);
    if (value && unit) out.emplace_back(Quantity{value->shortest().text(), *unit});
    return true;
}

bool quantity_arithmetic(Evaluator& evaluator, const Op& op, const Value& a, const Value& b, Collection& out) {
    const auto left = as_quantity(a);
    const auto right = as_quantity(b);
    if (!left || !right) return evaluator.fail(op, "Calculate with numbers or quantities on both sides.");
    if (op.op == Operator::multiply || op.op == Operator::divide)
        return combined_quantities(evaluator, op, *left, *right, out);
    if (op.op != Operator::add && op.op != Operator::subtract)
        return evaluator.fail(op, "Use + - * or / with quantities.");
    // Years and months have no length that days could be added to.
    const auto other = in_one_unit(*left, *right) ? in_unit(*right, left->unit) : std::nullopt;
    const auto x = Number::parse(left->value);
    const auto y = other ? Number::parse(other->value) : std::nullopt;
    if (!x || !y) return true;
    if (const auto sum = calculated(op.op, *x, *y)) out.emplace_back(Quantity{sum->text(), left->unit});
    return true;
}

bool calculated_collections(Evaluator& evaluator, const Op& op, const Collection& a, const Collection& b,
                            Collection& out) {
    if (a.empty() || b.empty()) return true;
    if (a.size() > 1 || b.size() > 1) return evaluator.fail(op, "Calculate with single items: there is more than one.");
    return arithmetic(evaluator, op, a.front(), b.front(), out);
}

}  // namespace

bool arithmetic(Evaluator& evaluator, const Op& op, const Value& left, const Value& right, Collection& out) {
    const bool additive = op.op == Operator::add || op.op == Operator::subtract;
    const auto by = std::get_if<Quantity>(&right);
    if (additive && by != nullptr && !as_written_quantity(left)) {
        if (const auto moment = as_moment(left)) return moved(evaluator, op, *moment, *by, out);
    }
    const auto x = as_number(left);
    const auto y = as_number(right);
    if (x && y) {
        const bool integer =
            op.op == Operator::div || (op.op != Operator::divide && is_integer(left) && is_integer(right));
        if (const auto result = calculated(op.op, *x, *y)) out.push_back(to_value(*result, integer));
        return true;
    }
    if (as_written_quantity(left) || as_written_quantity(right))
        return quantity_arithmetic(evaluator, op, left, right, out);
    const auto a = as_string(left);
    const auto b = as_string(right);
    if (op.op == Operator::add && a && b) return out.emplace_back(std::string(*a).append(*b)), true;
    return evaluator.fail(op, "Calculate with numbers, quantities, or a date and a time span.");
}

bool Evaluator::logic(const Op& op, const Scope& scope, const Collection& left, Collection& out) {
    Truth a;
    Truth b;
    if (!truth(op, left, a)) return false;
    if (is_decided(op.op, a)) {
        give(logic_of(op.op, a, std::nullopt), out);
        return true;
    }
    Collection right;
    if (!run(program_.arguments[op.first_argument], scope, right) || !truth(op, right, b)) return false;
    give(logic_of(op.op, a, b), out);
    return true;
}

bool Evaluator::binary(const Op& op, const Scope& scope, Collection& out) {
    Collection a;
    if (!run(op.input, scope, a)) return false;
    if (is_logic(op.op)) return logic(op, scope, a, out);
    Collection b;
    if (!run(program_.arguments[op.first_argument], scope, b)) return false;
    switch (op.op) {
        case Operator::equal:
            give(equal_collections(a, b), out);
            return spend(op, a.size());
        case Operator::not_equal: {
            const auto truth = equal_collections(a, b);
            give(truth ? Truth(!*truth) : truth, out);
            return spend(op, a.size());
        }
        case Operator::equivalent:
        case Operator::not_equivalent:
            if (!spend(op, a.size() * b.size())) return false;
            out.emplace_back(equivalent_collections(a, b) == (op.op == Operator::equivalent));
            return true;
        case Operator::less:
        case Operator::less_equal:
        case Operator::greater:
        case Operator::greater_equal:
            return compared(*this, op, a, b, out);
        case Operator::union_:
            return unite(*this, op, a, b, out);
        case Operator::in:
            return member_of(*this, op, a, b, out);
        case Operator::contains:
            return member_of(*this, op, b, a, out);
        case Operator::concatenate:
            return concatenated(*this, op, a, b, out);
        default:
            return calculated_collections(*this, op, a, b, out);
    }
}

}  // namespace causeway::fhirpath
