#pragma once
/// Units of measure: the part of UCUM that comparisons meet (metric prefixes, products, quotients, powers).

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "fhirpath/decimal.hpp"

namespace causeway::fhirpath {

/// A unit as a factor over base units: metre, gram, second, kelvin, candela, coulomb, radian, and one for each
/// arbitrary unit ("[iU]"), which compares with itself only.
struct UnitScale {
    Number factor = Number::of(1);
    std::array<int, 7> dimension{};
    std::string arbitrary;

    bool comparable(const UnitScale& other) const {
        return dimension == other.dimension && arbitrary == other.arbitrary;
    }
};

/// Nothing for a unit that is not known here; special units such as Cel and calendar years are not.
std::optional<UnitScale> unit_scale(std::string_view ucum);

}  // namespace causeway::fhirpath
