#pragma once
/// Units of measure: the grammar of UCUM (https://ucum.org/ucum) and what comparisons need of its meaning.

#include <optional>
#include <string>
#include <string_view>

#include "fhirpath/decimal.hpp"
#include "fhirpath/units_table.hpp"

namespace causeway::fhirpath {

/// Is the text a unit of UCUM (case-sensitive)? "mg/dL", "10*3/uL", "{score}", "mm[Hg]", "/min". Threads: any.
bool is_ucum(std::string_view text);

/// A unit as a factor over base units. Arbitrary units ("[iU]") compare with themselves only.
struct UnitScale {
    Number factor = Number::of(1);  ///< Times 10^exponent.
    int exponent = 0;
    UnitDimension dimension{};
    std::string arbitrary;
    unsigned special = 0;  ///< kCelsius, kFahrenheit, kReaumur; 0: from zero.

    bool comparable(const UnitScale& other) const {
        return dimension == other.dimension && arbitrary == other.arbitrary;
    }
};

/// Nothing for a unit that is not one of UCUM. An unknown symbol in brackets counts as an arbitrary unit.
std::optional<UnitScale> unit_scale(std::string_view ucum);

/// Two values over one unit, so that they compare.
struct InOneUnit {
    Number a, b;
};

/// Nothing where the units do not compare, or the numbers do not fit.
std::optional<InOneUnit> in_one_unit(const Number& a, const UnitScale& a_unit, const Number& b,
                                     const UnitScale& b_unit);

/// How many of `to` one of `from` is; nothing where they do not compare or one does not count from zero.
std::optional<Number> ratio(const UnitScale& from, const UnitScale& to);

}  // namespace causeway::fhirpath
