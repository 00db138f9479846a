#pragma once
/// The functions that expressions may call. Each group stands in a file of its own.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/evaluator.hpp"

namespace causeway::fhirpath {

struct Function {
    std::string_view name;
    std::size_t minimum = 0;  ///< Arguments.
    std::size_t maximum = 0;
    bool (*run)(Call& call) = nullptr;
    bool takes_type = false;   ///< Its one argument is a type's name.
    bool takes_regex = false;  ///< Its first argument is a pattern.
};

const Function* find_function(std::string_view name);
const std::vector<std::string>& function_names();

std::span<const Function> collection_functions();  ///< Existence, filtering, subsetting, combining.
std::span<const Function> conversion_functions();
std::span<const Function> string_functions();
std::span<const Function> math_functions();
std::span<const Function> utility_functions();  ///< Tree, types, time, FHIR and Causeway additions.

}  // namespace causeway::fhirpath
