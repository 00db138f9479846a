#pragma once
/// The vocabulary of the HL7 v2 tests.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2::testing {

inline constexpr std::string_view kMsh = "MSH|^~\\&|GP|A81001|PAS|RX1|20260101||ADT^A28^ADT_A05|M1|P|2.5.1\r";

/// A message with a good MSH and these segments.
inline std::string with(std::string_view segments) {
    return std::string(kMsh) + std::string(segments);
}

inline std::shared_ptr<const Message> parsed(std::string bytes, const ParseOptions& options = {}) {
    auto message = parse(Payload(std::move(bytes)), options);
    if (!message) FAIL(to_string(message.error()));
    return *message;
}

/// The 0357 code with which the message is refused; 0 where it is taken.
inline int refusal(std::string bytes, const ParseOptions& options = {}) {
    const auto message = parse(Payload(std::move(bytes)), options);
    return message ? 0 : message.error().hl7_code;
}

inline bool warned(const Message& message, std::string_view code) {
    const auto& all = message.warnings();
    return std::any_of(all.begin(), all.end(), [&](const Warning& w) { return w.code == code; });
}

inline std::string codes(const Message& message) {
    std::string out;
    for (const auto& warning : message.warnings()) out += (out.empty() ? "" : " ") + warning.code;
    return out;
}

/// Texts of all places that a path names.
inline std::vector<std::string> all(const Message& message, std::string_view path) {
    std::vector<tree::Node> nodes;
    message.select(*Path::parse(path), nodes);
    std::vector<std::string> out;
    for (const auto& node : nodes) out.emplace_back(node.text());
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace causeway::hl7v2::testing
