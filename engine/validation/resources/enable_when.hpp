#pragma once
/// Questionnaire.item.enableWhen (http://hl7.org/fhir/R4/questionnaire-definitions.html). Internal.

#include "tree/node.hpp"

namespace causeway::validation {

/// Is the item open to answers, by what the response answers elsewhere? True where it has no condition.
bool is_enabled(const tree::Node& item, const tree::Node& questionnaire, const tree::Node& response);

}  // namespace causeway::validation
