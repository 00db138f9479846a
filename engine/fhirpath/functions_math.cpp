/// Math (FHIRPath N1 section 5.7) and the bounds of what a precision leaves open (2.1: lowBoundary, highBoundary).
#include <cmath>

#include "fhirpath/functions.hpp"
#include "fhirpath/units.hpp"

namespace causeway::fhirpath {
namespace {

// The number of the input; nothing where it is empty.
bool input_number(Call& call, std::optional<Number>& number) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    number = as_number(*item);
    return number || call.fail("Call " + std::string(call.op.function->name) + "() on a number.");
}

bool number_argument(Call& call, std::size_t i, std::optional<Number>& number) {
    Collection items;
    const Value* item = nullptr;
    if (!call.evaluate(i, items) || !call.single(items, item)) return false;
    if (item == nullptr) return true;
    number = as_number(*item);
    return number || call.fail("Give " + std::string(call.op.function->name) + "() a number as argument.");
}

bool absolute(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    const auto positive = [](const Number& n) { return n.negative() ? n.negated() : n; };
    if (const auto number = as_number(*item)) return call.give(to_value(positive(*number), is_integer(*item)));
    const auto quantity = as_written_quantity(*item);
    const auto number = quantity ? Number::parse(quantity->value) : std::nullopt;
    if (!number) return call.fail("Call abs() on a number or quantity.");
    return call.give(Quantity{positive(*number).text(), quantity->unit});
}

template <Number (*round)(const Number&)>
bool to_whole(Call& call) {
    std::optional<Number> number;
    if (!input_number(call, number)) return false;
    return !number || call.give(to_value(round(*number), true));
}

Number ceiling(const Number& n) {
    return n.negated().floor().negated();
}
Number floored(const Number& n) {
    return n.floor();
}
Number truncated(const Number& n) {
    return n.truncated();
}

bool rounded(Call& call) {
    std::optional<Number> number;
    std::optional<std::int64_t> decimals;
    if (!input_number(call, number)) return false;
    if (call.arguments() > 0 && !call.integer_argument(0, decimals)) return false;
    if (!number) return true;
    if (decimals && (*decimals < 0 || *decimals > Number::kMaxScale)) return call.fail("Round to 0 to 28 decimals.");
    return call.give(to_value(number->rounded(static_cast<int>(decimals.value_or(0))), !decimals));
}

// A result that is no real number is empty.
bool give_real(Call& call, double value) {
    if (const auto number = Number::from(value)) call.give(to_value(*number));
    return true;
}

template <double (*calculate)(double)>
bool real(Call& call) {
    std::optional<Number> number;
    if (!input_number(call, number)) return false;
    return !number || give_real(call, calculate(number->value()));
}

bool logarithm(Call& call) {
    std::optional<Number> number;
    std::optional<Number> base;
    if (!input_number(call, number) || !number_argument(call, 0, base)) return false;
    if (!number || !base) return true;
    const double b = base->value();
    const double x = number->value();
    // Exact where the library is: log2(8) is 3, log(8)/log(2) is a little less.
    return give_real(call, b == 2 ? std::log2(x) : b == 10 ? std::log10(x) : std::log(x) / std::log(b));
}

bool power(Call& call) {
    std::optional<Number> number;
    std::optional<Number> exponent;
    if (!input_number(call, number) || !number_argument(call, 0, exponent)) return false;
    if (!number || !exponent) return true;
    const bool whole = number->scale == 0 && exponent->scale == 0 && !exponent->negative();
    const auto result = Number::from(std::pow(number->value(), exponent->value()));
    if (result) call.give(to_value(*result, whole));
    return true;
}

// ---- Boundaries

constexpr int kDefaultDecimals = 8;

// The edge at that many decimals as the official tests have it: cut towards zero, rounded away from it.
std::optional<Number> bounded(const Number& edge, int decimals, bool high) {
    if (edge.scale <= decimals) return edge.scaled_to(decimals);
    const bool away = high != edge.negative();
    if (away) return edge.rounded(decimals);
    const Number cut = edge.rounded(decimals);
    const Number step{edge.negative() ? -1 : 1, decimals};
    const int beyond = cut.compare(edge) * (edge.negative() ? -1 : 1);
    return beyond > 0 ? cut.minus(step) : cut;
}

std::optional<Number> number_boundary(const Number& number, std::optional<std::int64_t> wanted, bool high) {
    const auto decimals = wanted.value_or(kDefaultDecimals);
    if (decimals < 0 || decimals > Number::kMaxScale) return std::nullopt;
    if (number.scale >= Number::kMaxScale) return std::nullopt;
    const Number half{5, number.scale + 1};
    const auto edge = high ? number.plus(half) : number.minus(half);
    return edge ? bounded(*edge, static_cast<int>(decimals), high) : std::nullopt;
}

struct Digits {
    int digits;
    Precision precision;
};
constexpr Digits kDateDigits[] = {{4, Precision::year},   {6, Precision::month},   {8, Precision::day},
                                  {10, Precision::hour},  {12, Precision::minute}, {14, Precision::second},
                                  {17, Precision::second}};
constexpr Digits kTimeDigits[] = {
    {2, Precision::hour}, {4, Precision::minute}, {6, Precision::second}, {9, Precision::second}};

void fill(Moment& moment, bool high) {
    switch (moment.precision) {
        case Precision::year:
            moment.month = high ? 12 : 1;
            [[fallthrough]];
        case Precision::month:
            moment.day = high ? days_in_month(moment.year, moment.month) : 1;
            [[fallthrough]];
        case Precision::day:
            moment.hour = high ? 23 : 0;
            [[fallthrough]];
        case Precision::hour:
            moment.minute = high ? 59 : 0;
            [[fallthrough]];
        case Precision::minute:
            moment.second = high ? 59 : 0;
            [[fallthrough]];
        case Precision::second:
            break;
    }
}

std::optional<Moment> moment_boundary(Moment moment, std::optional<std::int64_t> wanted, bool high) {
    const bool is_time = moment.kind == Temporal::Kind::time;
    const auto digits = wanted.value_or(is_time ? 9 : moment.kind == Temporal::Kind::date ? 8 : 17);
    const auto table = is_time ? std::span<const Digits>(kTimeDigits) : std::span<const Digits>(kDateDigits);
    const auto* row =
        std::find_if(table.data(), table.data() + table.size(), [&](const Digits& d) { return d.digits == digits; });
    if (row == table.data() + table.size()) return std::nullopt;
    const bool known_milliseconds = moment.fraction_digits == 3;
    // FHIR has no dateTime that ends with the hour: T08 is 08:00.
    if (moment.kind == Temporal::Kind::date_time && moment.precision == Precision::hour)
        moment.precision = Precision::minute;
    fill(moment, high);
    if (!known_milliseconds) moment.milliseconds = high ? 999 : 0;
    moment.precision = row->precision;
    moment.fraction_digits = digits == 17 || (is_time && digits == 9) ? 3 : 0;
    if (is_time) return moment;
    moment.kind = digits <= 8 ? Temporal::Kind::date : Temporal::Kind::date_time;
    if (digits <= 8) {
        moment.zone.reset();
    } else if (!moment.zone) {
        moment.zone = high ? -12 * 60 : 14 * 60;
    }
    return moment;
}

template <bool high>
bool boundary(Call& call) {
    const Value* item = nullptr;
    std::optional<std::int64_t> wanted;
    if (!call.single(call.input, item)) return false;
    if (call.arguments() > 0 && !call.integer_argument(0, wanted)) return false;
    if (item == nullptr) return true;
    if (const auto number = as_number(*item)) {
        const auto edge = number_boundary(*number, wanted, high);
        if (!edge) return true;
        // Below zero by less than the decimals show: the official tests keep the sign.
        if (edge->is_zero() && number->negative()) return call.give(Decimal{0, "-" + edge->text()});
        return call.give(to_value(*edge));
    }
    if (const auto quantity = as_written_quantity(*item)) {
        const auto number = Number::parse(quantity->value);
        const auto edge = number ? number_boundary(*number, wanted, high) : std::nullopt;
        if (edge) call.give(Quantity{edge->text(), quantity->unit});
        return true;
    }
    const auto moment = as_moment(*item);
    if (!moment)
        return call.fail("Call " + std::string(call.op.function->name) + "() on a number, quantity, date or time.");
    const auto edge = moment_boundary(*moment, wanted, high);
    if (edge) call.give(edge->temporal());
    return true;
}

bool precision(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    if (const auto number = as_number(*item)) return call.give(static_cast<std::int64_t>(number->scale));
    const auto moment = as_moment(*item);
    if (!moment) return call.fail("Call precision() on a decimal, date or time.");
    const auto text = moment->text();
    // Digits without those of a time zone.
    const auto zone = moment->zone && *moment->zone != 0 ? 4 : 0;
    return call.give(static_cast<std::int64_t>(
                         std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) -
                     zone);
}

bool comparable(Call& call) {
    const Value* item = nullptr;
    Collection other;
    const Value* argument = nullptr;
    if (!call.single(call.input, item) || !call.evaluate(0, other) || !call.single(other, argument)) return false;
    if (item == nullptr || argument == nullptr) return true;
    const auto a = as_quantity(*item);
    const auto b = as_quantity(*argument);
    if (!a || !b) return call.fail("Call comparable() with quantities.");
    const auto x = unit_scale(a->unit);
    const auto y = unit_scale(b->unit);
    return call.give(a->unit == b->unit || (x && y && x->comparable(*y)));
}

constexpr Function kFunctions[] = {
    {"abs", 0, 0, absolute},
    {"ceiling", 0, 0, to_whole<ceiling>},
    {"floor", 0, 0, to_whole<floored>},
    {"truncate", 0, 0, to_whole<truncated>},
    {"round", 0, 1, rounded},
    {"sqrt", 0, 0, real<std::sqrt>},
    {"exp", 0, 0, real<std::exp>},
    {"ln", 0, 0, real<std::log>},
    {"log", 1, 1, logarithm},
    {"power", 1, 1, power},
    {"lowBoundary", 0, 1, boundary<false>},
    {"highBoundary", 0, 1, boundary<true>},
    {"precision", 0, 0, precision},
    {"comparable", 1, 1, comparable},
};

}  // namespace

std::span<const Function> math_functions() {
    return kFunctions;
}

}  // namespace causeway::fhirpath
