#include "adapters/fhir_listener/negotiation.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace causeway::fhir_listener {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names, [&](auto name) { return equals_ignoring_case(text, name); });
}

/// "application/fhir+json; charset=utf-8": the type, and the value of one parameter without its quotes.
std::string_view type_of(std::string_view media) {
    return trim(media.substr(0, media.find(';')));
}

std::string_view parameter(std::string_view media, std::string_view name) {
    auto parts = split(media, ';');
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto part = trim(parts[i]);
        const auto equals = part.find('=');
        if (equals == std::string_view::npos || !equals_ignoring_case(trim(part.substr(0, equals)), name)) continue;
        auto value = trim(part.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

bool is_r4(std::string_view media) {
    const auto version = parameter(media, "fhirVersion");
    return version.empty() || version == "4.0" || version == "4.0.1";
}

/// RFC 9110 section 12.4.2: 1 where nothing is said, 0 excludes.
double weight_of(std::string_view range) {
    const auto q = parameter(range, "q");
    double weight = 1;
    if (!q.empty() && std::from_chars(q.data(), q.data() + q.size(), weight).ec != std::errc()) return 0;
    return weight;
}

Content answer_of(std::string_view type) {
    if (is_one_of(type, {"application/fhir+json", "application/json", "text/json", "application/*", "*/*"}))
        return Content::fhir_json;
    return is_one_of(type, {"application/fhir+xml", "application/xml", "text/xml"}) ? Content::xml : Content::other;
}

std::string_view query_value(std::string_view query, std::string_view name) {
    for (const auto pair : split(query, '&'))
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
    return {};
}

std::optional<std::string> decode_percent(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned value = 0;
        const auto digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2 || value == 0) return std::nullopt;
        decoded += static_cast<char>(value);
        i += 2;
    }
    return decoded;
}

}  // namespace

Content content_of(std::string_view content_type) {
    const auto type = type_of(content_type);
    const auto charset = parameter(content_type, "charset");
    if (!charset.empty() && !is_one_of(charset, {"utf-8", "utf8", "us-ascii"})) return Content::other;
    if (is_one_of(type, {"application/fhir+json", "application/json"}))
        return is_r4(content_type) ? Content::fhir_json : Content::other;
    if (is_one_of(type, {"application/x-www-form-urlencoded"})) return Content::form;
    if (is_one_of(type, {"application/fhir+xml", "application/xml", "text/xml"}))
        return is_r4(content_type) ? Content::xml : Content::other;
    return Content::other;
}

Content answer_content(std::string_view accept, std::string_view query) {
    if (auto format = decode_percent(query_value(query, "_format")); !format || !format->empty()) {
        if (!format) return Content::other;
        std::ranges::replace(*format, ' ', '+');  // A "+" that nobody encoded.
        const auto type = type_of(*format);
        return is_one_of(type, {"json", "xml"}) ? (type.front() == 'j' ? Content::fhir_json : Content::xml)
                                                : answer_of(type);
    }
    if (trim(accept).empty()) return Content::fhir_json;
    Content best = Content::other;
    double most = 0;
    for (const auto range : split(accept, ',')) {
        const auto content = is_r4(range) ? answer_of(type_of(range)) : Content::other;
        const auto weight = weight_of(range);
        if (content == Content::other || weight <= most) continue;
        best = content;
        most = weight;
    }
    return best;
}

std::optional<Target> parse_target(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (target.starts_with(scheme)) {
            const auto slash = target.find('/', scheme.size());
            target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
        }
    const auto mark = target.find('?');
    auto path = decode_percent(target.substr(0, mark));
    if (!path) return std::nullopt;
    return Target{std::move(*path),
                  mark == std::string_view::npos ? std::string() : std::string(target.substr(mark + 1))};
}

std::optional<std::string> below(std::string_view path, std::string_view base) {
    if (!path.starts_with(base)) return std::nullopt;
    path.remove_prefix(base.size());
    if (!path.empty() && path.front() != '/') return std::nullopt;
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path);
}

std::string echoable(std::string_view id) {
    const bool plain = id.size() <= 128 && std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f; });
    return plain ? std::string(id) : std::string();
}

}  // namespace causeway::fhir_listener
