#include "fhirpath/units.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace causeway::fhirpath {
namespace {

constexpr int kMaxDepth = 8;
constexpr int kMaxPower = 30;
constexpr int kMaxExponent = 300;

const UnitAtom* find_atom(std::string_view symbol) {
    const auto atoms = unit_atoms();
    const auto found = std::lower_bound(atoms.begin(), atoms.end(), symbol,
                                        [](const UnitAtom& atom, std::string_view text) { return atom.symbol < text; });
    return found == atoms.end() || found->symbol != symbol ? nullptr : &*found;
}

UnitScale scale_of(const UnitAtom& atom, const UnitPrefix& prefix) {
    UnitScale scale;
    scale.factor = {atom.mantissa, 0};
    if (prefix.binary != 0) scale.factor.coefficient <<= prefix.binary;
    scale.exponent = atom.exponent + prefix.exponent;
    scale.dimension = atom.dimension;
    // Both spellings are in use for the one international unit.
    if ((atom.flags & kOwnScale) != 0) scale.arbitrary = atom.symbol == "[IU]" ? "[iU]" : atom.symbol;
    scale.special = atom.flags & (kCelsius | kFahrenheit | kReaumur);
    return scale;
}

// "mg", "[lb_av]".
std::optional<UnitScale> known_symbol(std::string_view symbol) {
    if (const auto* atom = find_atom(symbol)) return scale_of(*atom, {});
    for (const auto& prefix : unit_prefixes()) {
        if (!symbol.starts_with(prefix.symbol)) continue;
        const auto* atom = find_atom(symbol.substr(prefix.symbol.size()));
        if (atom != nullptr && (atom->flags & kMetric) != 0) return scale_of(*atom, prefix);
    }
    return std::nullopt;
}

// At most 18 digits, so that a product fits.
bool shorten(UnitScale& scale) {
    constexpr Int128 kLimit = 1'000'000'000'000'000'000;
    scale.factor = scale.factor.shortest();
    while (scale.factor.coefficient >= kLimit || scale.factor.coefficient <= -kLimit) {
        scale.factor.coefficient = (scale.factor.coefficient + 5) / 10;
        --scale.factor.scale;
    }
    scale.exponent -= scale.factor.scale;
    scale.factor.scale = 0;
    return scale.exponent > -kMaxExponent && scale.exponent < kMaxExponent;
}

bool multiply(UnitScale& result, const UnitScale& by, bool inverse) {
    Number factor = by.factor;
    int exponent = by.exponent;
    if (inverse) {
        // 10^36 / factor keeps 18 digits for the longest one.
        constexpr int kShift = 36;
        const auto one = Number::parse("1e36");
        const auto divided = one ? one->div(factor) : std::nullopt;
        if (!divided) return false;
        UnitScale inverted{*divided, -kShift - exponent, {}, {}, 0};
        if (!shorten(inverted)) return false;
        factor = inverted.factor;
        exponent = inverted.exponent;
    }
    const auto product = result.factor.times(factor);
    if (!product) return false;
    result.factor = *product;
    result.exponent += exponent;
    return shorten(result);
}

std::optional<UnitScale> multiplied(const UnitScale& a, const UnitScale& b, int power) {
    UnitScale result = a;
    for (int i = 0; i < std::abs(power); ++i)
        if (!multiply(result, b, power < 0)) return std::nullopt;
    for (std::size_t i = 0; i < result.dimension.size(); ++i) result.dimension[i] += power * b.dimension[i];
    if (!b.arbitrary.empty()) result.arbitrary += power == 1 ? b.arbitrary : b.arbitrary + std::to_string(power);
    return result;
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// One pass over a term: components with "." and "/", parentheses, exponents, annotations.
class Scanner {
public:
    Scanner(std::string_view text, bool strict) : text_(text), strict_(strict) {}

    std::optional<UnitScale> all() {
        auto scale = term(0);
        if (!scale || at_ != text_.size()) return std::nullopt;
        // A scale that does not count from zero stands alone.
        if (scale->special == 0 && has_special_ && !strict_) return std::nullopt;
        return scale;
    }

private:
    bool done() const { return at_ == text_.size(); }

    std::optional<UnitScale> term(int depth) {
        if (depth > kMaxDepth) return std::nullopt;
        std::optional<UnitScale> result = UnitScale();
        int sign = 1;
        if (!done() && text_[at_] == '/') {
            sign = -1;
            ++at_;
        }
        for (;;) {
            result = component(*result, sign, depth);
            if (!result || done() || text_[at_] == ')') return result;
            if (text_[at_] != '.' && text_[at_] != '/') return std::nullopt;
            sign = text_[at_++] == '/' ? -1 : 1;
        }
    }

    std::optional<UnitScale> component(const UnitScale& so_far, int sign, int depth) {
        if (done()) return std::nullopt;
        if (text_[at_] == '(') {
            ++at_;
            const auto inner = term(depth + 1);
            if (!inner || done() || text_[at_++] != ')') return std::nullopt;
            if (!skip_annotation()) return std::nullopt;
            return multiplied(so_far, *inner, sign);
        }
        if (text_[at_] == '{') return skip_annotation() ? std::optional(so_far) : std::nullopt;
        if (is_digit(text_[at_]) && !starts_power_of_ten()) return number(so_far, sign);
        return symbol(so_far, sign);
    }

    std::optional<UnitScale> symbol(const UnitScale& so_far, int sign) {
        const bool alone = at_ == 0;
        const auto text = take_symbol();
        auto scale = known_symbol(text);
        if (!scale && !strict_ && text.starts_with('[') && text.ends_with(']'))
            scale = UnitScale{Number::of(1), 0, {}, std::string(text), 0};
        const auto power = take_power();
        if (!scale || !power || !skip_annotation()) return std::nullopt;
        has_special_ = has_special_ || scale->special != 0;
        auto result = multiplied(so_far, *scale, sign * *power);
        if (result && alone && done() && *power == 1) result->special = scale->special;
        return result;
    }

    bool starts_power_of_ten() const {
        return text_.substr(at_).starts_with("10*") || text_.substr(at_).starts_with("10^");
    }

    std::optional<UnitScale> number(const UnitScale& so_far, int sign) {
        const auto start = at_;
        while (!done() && is_digit(text_[at_])) ++at_;
        const auto value = at_ - start > 18 ? std::nullopt : Number::parse(text_.substr(start, at_ - start));
        if (!value || value->is_zero() || !skip_annotation()) return std::nullopt;
        return multiplied(so_far, UnitScale{*value, 0, {}, {}, 0}, sign);
    }

    std::string_view take_symbol() {
        const auto start = at_;
        if (starts_power_of_ten()) {
            at_ += 3;
            return text_.substr(start, 3);
        }
        bool bracket = false;
        for (; !done(); ++at_) {
            const char c = text_[at_];
            if (c == '[') bracket = true;
            if (!bracket &&
                (is_digit(c) || c == '.' || c == '/' || c == '(' || c == ')' || c == '{' || c == '+' || c == '-'))
                break;
            if (c == ']') bracket = false;
        }
        return text_.substr(start, at_ - start);
    }

    // 1 where none is written; nothing for a sign without digits, and for what is out of all proportion.
    std::optional<int> take_power() {
        int sign = 1;
        const bool has_sign = !done() && (text_[at_] == '-' || text_[at_] == '+');
        if (has_sign) sign = text_[at_++] == '-' ? -1 : 1;
        if (done() || !is_digit(text_[at_])) return has_sign ? std::nullopt : std::optional(1);
        int power = 0;
        while (!done() && is_digit(text_[at_]) && power < 100) power = power * 10 + (text_[at_++] - '0');
        return power > kMaxPower ? std::nullopt : std::optional(sign * power);
    }

    bool skip_annotation() {
        if (done() || text_[at_] != '{') return true;
        const auto end = text_.find('}', at_);
        if (end == std::string_view::npos) return false;
        const auto inside = text_.substr(at_ + 1, end - at_ - 1);
        if (inside.find('{') != std::string_view::npos) return false;
        if (strict_ && !std::all_of(inside.begin(), inside.end(), [](char c) { return c > 31 && c < 127; }))
            return false;
        at_ = end + 1;
        return true;
    }

    std::string_view text_;
    bool strict_;
    std::size_t at_ = 0;
    bool has_special_ = false;
};

// Nine times the value in kelvin: the nine keeps Fahrenheit exact.
std::optional<Number> ninefold_kelvin(const Number& value, const UnitScale& unit) {
    const auto sum = [&](const char* offset, int factor) -> std::optional<Number> {
        const auto moved = value.plus(*Number::parse(offset));
        return moved ? moved->times(Number::of(factor)) : std::nullopt;
    };
    switch (unit.special) {
        case kCelsius:
            return sum("273.15", 9);
        case kFahrenheit:
            return sum("459.67", 5);
        case kReaumur: {
            const auto kelvin = value.times(Number{125, 2});
            const auto moved = kelvin ? kelvin->plus(Number{27315, 2}) : std::nullopt;
            return moved ? moved->times(Number::of(9)) : std::nullopt;
        }
        default: {
            const auto factor = unit.factor.times(Number::of(9));
            const auto power = Number::parse("1e" + std::to_string(unit.exponent));
            const auto scaled = factor && power ? factor->times(*power) : std::nullopt;
            return scaled ? value.times(*scaled) : std::nullopt;
        }
    }
}

std::optional<Number> raised(const Number& number, int exponent) {
    if (exponent == 0) return number;
    const auto power = exponent > 36 ? std::nullopt : Number::parse("1e" + std::to_string(exponent));
    return power ? number.times(*power) : std::nullopt;
}

}  // namespace

bool is_ucum(std::string_view text) {
    return !text.empty() && Scanner(text, true).all().has_value();
}

std::optional<UnitScale> unit_scale(std::string_view ucum) {
    if (ucum.empty()) return std::nullopt;
    return Scanner(ucum, false).all();
}

std::optional<InOneUnit> in_one_unit(const Number& a, const UnitScale& a_unit, const Number& b,
                                     const UnitScale& b_unit) {
    if (!a_unit.comparable(b_unit)) return std::nullopt;
    if (a_unit.special != 0 || b_unit.special != 0) {
        const auto x = ninefold_kelvin(a, a_unit);
        const auto y = ninefold_kelvin(b, b_unit);
        return x && y ? std::optional(InOneUnit{*x, *y}) : std::nullopt;
    }
    const int least = std::min(a_unit.exponent, b_unit.exponent);
    const auto x = a.times(a_unit.factor);
    const auto y = b.times(b_unit.factor);
    const auto left = x ? raised(*x, a_unit.exponent - least) : std::nullopt;
    const auto right = y ? raised(*y, b_unit.exponent - least) : std::nullopt;
    if (left && right) return InOneUnit{*left, *right};
    // Too large for exact numbers: the difference is then one of magnitude.
    const double p = a.value() * a_unit.factor.value();
    const double q = b.value() * b_unit.factor.value() * std::pow(10.0, b_unit.exponent - a_unit.exponent);
    const double size = std::max(std::fabs(p), std::fabs(q));
    const auto m = Number::from(size > 0 ? p / size : 0);
    const auto n = Number::from(size > 0 ? q / size : 0);
    return m && n ? std::optional(InOneUnit{*m, *n}) : std::nullopt;
}

std::optional<Number> ratio(const UnitScale& from, const UnitScale& to) {
    if (!from.comparable(to) || from.special != 0 || to.special != 0) return std::nullopt;
    const auto quotient = from.factor.over(to.factor);
    const auto power = Number::parse("1e" + std::to_string(from.exponent - to.exponent));
    return quotient && power ? quotient->times(*power) : std::nullopt;
}

}  // namespace causeway::fhirpath
