#include "fhir/json.hpp"

#include <algorithm>
#include <limits>

#include "fhir/json_reader.hpp"
#include "fhir/utf8.hpp"

namespace causeway::fhir {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error refusal(std::string_view source, std::size_t offset, std::string what, Issue issue = Issue::structure) {
    const auto start = source.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    const auto at = position_at(source.substr(start), offset - std::min(start, offset));
    return fail(issue, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column), std::move(what));
}

std::string_view non_text_advice(unsigned char byte) {
    return byte < 0x20 ? "Take the control character out, or write it as \\u escape inside a string."
                       : "Encode the document as UTF-8.";
}

}  // namespace

Result<std::shared_ptr<const JsonDocument>> parse_json(Payload payload, const JsonLimits& limits) {
    const auto source = payload.reveal();
    if (source.size() >= std::numeric_limits<std::uint32_t>::max())
        return fail(Issue::too_long, "line 1, column 1", "Send a document of less than 4 GiB.");
    if (const auto bad = first_non_text(source); bad != kAllText)
        return refusal(source, bad, std::string(non_text_advice(static_cast<unsigned char>(source[bad]))));
    const auto tape = std::make_shared<Tape>(payload);
    const auto start = source.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    if (auto problem = JsonReader(*tape, limits).read(start))
        return refusal(source, problem->offset, std::move(problem->what), problem->issue);
    return std::shared_ptr<const JsonDocument>(tape);
}

}  // namespace causeway::fhir
