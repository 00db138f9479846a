#pragma once
/// The atoms of UCUM (https://ucum.org/ucum, tables 1 to 25) over seven base units. Internal to units.cpp.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace causeway::fhirpath {

/// Powers of metre, gram, second, kelvin, candela, coulomb and radian.
using UnitDimension = std::array<int, 7>;

enum UnitFlag : std::uint8_t {
    kMetric = 1,    ///< Takes prefixes.
    kOwnScale = 2,  ///< Arbitrary, or of a scale that is no multiple of base units: compares with itself only.
    kCelsius = 4,   ///< Not from zero: 0 Cel is 273.15 K.
    kFahrenheit = 8,
    kReaumur = 16,
};

/// One unit is mantissa * 10^exponent base units.
struct UnitAtom {
    std::string_view symbol;
    std::int64_t mantissa = 1;
    int exponent = 0;
    UnitDimension dimension{};
    unsigned flags = 0;
};

struct UnitPrefix {
    std::string_view symbol;
    int exponent = 0;  ///< Of ten.
    int binary = 0;    ///< Of two: Ki, Mi, Gi, Ti.
};

/// Sorted by symbol.
std::span<const UnitAtom> unit_atoms();
std::span<const UnitPrefix> unit_prefixes();

}  // namespace causeway::fhirpath
