#pragma once
/// The XML text of a FHIR document (http://hl7.org/fhir/R4/xml.html).

#include <string>

#include "core/error.hpp"
#include "fhir/document.hpp"

namespace causeway::fhir {

/// The XML of a document that was read with definitions: elements in the order in which FHIR defines them, `id` and
/// `url` as attributes, narrative as markup. Errors have line and column in `where`: an element that the definitions do
/// not know, a narrative that is not well-formed, a character that XML cannot hold.
Result<std::string> to_xml(const FhirDocument& document, bool is_pretty = false);

}  // namespace causeway::fhir
