#include "fhirpath/quantity.hpp"

namespace causeway::fhirpath {
namespace {

// Units that mean the same without conversion; years and months are of the calendar and equal no UCUM unit.
std::string_view normal_unit(std::string_view unit) {
    struct Pair {
        std::string_view name, ucum;
    };
    static constexpr Pair kPairs[] = {
        {"week", "wk"},        {"weeks", "wk"},        {"day", "d"},       {"days", "d"},      {"hour", "h"},
        {"hours", "h"},        {"minute", "min"},      {"minutes", "min"}, {"second", "s"},    {"seconds", "s"},
        {"millisecond", "ms"}, {"milliseconds", "ms"}, {"years", "year"},  {"months", "month"}};
    for (const auto& pair : kPairs)
        if (unit == pair.name) return pair.ucum;
    return unit.empty() ? "1" : unit;
}

bool is_calendar(std::string_view unit) {
    return unit == "year" || unit == "month";
}

/// A unit as one of UCUM, where no date tells how long a year or month is.
struct InUcum {
    std::string_view unit;
    Number times;
};

InUcum in_ucum(std::string_view unit) {
    if (!is_calendar(unit)) return {unit, Number::of(1)};
    return {"d", Number::of(unit == "year" ? 365 : 30)};
}

std::optional<Number> converted(const Number& value, std::string_view from, std::string_view to) {
    if (from == to) return value;
    if (from == "year" && to == "month") return value.times(Number::of(12));
    if (from == "month" && to == "year") return value.over(Number::of(12));
    const auto one = in_ucum(from);
    const auto other = in_ucum(to);
    const auto one_scale = unit_scale(one.unit);
    const auto other_scale = unit_scale(other.unit);
    const auto factor = one_scale && other_scale ? ratio(*one_scale, *other_scale) : std::nullopt;
    const auto whole = factor ? value.times(one.times) : std::nullopt;
    const auto product = whole ? whole->times(*factor) : std::nullopt;
    return product && is_calendar(to) ? product->over(other.times) : product;
}

}  // namespace

std::optional<Quantity> quantity_of(const tree::Node& node) {
    static constexpr std::string_view kUcum = "http://unitsofmeasure.org";
    if (node.kind() != tree::Kind::object) return std::nullopt;
    const auto value = node.child("value");
    if (value.kind() != tree::Kind::number) return std::nullopt;
    const auto code = node.child("code").text();
    const bool coded = node.child("system").text() == kUcum && !code.empty();
    const auto unit = coded ? code : node.child("unit").text();
    return Quantity{std::string(value.text()), unit.empty() ? "1" : std::string(unit)};
}

std::optional<InOneUnit> in_one_unit(const Quantity& a, const Quantity& b, bool loose) {
    const auto left = Number::parse(a.value);
    const auto right = Number::parse(b.value);
    if (!left || !right) return std::nullopt;
    auto left_unit = normal_unit(a.unit);
    auto right_unit = normal_unit(b.unit);
    if (loose) {
        for (auto* unit : {&left_unit, &right_unit}) *unit = *unit == "year" ? "a" : *unit == "month" ? "mo" : *unit;
    }
    if (left_unit == right_unit) return InOneUnit{*left, *right};
    if (left_unit == "year" && right_unit == "month")
        return InOneUnit{left->times(Number::of(12)).value_or(*left), *right};
    if (left_unit == "month" && right_unit == "year")
        return InOneUnit{*left, right->times(Number::of(12)).value_or(*right)};
    if (is_calendar(left_unit) || is_calendar(right_unit)) return std::nullopt;
    const auto left_scale = unit_scale(left_unit);
    const auto right_scale = unit_scale(right_unit);
    if (!left_scale || !right_scale) return std::nullopt;
    return in_one_unit(*left, *left_scale, *right, *right_scale);
}

std::optional<bool> are_equal(const Quantity& a, const Quantity& b) {
    if (const auto pair = in_one_unit(a, b)) return pair->a.compare(pair->b) == 0;
    const auto left = normal_unit(a.unit);
    const auto right = normal_unit(b.unit);
    if (is_calendar(left) || is_calendar(right)) return std::nullopt;
    return unit_scale(left) && unit_scale(right) ? std::optional(false) : std::nullopt;
}

std::optional<Quantity> in_unit(const Quantity& quantity, std::string_view unit) {
    const auto value = Number::parse(quantity.value);
    const auto there = value ? converted(*value, normal_unit(quantity.unit), normal_unit(unit)) : std::nullopt;
    if (!there) return std::nullopt;
    const bool is_same = quantity.unit == unit;
    return Quantity{is_same ? quantity.value : there->shortest().text(), std::string(unit)};
}

}  // namespace causeway::fhirpath
