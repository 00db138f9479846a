#pragma once
/// Questionnaire.item.enableWhen (http://hl7.org/fhir/R4/questionnaire-definitions.html). Internal.

#include <vector>

#include "tree/node.hpp"

namespace causeway::validation {

/// Is the item open to answers? True where it has no condition. `around` is what holds its answers in the response:
/// the response first, then items and answers inwards. A question is looked for there from inside outwards, so that
/// in a repeated group each answer counts for its own repetition.
bool is_enabled(const tree::Node& item, const std::vector<tree::Node>& around);

}  // namespace causeway::validation
