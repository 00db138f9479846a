#include "fhirpath/decimal.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace causeway::fhirpath {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

Int128 power_of_ten(int exponent) {
    Int128 result = 1;
    for (int i = 0; i < exponent; ++i) result *= 10;
    return result;
}

std::optional<Int128> multiplied(Int128 a, Int128 b) {
    Int128 result = 0;
    if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
    return result;
}

// Half away from zero.
Int128 divided_rounding(Int128 a, Int128 b) {
    const Int128 quotient = a / b;
    const Int128 rest = a % b;
    const auto size = [](Int128 x) { return x < 0 ? -x : x; };
    if (size(rest) < size(b) - size(rest)) return quotient;
    return (a < 0) == (b < 0) ? quotient + 1 : quotient - 1;
}

struct Scanner {
    std::string_view text;
    std::size_t at = 0;

    bool take(char c) { return at < text.size() && text[at] == c ? (++at, true) : false; }
    bool digits(Number& number, bool fraction) {
        const auto start = at;
        for (; at < text.size() && is_digit(text[at]); ++at) {
            if (number.coefficient > std::numeric_limits<long long>::max() * Int128(10'000'000'000)) return false;
            number.coefficient = number.coefficient * 10 + (text[at] - '0');
            if (fraction) ++number.scale;
        }
        return at > start;
    }
};

// Applies "e-3" and the like.
bool apply_exponent(Number& number, Scanner& scan) {
    if (!scan.take('e') && !scan.take('E')) return true;
    const bool negative = scan.take('-');
    if (!negative) scan.take('+');
    Number exponent;
    if (!scan.digits(exponent, false) || exponent.coefficient > 60) return false;
    number.scale += static_cast<int>(negative ? exponent.coefficient : -exponent.coefficient);
    if (number.scale >= 0) return true;
    const auto shifted =
        -number.scale > 36 ? std::nullopt : multiplied(number.coefficient, power_of_ten(-number.scale));
    if (!shifted) return false;
    number = {*shifted, 0};
    return true;
}

}  // namespace

std::optional<Number> Number::parse(std::string_view text) {
    Scanner scan{text};
    Number number;
    const bool negative = scan.take('-');
    if (!negative) scan.take('+');
    if (!scan.digits(number, false)) return std::nullopt;
    if (scan.take('.') && !scan.digits(number, true)) return std::nullopt;
    if (!apply_exponent(number, scan) || scan.at != text.size()) return std::nullopt;
    if (number.scale > kMaxScale) number = number.rounded(kMaxScale);
    return negative ? number.negated() : number;
}

std::optional<Number> Number::from(double value) {
    if (!std::isfinite(value) || std::fabs(value) >= 1e27) return std::nullopt;
    char text[64];
    std::snprintf(text, sizeof text, "%.15g", value);
    return parse(text);
}

std::string Number::text() const {
    std::string digits;
    for (Int128 rest = coefficient < 0 ? -coefficient : coefficient; rest != 0; rest /= 10)
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    while (digits.size() <= static_cast<std::size_t>(scale)) digits += '0';
    if (scale > 0) digits.insert(static_cast<std::size_t>(scale), 1, '.');
    if (coefficient < 0) digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

double Number::value() const {
    return std::strtod(text().c_str(), nullptr);
}

std::optional<long long> Number::whole() const {
    const Number number = shortest();
    if (number.scale != 0) return std::nullopt;
    if (number.coefficient > std::numeric_limits<long long>::max() ||
        number.coefficient < std::numeric_limits<long long>::min())
        return std::nullopt;
    return static_cast<long long>(number.coefficient);
}

std::optional<Number> Number::scaled_to(int decimals) const {
    if (decimals < scale || decimals - scale > 36) return std::nullopt;
    const auto shifted = multiplied(coefficient, power_of_ten(decimals - scale));
    if (!shifted) return std::nullopt;
    return Number{*shifted, decimals};
}

std::optional<Number> Number::plus(const Number& other) const {
    const int common = std::max(scale, other.scale);
    const auto a = scaled_to(common);
    const auto b = other.scaled_to(common);
    Int128 sum = 0;
    if (!a || !b || __builtin_add_overflow(a->coefficient, b->coefficient, &sum)) return std::nullopt;
    return Number{sum, common};
}

std::optional<Number> Number::times(const Number& other) const {
    const auto product = multiplied(coefficient, other.coefficient);
    if (!product) return std::nullopt;
    const Number result{*product, scale + other.scale};
    return result.scale > kMaxScale ? result.rounded(kMaxScale) : result;
}

std::optional<Number> Number::over(const Number& other) const {
    if (other.is_zero()) return std::nullopt;
    constexpr int kDecimals = 16;
    const Number a = shortest();
    const Number b = other.shortest();
    const int shift = std::max(0, kDecimals - a.scale + b.scale);
    const auto dividend = shift > 36 ? std::nullopt : multiplied(a.coefficient, power_of_ten(shift));
    if (!dividend) return from(value() / other.value());
    const Number result{divided_rounding(*dividend, b.coefficient), a.scale + shift - b.scale};
    return result.shortest();
}

std::optional<Number> Number::div(const Number& other) const {
    const int common = std::max(scale, other.scale);
    const auto a = scaled_to(common);
    const auto b = other.scaled_to(common);
    if (!a || !b || b->is_zero()) return std::nullopt;
    return Number{a->coefficient / b->coefficient, 0};
}

std::optional<Number> Number::mod(const Number& other) const {
    const int common = std::max(scale, other.scale);
    const auto a = scaled_to(common);
    const auto b = other.scaled_to(common);
    if (!a || !b || b->is_zero()) return std::nullopt;
    return Number{a->coefficient % b->coefficient, common};
}

Number Number::truncated() const {
    if (scale == 0) return *this;
    return {scale > 36 ? 0 : coefficient / power_of_ten(scale), 0};
}

Number Number::floor() const {
    Number whole = truncated();
    if (negative() && compare(whole) != 0) --whole.coefficient;
    return whole;
}

Number Number::rounded(int decimals) const {
    if (scale <= decimals) return *this;
    if (scale - decimals > 36) return {0, decimals};
    return {divided_rounding(coefficient, power_of_ten(scale - decimals)), decimals};
}

Number Number::shortest() const {
    Number number = *this;
    while (number.scale > 0 && number.coefficient % 10 == 0) {
        number.coefficient /= 10;
        --number.scale;
    }
    return number;
}

int Number::compare(const Number& other) const {
    const int common = std::max(scale, other.scale);
    const auto a = scaled_to(common);
    const auto b = other.scaled_to(common);
    if (a && b) return a->coefficient < b->coefficient ? -1 : a->coefficient > b->coefficient ? 1 : 0;
    const double x = value();
    const double y = other.value();
    return x < y ? -1 : x > y ? 1 : 0;
}

}  // namespace causeway::fhirpath
