#include "fhirpath/units.hpp"

#include <algorithm>

namespace causeway::fhirpath {
namespace {

struct Prefix {
    std::string_view symbol;
    int exponent;
};
constexpr Prefix kPrefixes[] = {{"da", 1}, {"Y", 24}, {"Z", 21}, {"E", 18},  {"P", 15},  {"T", 12},
                                {"G", 9},  {"M", 6},  {"k", 3},  {"h", 2},   {"d", -1},  {"c", -2},
                                {"m", -3}, {"u", -6}, {"n", -9}, {"p", -12}, {"f", -15}, {"a", -18}};

using Dimension = std::array<int, 7>;
struct Atom {
    std::string_view symbol, factor;
    Dimension dimension;
    bool metric;
};
// ucum-essence.xml: base units and what clinical messages use of the others.
constexpr Atom kAtoms[] = {
    {"m", "1", {1}, true},
    {"g", "1", {0, 1}, true},
    {"s", "1", {0, 0, 1}, true},
    {"K", "1", {0, 0, 0, 1}, true},
    {"cd", "1", {0, 0, 0, 0, 1}, true},
    {"C", "1", {0, 0, 0, 0, 0, 1}, true},
    {"rad", "1", {0, 0, 0, 0, 0, 0, 1}, true},
    {"10*", "10", {}, false},
    {"10^", "10", {}, false},
    {"%", "0.01", {}, false},
    {"[ppth]", "0.001", {}, false},
    {"[ppm]", "0.000001", {}, false},
    {"mol", "602213670000000000000000", {}, true},
    {"Hz", "1", {0, 0, -1}, true},
    {"N", "1000", {1, 1, -2}, true},
    {"Pa", "1000", {-1, 1, -2}, true},
    {"J", "1000", {2, 1, -2}, true},
    {"W", "1000", {2, 1, -3}, true},
    {"A", "1", {0, 0, -1, 0, 0, 1}, true},
    {"V", "1000", {2, 1, -2, 0, 0, -1}, true},
    {"Bq", "1", {0, 0, -1}, true},
    {"Gy", "1", {2, 0, -2}, true},
    {"Sv", "1", {2, 0, -2}, true},
    {"kat", "602213670000000000000000", {0, 0, -1}, true},
    {"U", "10036894500000000", {0, 0, -1}, true},
    {"l", "0.001", {3}, true},
    {"L", "0.001", {3}, true},
    {"min", "60", {0, 0, 1}, false},
    {"h", "3600", {0, 0, 1}, false},
    {"d", "86400", {0, 0, 1}, false},
    {"wk", "604800", {0, 0, 1}, false},
    {"a", "31557600", {0, 0, 1}, false},
    {"mo", "2629800", {0, 0, 1}, false},
    {"t", "1000000", {0, 1}, true},
    {"bar", "100000000", {-1, 1, -2}, true},
    {"m[Hg]", "133322000", {-1, 1, -2}, true},
    {"m[H2O]", "9806650", {-1, 1, -2}, true},
    {"cal", "4184", {2, 1, -2}, true},
    {"eq", "602213670000000000000000", {}, true},
    {"osm", "602213670000000000000000", {}, true},
    {"[in_i]", "0.0254", {1}, false},
    {"[ft_i]", "0.3048", {1}, false},
    {"[yd_i]", "0.9144", {1}, false},
    {"[mi_i]", "1609.344", {1}, false},
    {"[lb_av]", "453.59237", {0, 1}, false},
    {"[oz_av]", "28.349523125", {0, 1}, false},
    {"[stone_av]", "6350.29318", {0, 1}, false},
};

std::optional<Number> ten_to(int exponent) {
    return Number::parse("1e" + std::to_string(exponent));
}

std::optional<UnitScale> with_factor(const Atom& atom, int exponent) {
    const auto factor = Number::parse(atom.factor);
    const auto prefix = ten_to(exponent);
    const auto product = factor && prefix ? factor->times(*prefix) : std::nullopt;
    if (!product) return std::nullopt;
    return UnitScale{*product, atom.dimension, {}};
}

const Atom* find_atom(std::string_view symbol) {
    const auto* found =
        std::find_if(std::begin(kAtoms), std::end(kAtoms), [&](const Atom& atom) { return atom.symbol == symbol; });
    return found == std::end(kAtoms) ? nullptr : found;
}

// "mg", "[lb_av]", "1".
std::optional<UnitScale> symbol_scale(std::string_view symbol) {
    if (const auto* atom = find_atom(symbol)) return with_factor(*atom, 0);
    for (const auto& prefix : kPrefixes) {
        if (!symbol.starts_with(prefix.symbol)) continue;
        const auto* atom = find_atom(symbol.substr(prefix.symbol.size()));
        if (atom != nullptr && atom->metric) return with_factor(*atom, prefix.exponent);
    }
    if (symbol.starts_with('[') && symbol.ends_with(']')) return UnitScale{Number::of(1), {}, std::string(symbol)};
    return std::nullopt;
}

std::optional<UnitScale> multiplied(const UnitScale& a, const UnitScale& b, int power) {
    UnitScale result = a;
    for (int i = 0; i < std::abs(power); ++i) {
        const auto factor = power > 0 ? result.factor.times(b.factor) : result.factor.over(b.factor);
        if (!factor) return std::nullopt;
        result.factor = *factor;
    }
    for (std::size_t i = 0; i < result.dimension.size(); ++i) result.dimension[i] += power * b.dimension[i];
    if (!b.arbitrary.empty()) result.arbitrary += b.arbitrary + std::to_string(power);
    return result;
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// One pass over a term: components with "." and "/", parentheses, exponents, annotations.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::optional<UnitScale> all() {
        auto scale = term(0);
        return at_ == text_.size() ? scale : std::nullopt;
    }

private:
    bool done() const { return at_ == text_.size(); }

    std::optional<UnitScale> term(int depth) {
        if (depth > 8) return std::nullopt;
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
            return multiplied(so_far, *inner, sign);
        }
        if (is_digit(text_[at_]) && !text_.substr(at_).starts_with("10*") && !text_.substr(at_).starts_with("10^"))
            return number(so_far, sign);
        const auto symbol = take_symbol();
        const auto scale = symbol.empty() ? std::optional(UnitScale()) : symbol_scale(symbol);
        const int power = take_power();
        skip_annotation();
        if (!scale || power > 12 || power < -12) return std::nullopt;
        return multiplied(so_far, *scale, sign * power);
    }

    std::optional<UnitScale> number(const UnitScale& so_far, int sign) {
        const auto start = at_;
        while (!done() && is_digit(text_[at_])) ++at_;
        const auto value = Number::parse(text_.substr(start, at_ - start));
        skip_annotation();
        if (!value || value->is_zero()) return std::nullopt;
        return multiplied(so_far, UnitScale{*value, {}, {}}, sign);
    }

    std::string_view take_symbol() {
        const auto start = at_;
        if (text_.substr(at_).starts_with("10*") || text_.substr(at_).starts_with("10^")) {
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

    int take_power() {
        int sign = 1;
        if (!done() && (text_[at_] == '-' || text_[at_] == '+')) sign = text_[at_++] == '-' ? -1 : 1;
        if (done() || !is_digit(text_[at_])) return 1;
        int power = 0;
        while (!done() && is_digit(text_[at_]) && power < 100) power = power * 10 + (text_[at_++] - '0');
        return sign * power;
    }

    void skip_annotation() {
        if (done() || text_[at_] != '{') return;
        const auto end = text_.find('}', at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 1;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<UnitScale> unit_scale(std::string_view ucum) {
    if (ucum.empty()) return std::nullopt;
    return Scanner(ucum).all();
}

}  // namespace causeway::fhirpath
