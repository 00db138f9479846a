#pragma once
/// What profiles say of elements by extensions of ElementDefinition, much of which later versions made elements of it
/// (http://hl7.org/fhir/R4/elementdefinition-extensions.html). Internal.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhirpath/regex.hpp"
#include "validation/narrative_control.hpp"

namespace causeway::validation {

/// A binding beside the binding. One that is meant for a context of use only is not listed.
struct AdditionalBinding {
    std::string value_set;
    bool is_required = false;  ///< "required", "maximum"; else "extensible".
};

struct ElementExtras {
    std::shared_ptr<const NarrativeControl> narrative;
    std::vector<AdditionalBinding> bindings;
    /// Extensions of which one may stand where the value is missing.
    std::vector<std::string> value_alternatives;
    std::vector<std::string> mime_types;
    std::vector<std::string> unit_codes;  ///< Allowed codes of units, of UCUM.
    std::string units;                    ///< Value set of allowed units.
    std::optional<fhirpath::Regex> regex;
    std::optional<long> min_length;
    std::optional<long> max_decimals;
    std::optional<long> max_bytes;
    bool must_have_value = false;
};

/// By the id of the element. Those of the profiles that a profile derives from count too.
using ExtrasById = std::map<std::string, std::shared_ptr<const ElementExtras>, std::less<>>;
ExtrasById element_extras(const fhir::Definitions& definitions, fhir::Index structure);

}  // namespace causeway::validation
