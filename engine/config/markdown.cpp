/// markdown: the same fields for people.

#include "config/settings.hpp"
#include "config/values.hpp"

namespace causeway::config {
namespace {

/// Text inside a cell: a bar would end it.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string choices(const FieldSpec& spec) {
    std::string out;
    for (const auto choice : spec.choices) out += (out.empty() ? "`" : ", `") + std::string(choice) + "`";
    return out;
}

std::string_view short_name(FieldType type) {
    constexpr std::string_view kNames[] = {"text",   "path",       "true or false", "integer", "size",   "duration",
                                           "secret", "expression", "one of",        "list",    "object", "table"};
    return kNames[static_cast<std::size_t>(type)];
}

std::string type_of(const FieldSpec& spec) {
    const bool nests = spec.type == FieldType::list || spec.type == FieldType::table;
    std::string out(short_name(spec.type));
    if (nests) out += " of " + std::string(short_name(spec.item));
    const bool one_of = spec.type == FieldType::one_of || (nests && spec.item == FieldType::one_of);
    return one_of ? out + " " + choices(spec) : out;
}

std::string default_of(const FieldSpec& spec) {
    if (!spec.fallback) return "required";
    return spec.fallback->empty() ? "" : "`" + std::string(*spec.fallback) + "`";
}

void add_rows(std::string& out, const std::string& prefix, std::span<const FieldSpec> specs) {
    for (const auto& spec : specs) {
        const auto name = prefix + std::string(spec.name);
        out +=
            "| `" + cell(name) + "` | " + cell(type_of(spec)) + " | " + cell(default_of(spec)) + " | " + cell(spec.doc);
        if (is_scalar(spec.type) && spec.type != FieldType::one_of && !spec.choices.empty())
            out += " For example " + cell(choices(spec)) + ".";
        out += " |\n";
        if (spec.type == FieldType::list) add_rows(out, name + "[].", spec.fields);
        if (spec.type == FieldType::object) add_rows(out, name + ".", spec.fields);
        if (spec.type == FieldType::table) add_rows(out, name + ".NAME.", spec.fields);
    }
}

}  // namespace

std::string markdown(std::span<const FieldSpec> specs) {
    std::string out = "| field | type | default | meaning |\n|---|---|---|---|\n";
    add_rows(out, "", specs);
    return out;
}

}  // namespace causeway::config
