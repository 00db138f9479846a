#include "pipeline/decode.hpp"

#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "model/message.hpp"

namespace causeway::pipeline {
namespace {

/// The same value or Error, seen as a document.
template <class T>
Result<tree::DocumentPtr> as_document(Result<T> parsed) {
    if (!parsed) return parsed.error();
    return tree::DocumentPtr(std::move(*parsed));
}

}  // namespace

Result<tree::DocumentPtr> decode(const Payload& payload, std::string_view media_type, const std::string& charset) {
    if (media_type == kHl7v2) {
        hl7v2::ParseOptions options;
        options.charset = charset;
        return as_document(hl7v2::parse(payload, options));
    }
    if (media_type == kFhirJson) return as_document(fhir::parse_json(payload));
    return fail(Issue::not_supported, "", "Send HL7 v2 or FHIR JSON; this channel decodes no other media type.");
}

std::string message_type_of(const tree::Document& document) {
    if (const auto* message = dynamic_cast<const hl7v2::Message*>(&document)) {
        std::string type(message->get("MSH-9.1"));
        const auto event = message->get("MSH-9.2");
        return event.empty() ? type : type + '^' + std::string(event);
    }
    const auto root = document.root();
    const auto kind = root.child("type").text();
    std::string type(root.type());
    return kind.empty() ? type : type + '/' + std::string(kind);
}

}  // namespace causeway::pipeline
