#pragma once
/// The YAML of a route; used inside route.

#include "route/route.hpp"

namespace causeway::route {

std::span<const config::FieldSpec> route_specs();

/// Every mistake is reported; the route is whole only where none was added.
Route read_route(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                 const fhir::DefinitionsPtr& definitions);

}  // namespace causeway::route
