#pragma once
/// Types of values: System types, and FHIR types by the definitions or, without them, as far as a document tells them.

#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

/// "System" for values, "FHIR" for nodes (empty in HL7 v2).
std::string_view space_of(const Value& value);
/// "Integer", "Patient", "boolean"; empty where the document does not tell.
std::string_view name_of(const Value& value);
/// Is it of that type or one derived from it? Definitions may be null.
bool is_type(const Value& value, const TypeName& type, const fhir::Definitions* definitions);
/// As ofType() and as() ask: a primitive of exactly that type (a code is no string), else as is_type().
bool has_type(const Value& value, const TypeName& type, const fhir::Definitions* definitions);
/// What type() gives.
TypeInfo type_info(const Value& value, const fhir::Definitions* definitions);

/// "string" for "String": what a lenient program takes besides the System type; empty for others.
std::string lenient_name(const TypeName& type);
/// Structure of a type's name, or of a constraint that is used like a type (SimpleQuantity); 0: none.
fhir::Index type_structure(const fhir::Definitions& definitions, std::string_view name);
/// May a type specifier name it?
bool is_known_type(const TypeName& type, const fhir::Definitions* definitions);
std::vector<std::string> known_types(const fhir::Definitions* definitions);
/// Without definitions: may a value of another type be one of this type?
bool has_derived(std::string_view name);
bool is_system_type(std::string_view name);

}  // namespace causeway::fhirpath
