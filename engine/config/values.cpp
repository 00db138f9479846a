#include "config/values.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "core/text.hpp"
#include "core/time.hpp"

namespace causeway::config {
namespace {

struct Unit {
    std::string_view name;
    unsigned shift;
};

constexpr std::array kUnits = std::to_array<Unit>({{"", 0}, {"B", 0}, {"KB", 10}, {"MB", 20}, {"GB", 30}});

bool is_name_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_variable_name(std::string_view text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (const char c : text)
        if (!is_name_character(c)) return false;
    return true;
}

std::string quote(std::string_view text) {
    return "\"" + std::string(text.substr(0, 60)) + (text.size() > 60 ? "...\"" : "\"");
}

std::string explain_choice(const FieldSpec& spec, std::string_view text) {
    std::string all;
    for (const auto choice : spec.choices) {
        if (choice == text) return {};
        all += (all.empty() ? "" : ", ") + std::string(choice);
    }
    const std::vector<std::string> choices(spec.choices.begin(), spec.choices.end());
    const auto suggestion = text.size() <= 60 ? did_you_mean(text, choices) : std::string();
    return quote(text) + " is not one of: " + all + "." + suggestion;
}

std::string explain_unless(bool good, FieldType type, std::string_view text) {
    return good ? std::string() : quote(text) + " is not " + std::string(describe(type)) + ".";
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    constexpr std::uint64_t kMost = 1u << 30;  // Of any unit: never overflows.
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& known : kUnits)
        if (error == std::errc() && unit == known.name && (count <= kMost || known.shift == 0))
            return count << known.shift;
    return std::nullopt;
}

bool is_secret_reference(std::string_view text) {
    if (text.starts_with("env:")) return is_variable_name(text.substr(4));
    return text.starts_with("file:") && text.size() > 5;
}

std::string explain_value(FieldType type, const FieldSpec& spec, std::string_view text) {
    switch (type) {
        case FieldType::boolean:
            return explain_unless(text == "true" || text == "false", type, text);
        case FieldType::integer:
            return explain_unless(parse_integer(text).has_value(), type, text);
        case FieldType::size:
            return explain_unless(parse_size(text).has_value(), type, text);
        case FieldType::duration:
            return explain_unless(parse_duration(text).has_value(), type, text);
        case FieldType::one_of:
            return explain_choice(spec, text);
        case FieldType::secret:
            if (is_secret_reference(text)) return {};
            return "A secret never stands in a file. Write \"env:NAME\" or \"file:PATH\" instead of it.";
        case FieldType::text:
            if (spec.fallback) return {};
            [[fallthrough]];
        default:
            return trim(text).empty() ? "A value is missing. Give one or remove the field." : std::string();
    }
}

bool is_scalar(FieldType type) {
    return type != FieldType::list && type != FieldType::object && type != FieldType::table;
}

std::string_view describe(FieldType type) {
    switch (type) {
        case FieldType::text:
            return "text";
        case FieldType::path:
            return "the path of a file or folder";
        case FieldType::boolean:
            return "true or false";
        case FieldType::integer:
            return "a whole number";
        case FieldType::size:
            return "a size such as \"64MB\" (B, KB, MB or GB)";
        case FieldType::duration:
            return "a duration such as \"30s\" (ms, s, m, h or d)";
        case FieldType::secret:
            return "\"env:NAME\" or \"file:PATH\"";
        case FieldType::expression:
            return "a FHIRPath expression";
        case FieldType::one_of:
            return "one of the listed words";
        case FieldType::list:
            return "a list (lines that begin with \"- \", or [a, b])";
        case FieldType::object:
            return "an object (lines of \"name: value\")";
        case FieldType::table:
            return "a table (lines of \"name: value\")";
    }
    return "text";
}

std::string_view pattern(FieldType type) {
    switch (type) {
        case FieldType::size:
            return "^[0-9]+(B|KB|MB|GB)?$";
        case FieldType::duration:
            return "^[0-9]+(ms|s|m|h|d)$";
        case FieldType::secret:
            return "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$";
        default:
            return {};
    }
}

}  // namespace causeway::config
