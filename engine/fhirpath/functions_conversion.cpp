/// Conversions (FHIRPath N1 section 5.5).
#include <algorithm>

#include "core/text.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/quantity.hpp"

namespace causeway::fhirpath {
namespace {

using Converted = std::optional<Value>;

bool equals_any(std::string_view text, std::initializer_list<std::string_view> candidates) {
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](std::string_view each) { return equals_ignoring_case(text, each); });
}

Converted to_boolean(const Value& value) {
    if (const auto boolean = as_boolean(value)) return *boolean;
    if (const auto number = as_number(value)) {
        const auto whole = number->whole();
        if (whole == 0 || whole == 1) return *whole == 1;
        return std::nullopt;
    }
    const auto text = as_string(value);
    if (!text) return std::nullopt;
    if (equals_any(*text, {"true", "t", "yes", "y", "1", "1.0"})) return true;
    if (equals_any(*text, {"false", "f", "no", "n", "0", "0.0"})) return false;
    return std::nullopt;
}

bool is_integer_text(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Converted to_integer(const Value& value) {
    if (const auto boolean = as_boolean(value)) return static_cast<std::int64_t>(*boolean);
    if (const auto integer = as_integer(value)) return *integer;
    const auto text = as_string(value);
    if (!text || !is_integer_text(*text)) return std::nullopt;
    const auto number = Number::parse(*text);
    const auto whole = number ? number->whole() : std::nullopt;
    if (!whole || *whole > 2'147'483'647 || *whole < -2'147'483'648ll) return std::nullopt;
    return static_cast<std::int64_t>(*whole);
}

std::optional<Number> decimal_of(const Value& value) {
    if (const auto boolean = as_boolean(value)) return Number{*boolean ? 10 : 0, 1};
    if (const auto number = as_number(value)) return number;
    const auto text = as_string(value);
    if (!text || text->find_first_of("eE") != std::string_view::npos) return std::nullopt;
    return Number::parse(*text);
}

Converted to_decimal(const Value& value) {
    const auto number = decimal_of(value);
    return number ? Converted(to_value(*number)) : std::nullopt;
}

Converted to_string(const Value& value) {
    const auto* node = as_node(value);
    if (node == nullptr || node->has_value()) return to_text(value);
    const auto quantity = as_written_quantity(value);
    return quantity ? Converted(to_text(*quantity)) : std::nullopt;
}

Converted to_date(const Value& value) {
    const auto cut = [](Moment moment) -> Converted {
        Moment date = moment;
        date.kind = Temporal::Kind::date;
        date.precision = std::min(moment.precision, Precision::day);
        date.zone.reset();
        date.fraction_digits = 0;
        return date.temporal();
    };
    if (const auto* text = std::get_if<std::string>(&value)) {
        const auto moment = parse_date_or_date_time(*text);
        return moment ? cut(*moment) : std::nullopt;
    }
    const auto moment = as_moment(value);
    return moment && moment->kind != Temporal::Kind::time ? cut(*moment) : std::nullopt;
}

Converted to_date_time(const Value& value) {
    auto moment = as_moment(value);
    if (const auto* text = std::get_if<std::string>(&value)) moment = parse_date_or_date_time(*text);
    if (!moment || moment->kind == Temporal::Kind::time) return std::nullopt;
    moment->kind = Temporal::Kind::date_time;
    return moment->temporal();
}

Converted to_time(const Value& value) {
    auto moment = as_moment(value);
    if (const auto* text = std::get_if<std::string>(&value)) moment = Moment::parse(*text, Temporal::Kind::time);
    if (!moment || moment->kind != Temporal::Kind::time) return std::nullopt;
    return moment->temporal();
}

// "1", "1 day", "1 'wk'".
std::optional<Quantity> quantity_of_text(std::string_view text) {
    const auto end = text.find_first_not_of("+-0123456789.");
    const auto number = Number::parse(text.substr(0, end));
    if (!number) return std::nullopt;
    std::string value(text.substr(0, end));
    if (value.front() == '+') value.erase(0, 1);
    if (end == std::string_view::npos) return Quantity{value, "1"};
    auto unit = text.substr(end);
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'')
        return Quantity{value, std::string(unit.substr(1, unit.size() - 2))};
    const bool word = unit.size() > 3 || unit == "day";
    const bool calendar = word && !calendar_unit(unit).empty();
    return calendar ? std::optional(Quantity{value, std::string(unit)}) : std::nullopt;
}

std::optional<Quantity> quantity_of_value(const Value& value) {
    if (auto quantity = as_written_quantity(value)) return quantity;
    if (const auto boolean = as_boolean(value)) return Quantity{*boolean ? "1.0" : "0.0", "1"};
    if (const auto number = as_number(value)) return Quantity{number->text(), "1"};
    const auto text = as_string(value);
    return text ? quantity_of_text(*text) : std::nullopt;
}

// The input as a quantity, in the unit that the argument names; nothing where it is none.
bool to_quantity(Call& call, Converted& result, bool& is_empty) {
    const Value* item = nullptr;
    std::optional<std::string> unit;
    if (!call.single(call.input, item)) return false;
    if (call.arguments() > 0 && !call.string_argument(0, unit)) return false;
    is_empty = item == nullptr || (call.arguments() > 0 && !unit);
    auto quantity = is_empty ? std::nullopt : quantity_of_value(*item);
    if (quantity && unit) quantity = in_unit(*quantity, *unit);
    if (quantity) result = std::move(*quantity);
    return true;
}

bool convert_quantity(Call& call) {
    Converted result;
    bool is_empty = false;
    if (!to_quantity(call, result, is_empty)) return false;
    return !result || call.give(std::move(*result));
}

bool converts_quantity(Call& call) {
    Converted result;
    bool is_empty = false;
    return to_quantity(call, result, is_empty) && (is_empty || call.give(result.has_value()));
}

template <Converted (*convert)(const Value&)>
bool converted(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    auto value = convert(*item);
    if (value) call.give(std::move(*value));
    return true;
}

template <Converted (*convert)(const Value&)>
bool converts(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    return item == nullptr || call.give(convert(*item).has_value());
}

constexpr Function kFunctions[] = {
    {"toBoolean", 0, 0, converted<to_boolean>},    {"convertsToBoolean", 0, 0, converts<to_boolean>},
    {"toInteger", 0, 0, converted<to_integer>},    {"convertsToInteger", 0, 0, converts<to_integer>},
    {"toDecimal", 0, 0, converted<to_decimal>},    {"convertsToDecimal", 0, 0, converts<to_decimal>},
    {"toString", 0, 0, converted<to_string>},      {"convertsToString", 0, 0, converts<to_string>},
    {"toDate", 0, 0, converted<to_date>},          {"convertsToDate", 0, 0, converts<to_date>},
    {"toDateTime", 0, 0, converted<to_date_time>}, {"convertsToDateTime", 0, 0, converts<to_date_time>},
    {"toTime", 0, 0, converted<to_time>},          {"convertsToTime", 0, 0, converts<to_time>},
    {"toQuantity", 0, 1, convert_quantity},        {"convertsToQuantity", 0, 1, converts_quantity},
};

}  // namespace

std::span<const Function> conversion_functions() {
    return kFunctions;
}

}  // namespace causeway::fhirpath
