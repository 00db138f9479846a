#include <algorithm>
#include <limits>

#include "fhir/document.hpp"
#include "fhir/encoding.hpp"
#include "fhir/json_reader.hpp"
#include "fhir/problem.hpp"
#include "fhir/tape_builder.hpp"
#include "fhir/typer.hpp"
#include "fhir/utf8.hpp"
#include "fhir/xml_reader.hpp"

namespace causeway::fhir {
namespace {

// XML text may hold characters anywhere, so that all of it is looked at first; JSON looks into its strings.
bool check_xml_characters(TapeBuilder& builder) {
    const auto source = builder.tape().source();
    const auto bad = std::min(first_non_text(source), source.find("\xEF\xBF\xBE"));
    if (bad == kAllText) return true;
    return builder.refuse(bad, static_cast<unsigned char>(source[bad]) < 0x20
                                   ? "Take the control character out: XML has none."
                                   : "Encode the document as UTF-8, as it is declared.");
}

bool read(TapeBuilder& builder) {
    if (builder.tape().encoding() == Format::xml) return check_xml_characters(builder) && XmlReader(builder).read();
    return JsonReader(builder).read();
}

}  // namespace

Result<FhirDocumentPtr> parse(Payload payload, const ParseOptions& options) {
    constexpr auto kLargest = std::numeric_limits<std::uint32_t>::max() / 2;
    if (payload.size() >= kLargest)
        return fail(Issue::too_long, "line 1, column 1", "Send a document of less than 2 GiB.");
    if (payload.empty())
        return fail(Issue::structure, "line 1, column 1", "Send a FHIR resource; the document is empty.");
    auto decoded = decode(payload.reveal(), options.encoding);
    const auto tape = std::make_shared<Tape>(std::move(payload), decoded.format, options.definitions);
    TapeBuilder builder(*tape, options);
    if (decoded.utf8) builder.convert(std::move(*decoded.utf8));
    if (decoded.problem) return to_error(tape->source(), std::move(*decoded.problem));
    if (!read(builder) || (options.definitions && !Typer(builder).run()))
        return to_error(tape->source(), std::move(*builder.problem()));
    builder.finish();
    return FhirDocumentPtr(tape);
}

}  // namespace causeway::fhir
