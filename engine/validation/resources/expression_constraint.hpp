#pragma once
/// Expression constraints of SNOMED CT (ECL, https://confluence.ihtsdotools.org/display/DOCECL): their form.

#include <string_view>

namespace causeway::validation {

/// Operators, concepts, members, refinements, groups and filters in an order that ECL allows. Concepts are not looked
/// up; what stands in filters "{{ }}" is not read.
bool is_expression_constraint(std::string_view text) noexcept;

}  // namespace causeway::validation
