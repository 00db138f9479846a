#pragma once
/// Which characters the bytes of a FHIR document are. Internal to the codecs.

#include <optional>
#include <string>
#include <string_view>

#include "fhir/document.hpp"
#include "fhir/problem.hpp"

namespace causeway::fhir {

/// What a document is, told from its first bytes (XML 1.0, appendix F; RFC 8259 section 8.1).
struct Decoded {
    Format format = Format::json;
    std::optional<std::string> utf8;  ///< The text, where the bytes are not UTF-8 already.
    std::optional<Problem> problem;   ///< An encoding that is not read.
};

Decoded decode(std::string_view bytes, ParseOptions::Encoding encoding);

}  // namespace causeway::fhir
