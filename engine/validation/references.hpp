#pragma once
/// Do the references of a Bundle lead somewhere? (http://hl7.org/fhir/R4/bundle.html#references); used inside
/// validation.

#include "fhir/bundle.hpp"
#include "validation/report.hpp"

namespace causeway::validation {

/// Checks every Reference and attachment address of every entry, contained resources included; a Bundle inside the
/// Bundle is left to its own check. An address outside the Bundle is information, a logical reference is fine.
void check_references(const tree::Node& bundle, const fhir::Bundle& index, Report& report);

}  // namespace causeway::validation
