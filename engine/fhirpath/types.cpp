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

bool is_domain_resource(std::string_view name) {
    return std::find(std::begin(kNotDomainResources), std::end(kNotDomainResources), name) ==
           std::end(kNotDomainResources);
}

// Without definitions: the few derivations that a document cannot tell.
bool derives(const Value& value, std::string_view type) {
    if (type == "Resource") return is_resource(value);
    if (type == "DomainResource") return is_resource(value) && is_domain_resource(name_of(value));
    if (type == "Element") return !is_resource(value);
    for (auto name = base_of(name_of(value)); !name.empty(); name = base_of(name))
        if (name == type) return true;
    return false;
}

bool is_primitive(const Value& value, const fhir::Definitions* definitions) {
    const auto name = name_of(value);
    const auto structure = definitions != nullptr ? definitions->type(name) : 0;
    if (structure != 0) return definitions->structure_at(structure).kind == fhir::Structure::Kind::primitive_type;
    return !name.empty() && name[0] >= 'a' && name[0] <= 'z';
}

bool in_space(const Value& value, const TypeName& type) {
    return type.space.empty() || type.space == space_of(value);
}

constexpr std::string_view kSystemTypes[] = {"Boolean",  "String", "Integer",  "Decimal", "Date",
                                             "DateTime", "Time",   "Quantity", "Any"};

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
    static constexpr std::string_view kNames[] = {"",       "Boolean", "Integer",  "Decimal",
                                                  "String", "",        "Quantity", "TypeInfo"};
    if (const auto* temporal = std::get_if<Temporal>(&value)) {
        static constexpr std::string_view kTemporal[] = {"Date", "DateTime", "Time"};
        return kTemporal[static_cast<std::size_t>(temporal->kind)];
    }
    return kNames[value.index()];
}

}  // namespace

bool has_derived(std::string_view name) {
    return name == "Resource" || name == "DomainResource" || name == "Element" ||
           std::any_of(std::begin(kDerived), std::end(kDerived),
                       [&](const Derived& each) { return each.base == name; });
}

std::string_view space_of(const Value& value) {
    const auto* node = as_node(value);
    if (node == nullptr) return "System";
    return node->document() != nullptr && node->document()->format() == "hl7v2" ? "" : "FHIR";
}

std::string_view name_of(const Value& value) {
    const auto* node = as_node(value);
    return node != nullptr ? node_type(*node) : system_type(value);
}

std::string_view type_name(const Value& value) {
    static constexpr std::string_view kFhir[] = {"",       "boolean", "integer",  "decimal",
                                                 "string", "",        "Quantity", "TypeInfo"};
    static constexpr std::string_view kTemporal[] = {"date", "dateTime", "time"};
    if (const auto* node = as_node(value)) return node_type(*node);
    if (const auto* temporal = std::get_if<Temporal>(&value))
        return kTemporal[static_cast<std::size_t>(temporal->kind)];
    if (const auto* type = std::get_if<TypeInfo>(&value))
        return type->space == "System" ? "SimpleTypeInfo" : "ClassInfo";
    return kFhir[value.index()];
}

// As published expressions say "String" of a FHIR string.
TypeName lenient_type(const TypeName& type, const fhir::Definitions* definitions) {
    return {"FHIR", type.lenient, definitions != nullptr ? definitions->type(type.lenient) : 0, {}};
}

bool is_type(const Value& value, const TypeName& type, const fhir::Definitions* definitions) {
    if (!type.lenient.empty() && as_node(value) != nullptr)
        return is_type(value, lenient_type(type, definitions), definitions);
    if (!in_space(value, type)) return false;
    const auto name = name_of(value);
    if (name == type.name) return true;
    if (as_node(value) == nullptr) return type.space == "System" && type.name == "Any";
    const auto own = definitions != nullptr ? definitions->type(name) : 0;
    if (own == 0) return derives(value, type.name);
    const auto wanted = type.structure != 0 ? type.structure : type_structure(*definitions, type.name);
    if (wanted == 0) return false;
    const auto& structure = definitions->structure_at(wanted);
    // A constraint such as SimpleQuantity says no more than its type here.
    return definitions->derives(own, structure.is_profile != 0 ? definitions->type_of_name(structure.type) : wanted);
}

bool has_type(const Value& value, const TypeName& type, const fhir::Definitions* definitions) {
    if (!type.lenient.empty() && as_node(value) != nullptr)
        return has_type(value, lenient_type(type, definitions), definitions);
    if (!in_space(value, type)) return false;
    if (as_node(value) == nullptr || is_primitive(value, definitions)) return name_of(value) == type.name;
    return is_type(value, type, definitions);
}

TypeInfo type_info(const Value& value, const fhir::Definitions* definitions) {
    TypeInfo info{std::string(space_of(value)), std::string(name_of(value)), {}};
    if (as_node(value) == nullptr) {
        info.base = "System.Any";
        return info;
    }
    const auto own = definitions != nullptr ? definitions->type(info.name) : 0;
    if (own == 0) return info;
    const auto base = definitions->structure_at(own).base;
    if (base != 0) info.base = "FHIR." + std::string(definitions->name_text(definitions->structure_at(base).type));
    return info;
}

std::string lenient_name(const TypeName& type) {
    if (type.space == "FHIR" || type.name == "Quantity" || type.name == "Any" || !is_system_type(type.name)) return {};
    std::string name = type.name;
    name[0] = static_cast<char>(name[0] + ('a' - 'A'));
    return name;
}

fhir::Index type_structure(const fhir::Definitions& definitions, std::string_view name) {
    if (const auto found = definitions.type(name)) return found;
    return definitions.structure(std::string("http://hl7.org/fhir/StructureDefinition/").append(name));
}

bool is_system_type(std::string_view name) {
    return std::find(std::begin(kSystemTypes), std::end(kSystemTypes), name) != std::end(kSystemTypes);
}

std::vector<std::string> known_types(const fhir::Definitions* definitions) {
    std::vector<std::string> names(std::begin(kSystemTypes), std::end(kSystemTypes));
    if (definitions == nullptr) {
        names.insert(names.end(),
                     {"base64Binary", "boolean", "canonical",   "code",      "date",     "dateTime", "decimal",
                      "id",           "instant", "integer",     "integer64", "markdown", "oid",      "positiveInt",
                      "string",       "time",    "unsignedInt", "uri",       "url",      "uuid",     "xhtml"});
        return names;
    }
    for (const auto& structure : definitions->structures())
        if (structure.type != 0 && structure.is_profile == 0)
            names.emplace_back(definitions->name_text(structure.type));
    return names;
}

bool is_known_type(const TypeName& type, const fhir::Definitions* definitions) {
    if (type.space != "" && type.space != "System" && type.space != "FHIR") return false;
    if (type.space != "FHIR" && is_system_type(type.name)) return true;
    if (type.space == "System") return true;  // Of no value, then: the official tests ask whether a Patient is one.
    if (definitions != nullptr) return type.structure != 0;
    const bool starts_upper = !type.name.empty() && type.name[0] >= 'A' && type.name[0] <= 'Z';
    const auto names = known_types(nullptr);
    return starts_upper || std::find(names.begin(), names.end(), type.name) != names.end();
}

}  // namespace causeway::fhirpath
