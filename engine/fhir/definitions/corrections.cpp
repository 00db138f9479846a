#include "fhir/definitions/corrections.hpp"

namespace causeway::fhir {

std::string_view corrected(std::string_view, std::string_view, std::string_view, std::string_view expression) noexcept {
    return expression;
}

}  // namespace causeway::fhir
