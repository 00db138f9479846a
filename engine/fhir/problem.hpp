#pragma once
/// What is wrong with a document that is being read. Internal to the codecs.

#include <cstddef>
#include <string>

#include "core/error.hpp"

namespace causeway::fhir {

/// Ends the reading. `path` tells the element where it helps ("Patient.name[0].given").
struct Problem {
    std::size_t offset = 0;
    Issue issue = Issue::structure;
    std::string what;
    std::string path;
};

/// The error of a problem, with line and column.
Error to_error(std::string_view source, Problem problem);

}  // namespace causeway::fhir
