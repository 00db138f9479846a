#include "fhirpath/types.hpp"

#include <algorithm>

#include "fhirpath/value.hpp"

namespace causeway::fhirpath {
namespace {

struct Derived {
    std::string_view name, base;
};
constexpr Derived kDerived[] = {{"code", "string"},
                                {"id", "string"},
                                {"markdown", "string"},
                                {"url", "uri"},
                                {"canonical", "uri"},
                                {"uuid", "uri"},
                                {"oid", "uri"},
                                {"positiveInt", "integer"},
                                {"unsignedInt", "integer"},
                                {"Age", "Quantity"},
                                {"Duration", "Quantity"},
                                {"Distance", "Quantity"},
                                {"Count", "Quantity"},
                                {"SimpleQuantity", "Quantity"},
                                {"MoneyQuantity", "Quantity"}};

constexpr std::string_view kNotDomainResources[] = {"Bundle", "Binary", "Parameters"};

std::string_view base_of(std::string_view name) {
    for (const auto& each : kDerived)
        if (each.name == name) return each.base;
    return {};
}

bool is_resource(const Value& value) {
    const auto* node = as_node(value);
    return node != nullptr && node->kind() == tree::Kind::object &&
           node->child("resourceType").kind() == tree::Kind::text;
}

bool is_resource_of(const Value& value, std::string_view type) {
    if (type == "Resource") return is_resource(value);
    if (type != "DomainResource" || !is_resource(value)) return false;
    const auto own = name_of(value);
    return std::find(std::begin(kNotDomainResources), std::end(kNotDomainResources), own) ==
           std::end(kNotDomainResources);
}

std::string_view node_type(const tree::Node& node) {
    if (const auto type = node.type(); !type.empty()) return type;
    switch (node.kind()) {
        case tree::Kind::boolean:
            return "boolean";
        case tree::Kind::number:
            return node.text().find_first_of(".eE") == std::string_view::npos ? "integer" : "decimal";
        case tree::Kind::text:
            return "string";
        default:
            return {};
    }
}

std::string_view system_type(const Value& value) {
    static constexpr std::string_view kNames[] = {"", "Boolean", "Integer", "Decimal", "String", "", "Quantity"};
    if (const auto* temporal = std::get_if<Temporal>(&value)) {
        static constexpr std::string_view kTemporal[] = {"Date", "DateTime", "Time"};
        return kTemporal[static_cast<std::size_t>(temporal->kind)];
    }
    return kNames[value.index()];
}

}  // namespace

std::string_view space_of(const Value& value) {
    const auto* node = as_node(value);
    if (node == nullptr) return "System";
    return node->document() != nullptr && node->document()->format() == "hl7v2" ? "" : "FHIR";
}

std::string_view name_of(const Value& value) {
    const auto* node = as_node(value);
    return node != nullptr ? node_type(*node) : system_type(value);
}

bool has_type(const Value& value, const TypeName& type) {
    if (!type.space.empty() && type.space != space_of(value)) return false;
    return name_of(value) == type.name || is_resource_of(value, type.name);
}

bool is_type(const Value& value, const TypeName& type) {
    if (has_type(value, type)) return true;
    if (!type.space.empty() && type.space != space_of(value)) return false;
    const auto* node = as_node(value);
    if (node == nullptr) return false;
    if (type.name == "Element") return !is_resource(value);
    for (auto name = base_of(name_of(value)); !name.empty(); name = base_of(name))
        if (name == type.name) return true;
    return false;
}

const std::vector<std::string>& known_types() {
    static const std::vector<std::string> kTypes = {
        "Boolean",      "String",  "Integer",   "Decimal",  "Date", "DateTime",    "Time",    "Quantity",
        "base64Binary", "boolean", "canonical", "code",     "date", "dateTime",    "decimal", "id",
        "instant",      "integer", "integer64", "markdown", "oid",  "positiveInt", "string",  "time",
        "unsignedInt",  "uri",     "url",       "uuid",     "xhtml"};
    return kTypes;
}

bool is_known_type(const TypeName& type) {
    const bool starts_upper = !type.name.empty() && type.name[0] >= 'A' && type.name[0] <= 'Z';
    if (type.space != "" && type.space != "System" && type.space != "FHIR") return false;
    return starts_upper || std::find(known_types().begin(), known_types().end(), type.name) != known_types().end();
}

}  // namespace causeway::fhirpath
