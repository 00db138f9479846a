#pragma once
/// What a profile asks of the XHTML of a narrative beyond the rules for all: the extensions narrative-source-control
/// and narrative-language-control of its element.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/json_value.hpp"
#include "validation/xhtml.hpp"

namespace causeway::validation {

struct NarrativeControl {
    bool has_sources = false;            ///< Every text tells its source by class.
    std::vector<std::string> languages;  ///< "_no", "_yes", "_resource", or a language that a section must be in.
};

/// Of an ElementDefinition; null where it has none.
std::shared_ptr<const NarrativeControl> narrative_control(const fhir::Json& element);

/// What to do about the narrative; empty where it is as the profile asks.
std::vector<std::string> check_narrative_control(const NarrativeControl& control, const Xhtml& narrative,
                                                 std::string_view resource_language);

}  // namespace causeway::validation
