#include "pipeline/decode.hpp"

#include "adapter.hpp"
#include "fhir/document.hpp"
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

bool is_fhir(std::string_view media_type) {
    return media_type == kFhirJson || media_type == kFhirXml;
}

Result<tree::DocumentPtr> decode(const Payload& payload, std::string_view media_type, const hl7v2::ParseOptions& v2,
                                 const fhir::DefinitionsPtr& definitions) {
    if (media_type == kHl7v2) return as_document(hl7v2::parse(payload, v2));
    if (is_fhir(media_type)) {
        constexpr std::size_t most_nodes = 1'000'000;
        fhir::ParseOptions options;
        options.definitions = definitions;
        options.limits.max_nodes = most_nodes;
        options.encoding =
            media_type == kFhirXml ? fhir::ParseOptions::Encoding::xml : fhir::ParseOptions::Encoding::json;
        return as_document(fhir::parse(payload, options));
    }
    return fail(Issue::not_supported, "", "Send HL7 v2 or FHIR; this channel decodes no other media type.");
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
