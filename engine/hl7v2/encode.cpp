#include "hl7v2/encode.hpp"

#include <functional>

namespace causeway::hl7v2 {
namespace {

bool is_unconverted(const Message& message) {
    const auto raw = message.payload().reveal();
    const auto* const begin = message.utf8().data();
    return !std::less<>()(begin, raw.data()) && std::less<>()(begin, raw.data() + raw.size());
}

}  // namespace

Result<std::string> in_own_charset(const Message& message, std::string text) {
    if (is_unconverted(message)) return text;
    auto bytes = from_utf8(text, message.charset());
    if (!bytes) return fail(Issue::value, "MSH-18", "Write only characters of the character set that MSH-18 declares.");
    return std::move(*bytes);
}

bool survives_utf8(const Message& message) {
    if (is_unconverted(message)) return true;
    const auto again = from_utf8(message.utf8(), message.charset());
    return again && message.payload().reveal().find(*again) != std::string_view::npos;
}

}  // namespace causeway::hl7v2
