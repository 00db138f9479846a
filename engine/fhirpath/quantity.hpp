#pragma once
/// Quantities in units of UCUM and of the calendar (FHIRPath N1 sections 4.1.8 and 6.1).

#include <optional>
#include <string_view>

#include "fhirpath/expression.hpp"
#include "fhirpath/units.hpp"

namespace causeway::fhirpath {

/// A FHIR Quantity: its UCUM code, else its unit; nothing for a node that is none.
std::optional<Quantity> quantity_of(const tree::Node& node);

/// Both in one unit; nothing where the units do not compare. Years and months are of the calendar and compare with no
/// UCUM unit, unless `loose` takes them for "a" and "mo".
std::optional<InOneUnit> in_one_unit(const Quantity& a, const Quantity& b, bool loose = false);

/// Nothing where that is not known: a calendar year beside one of UCUM, a unit that is not one of UCUM.
std::optional<bool> are_equal(const Quantity& a, const Quantity& b);

/// The same amount in another unit; nothing where that can't be. A year counts 12 months or 365 days and a month 30
/// days, as no date tells more (N1 section 5.5.9).
std::optional<Quantity> in_unit(const Quantity& quantity, std::string_view unit);

}  // namespace causeway::fhirpath
