#include "hl7v2/message.hpp"

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

Result<std::shared_ptr<const Message>> parse(Payload payload, const ParseOptions& options) {
    auto trimmed = trim_message(payload.reveal());
    auto decoded = decode(trimmed.text, options.charset);
    if (!decoded) return decoded.error();
    trimmed.warnings.insert(trimmed.warnings.end(), decoded->warnings.begin(), decoded->warnings.end());
    const auto text = trimmed.text;
    auto message = std::make_shared<IndexedMessage>(std::move(payload), text, std::move(decoded->converted),
                                                    std::move(decoded->charset));
    if (auto problem = message->build(options.max_segments, std::move(trimmed.warnings))) return std::move(*problem);
    return std::shared_ptr<const Message>(std::move(message));
}

}  // namespace causeway::hl7v2
