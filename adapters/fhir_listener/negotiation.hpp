#pragma once
/// Media types of requests and answers (RFC 9110 sections 8.3 and 12.5.1; http://hl7.org/fhir/R4/http.html#mime-type).

#include <optional>
#include <string>
#include <string_view>

namespace causeway::fhir_listener {

enum class Content { fhir_json, form, xml, other };

/// What a Content-Type names. JSON in another character set than UTF-8, or of another FHIR version than 4.0, is
/// `other`.
Content content_of(std::string_view content_type);

/// What the answer is to be, by the query's `_format`, else by Accept: fhir_json (also where nothing is said), xml, or
/// `other` where it may be neither.
Content answer_content(std::string_view accept, std::string_view query);

/// A request target taken apart: "/fhir/Task/1?x=y" → "/fhir/Task/1", "x=y". Nothing where its percent-encoding is
/// wrong.
struct Target {
    std::string path;  ///< Decoded.
    std::string query;
};
std::optional<Target> parse_target(std::string_view target);

/// The part of `path` below `base` ("/fhir"), without its slash; nothing where it is not below.
std::optional<std::string> below(std::string_view path, std::string_view base);

/// An id to repeat in the answer: printable ASCII, at most 128 characters; else empty.
std::string echoable(std::string_view id);

}  // namespace causeway::fhir_listener
