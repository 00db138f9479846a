#pragma once
/// Types of values: System types, and FHIR types as far as a document tells them. Definitions will refine this.

#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

/// "System" for values, "FHIR" for nodes (empty in HL7 v2).
std::string_view space_of(const Value& value);
/// "Integer", "Patient", "boolean"; empty where the document does not tell.
std::string_view name_of(const Value& value);
/// Is it of that type or one derived from it?
bool is_type(const Value& value, const TypeName& type);
/// Exactly of that type (or, for resources, of Resource or DomainResource).
bool has_type(const Value& value, const TypeName& type);
/// May a type specifier name it?
bool is_known_type(const TypeName& type);
const std::vector<std::string>& known_types();

}  // namespace causeway::fhirpath
