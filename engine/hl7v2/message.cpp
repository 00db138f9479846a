#include "hl7v2/message.hpp"

#include <optional>
#include <stdexcept>

#include "hl7v2/decode.hpp"
#include "hl7v2/document.hpp"

namespace causeway::hl7v2 {

std::string_view Message::get(const Path& path) const {
    return first(path).text();
}

std::string_view Message::get(std::string_view path) const {
    const auto parsed = Path::parse(path);
    if (!parsed) throw std::invalid_argument("not an HL7 path: " + std::string(path));
    return get(*parsed);
}

namespace {

std::optional<Error> trim_and_decode(std::string_view bytes, const ParseOptions& options, Trimmed& trimmed,
                                     Decoded& out) {
    trimmed = trim_message(bytes);
    auto decoded = decode(trimmed.text, options.charset, options.undecodable);
    if (!decoded) return decoded.error();
    out = std::move(*decoded);
    return std::nullopt;
}

/// What needs converting before anything can be looked for in it.
void decode_wide(std::string wide, Trimmed& trimmed, Decoded& out) {
    trimmed = trim_message(wide);
    trimmed.warnings.push_back({"utf16", "MSH-18", "The message is in UTF-16 or UTF-32.", 1});
    out = {Charset{"UTF-8"}, std::string(trimmed.text), {}};
    trimmed.text = {};
}

}  // namespace

Result<std::shared_ptr<const Message>> parse(Payload payload, const ParseOptions& options) {
    Trimmed trimmed;
    Decoded decoded;
    if (auto wide = wide_to_utf8(payload.reveal()))
        decode_wide(std::move(*wide), trimmed, decoded);
    else if (auto problem = trim_and_decode(payload.reveal(), options, trimmed, decoded))
        return std::move(*problem);
    trimmed.warnings.insert(trimmed.warnings.end(), decoded.warnings.begin(), decoded.warnings.end());
    const auto text = trimmed.text;
    auto message = std::make_shared<IndexedMessage>(std::move(payload), text, std::move(decoded.converted),
                                                    std::move(decoded.charset));
    if (auto problem = message->build(options.max_segments, std::move(trimmed.warnings))) return std::move(*problem);
    return std::shared_ptr<const Message>(std::move(message));
}

}  // namespace causeway::hl7v2
