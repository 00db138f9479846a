/// json_schema: what lint accepts, as JSON Schema draft 2020-12 for editors.

#include "config/settings.hpp"
#include "config/values.hpp"
#include "core/text.hpp"

namespace causeway::config {
namespace {

std::string quote(std::string_view text) {
    return "\"" + json_escape(text) + "\"";
}

template <class Range, class Write>
std::string join(const Range& range, Write write) {
    std::string out;
    for (const auto& each : range) out += (out.empty() ? "" : ",") + write(each);
    return out;
}

std::string texts(std::span<const std::string_view> range) {
    return "[" + join(range, [](std::string_view text) { return quote(text); }) + "]";
}

std::string object_members(std::span<const FieldSpec> specs);

/// Constraints of one value; members of a JSON object without its braces.
std::string type_members(FieldType type, const FieldSpec& spec) {
    switch (type) {
        case FieldType::boolean:
            return R"("type":"boolean")";
        case FieldType::integer:
            return R"("type":"integer")";
        case FieldType::one_of:
            return R"("enum":)" + texts(spec.choices);
        case FieldType::object:
            return object_members(spec.fields);
        case FieldType::list:
            return R"("type":"array","items":{)" + type_members(spec.item, spec) + "}";
        case FieldType::table:
            return R"("type":"object","additionalProperties":{)" + type_members(spec.item, spec) + "}";
        case FieldType::size:
            return R"("type":["string","integer"],"minimum":0,"pattern":)" + quote(pattern(type));
        case FieldType::duration:
        case FieldType::secret:
            return R"("type":"string","pattern":)" + quote(pattern(type));
        default:  // YAML's 1, 1.0 and true are text where text is wanted.
            return spec.fallback && type == FieldType::text ? R"("type":["string","number","boolean"])"
                                                            : R"("type":["string","number","boolean"],"minLength":1)";
    }
}

std::string default_value(const FieldSpec& spec) {
    const auto text = *spec.fallback;
    if (spec.type == FieldType::boolean || spec.type == FieldType::integer) return std::string(text);
    if (spec.type != FieldType::list) return quote(text);
    const auto parts = split(text, ',');
    return "[" + join(parts, [](std::string_view part) { return quote(trim(part)); }) + "]";
}

std::string property(const FieldSpec& spec) {
    std::string out = quote(spec.name) + ":{\"description\":" + quote(spec.doc) + "," + type_members(spec.type, spec);
    if (spec.fallback && !spec.fallback->empty()) out += ",\"default\":" + default_value(spec);
    if (is_scalar(spec.type) && spec.type != FieldType::one_of && !spec.choices.empty())
        out += ",\"examples\":" + texts(spec.choices);
    return out + "}";
}

std::string object_members(std::span<const FieldSpec> specs) {
    std::string required;
    for (const auto& spec : specs)
        if (!spec.fallback) required += (required.empty() ? "" : ",") + quote(spec.name);
    return R"("type":"object","properties":{)" + join(specs, property) + "}" +
           (required.empty() ? "" : R"(,"required":[)" + required + "]") + R"(,"additionalProperties":false)";
}

std::string head(std::string_view title, std::string_view doc) {
    return "\"title\":" + quote(title) + ",\"description\":" + quote(doc) + ",";
}

}  // namespace

std::string json_schema(std::string_view title, std::string_view doc, std::span<const FieldSpec> specs) {
    return R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)" + head(title, doc) + object_members(specs) +
           "}";
}

std::string json_schema_part(std::string_view title, std::string_view doc, std::span<const FieldSpec> specs) {
    return "{" + head(title, doc) + object_members(specs) + "}";
}

}  // namespace causeway::config
