#pragma once
/// Narrative.div between XML and JSON (http://hl7.org/fhir/R4/narrative.html). Internal to the codecs.

#include <optional>
#include <string>
#include <string_view>

namespace causeway::fhir {

/// The text that JSON has for a div, where it is not just the XML of it: without prefix, with its namespace, its line
/// ends as XML 1.0 section 2.11 has them. `tag` is the name as written, perhaps with prefix; `is_self_contained`: it
/// declares a default namespace itself.
std::optional<std::string> narrative_text(std::string_view source, std::string_view tag, bool is_self_contained);

/// The other way round: as markup inside an XML document, carriage returns as references.
std::string narrative_markup(std::string_view text);

}  // namespace causeway::fhir
