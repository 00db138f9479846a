#pragma once
/// Names of the FHIR R4 resources (http://hl7.org/fhir/R4/resourcelist.html).

#include <string>
#include <string_view>
#include <vector>

namespace causeway::mapping {

const std::vector<std::string>& resource_types();
bool is_resource_type(std::string_view name);

}  // namespace causeway::mapping
