#pragma once
/// Choice elements of FHIR R4 (http://hl7.org/fhir/R4/formats.html#choice): `valueQuantity` is `value` of type
/// Quantity.

#include <optional>
#include <string>
#include <string_view>

namespace causeway::fhir {

/// A property name taken apart.
struct Choice {
    std::string_view base;  ///< "value"; a view into the name.
    std::string_view type;  ///< "Quantity", "dateTime": as FHIR spells the type; static.
    bool primitive = false;
};

/// Nothing where the name is not a choice element of R4 with a known type.
std::optional<Choice> split_choice(std::string_view name) noexcept;

/// The other way round: "value" becomes "valueDateTime".
void append_type(std::string& name, std::string_view type);

}  // namespace causeway::fhir
