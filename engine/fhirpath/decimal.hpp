#pragma once
/// Exact decimal arithmetic (FHIRPath asks for 28 digits and steps of 10^-8).

#include <optional>
#include <string>
#include <string_view>

namespace causeway::fhirpath {

__extension__ typedef __int128 Int128;

/// coefficient * 10^-scale. Operations give nothing where the result does not fit.
struct Number {
    Int128 coefficient = 0;
    int scale = 0;  ///< 0 to kMaxScale; the digits written after the point.

    static constexpr int kMaxScale = 28;

    /// Optional sign, digits, fraction, exponent (as JSON writes numbers).
    static std::optional<Number> parse(std::string_view text);
    static std::optional<Number> from(double value);
    static Number of(long long value) { return {value, 0}; }

    std::string text() const;
    double value() const;
    bool is_zero() const noexcept { return coefficient == 0; }
    bool negative() const noexcept { return coefficient < 0; }
    /// Whole value where it has no fraction and fits.
    std::optional<long long> whole() const;
    Number negated() const { return {-coefficient, scale}; }

    std::optional<Number> plus(const Number& other) const;
    std::optional<Number> minus(const Number& other) const { return plus(other.negated()); }
    std::optional<Number> times(const Number& other) const;
    /// To 16 decimals, half away from zero; nothing for a division by zero.
    std::optional<Number> over(const Number& other) const;
    /// Whole quotient, towards zero.
    std::optional<Number> div(const Number& other) const;
    std::optional<Number> mod(const Number& other) const;

    Number floor() const;
    Number truncated() const;
    /// Half away from zero, to that many decimals (0 to kMaxScale).
    Number rounded(int decimals) const;
    /// The same value with more zeros at the end; nothing where it does not fit.
    std::optional<Number> scaled_to(int decimals) const;
    /// Without zeros at the end of the fraction.
    Number shortest() const;
    /// -1, 0 or 1.
    int compare(const Number& other) const;
};

}  // namespace causeway::fhirpath
