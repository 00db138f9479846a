#include "fhirpath/static_types.hpp"

#include <algorithm>

namespace causeway::fhirpath {
namespace {

using fhir::Element;
using fhir::Index;
using fhir::Structure;

struct NamedClass {
    std::string_view name;
    unsigned value_class;
};
constexpr NamedClass kClasses[] = {
    {"Boolean", kBooleanClass},    {"Integer", kNumberClass},     {"Decimal", kNumberClass},
    {"String", kTextClass},        {"Date", kDateClass},          {"DateTime", kDateClass},
    {"Time", kTimeClass},          {"Quantity", kQuantityClass},  {"boolean", kBooleanClass},
    {"integer", kNumberClass},     {"integer64", kNumberClass},   {"decimal", kNumberClass},
    {"positiveInt", kNumberClass}, {"unsignedInt", kNumberClass}, {"date", kDateClass},
    {"dateTime", kDateClass},      {"instant", kDateClass},       {"time", kTimeClass}};

}  // namespace

void StaticTypes::add(const StaticType& type) {
    if (std::find(of.begin(), of.end(), type) == of.end()) of.push_back(type);
}

void StaticTypes::add(const StaticTypes& types) {
    any = any || types.any;
    is_unordered = is_unordered || types.is_unordered;
    for (const auto& type : types.of) add(type);
}

StaticTypes TypeModel::of_type(Index structure) const {
    if (structure == 0) return StaticTypes::unknown();
    const auto& found = definitions_.structure_at(structure);
    // A constraint that is used like a type counts as that type.
    const Index base = found.is_profile != 0 ? definitions_.type_of_name(found.type) : structure;
    if (base == 0) return StaticTypes::unknown();
    return {false, false, {{{}, definitions_.structure_at(base).elements.first, base}}};
}

StaticTypes TypeModel::of_element(Index element) const {
    const auto& found = definitions_.element(element);
    if (found.parent == 0) {
        const auto& structure = definitions_.structure_at(found.structure);
        const Index type = structure.is_profile != 0 ? definitions_.type_of_name(structure.type) : found.structure;
        return {false, false, {{{}, element, type}}};
    }
    StaticTypes types;
    const Index node = found.content_reference != 0 ? found.content_reference : element;
    for (const auto& type : definitions_.types(definitions_.element(node).types)) {
        if (type.structure == 0) {
            types.any = true;
        } else {
            types.add({{}, node, type.structure});
        }
    }
    if (types.of.empty()) types.any = true;
    return types;
}

std::optional<StaticTypes> TypeModel::of_path(std::string_view path) const {
    auto dot = path.find('.');
    const Index type = definitions_.type(path.substr(0, dot));
    if (type == 0) return std::nullopt;
    auto types = of_type(type);
    while (dot != std::string_view::npos) {
        path.remove_prefix(dot + 1);
        dot = path.find('.');
        auto step = path.substr(0, dot);
        if (step.ends_with("[x]")) step.remove_suffix(3);
        StaticTypes next;
        for (const auto& each : types.of) child(each, step, next);
        if (next.of.empty() && !next.any) return std::nullopt;
        types = std::move(next);
    }
    return types;
}

// A profile may leave out what lies below an element: the base definition has it.
Index TypeModel::base_element(const fhir::Element& element) const {
    const auto& structure = definitions_.structure_at(element.structure);
    const Index type = structure.is_profile != 0 ? definitions_.type_of_name(structure.type) : 0;
    if (type == 0) return 0;
    const auto& base = definitions_.structure_at(type);
    const auto path = definitions_.text(element.path);
    for (Index i = base.elements.first; i < base.elements.first + base.elements.count; ++i)
        if (definitions_.text(definitions_.element(i).path) == path) return i;
    return 0;
}

Index TypeModel::owner_of_children(const StaticType& type) const {
    if (type.element != 0) {
        const auto& element = definitions_.element(type.element);
        if (element.first_child != 0) return type.element;
        if (element.content_reference != 0) return element.content_reference;
        const Index base = base_element(element);
        if (base != 0 && definitions_.element(base).content_reference != 0)
            return definitions_.element(base).content_reference;
        if (base != 0 && definitions_.element(base).first_child != 0) return base;
    }
    if (type.type == 0) return 0;
    const auto& structure = definitions_.structure_at(type.type);
    return structure.elements.count == 0 ? 0 : structure.elements.first;
}

// An abstract type stands for all that derive from it.
bool TypeModel::is_open(const StaticType& type) const {
    if (type.type == 0) return true;
    const auto& structure = definitions_.structure_at(type.type);
    if (structure.is_abstract == 0) return false;
    const auto name = definitions_.name_text(structure.type);
    return type.element == 0 || definitions_.element(type.element).first_child == 0 || name == "Resource" ||
           name == "DomainResource";
}

bool TypeModel::child(const StaticType& parent, std::string_view name, StaticTypes& out) const {
    const Index wanted = definitions_.name(name);
    const Index owner = owner_of_children(parent);
    if (wanted != 0 && owner != 0) {
        for (Index i = definitions_.element(owner).first_child; i != 0; i = definitions_.element(i).next_sibling) {
            if (definitions_.element(i).name != wanted) continue;
            out.add(of_element(i));
            return true;
        }
    }
    if (!is_open(parent)) return false;
    if (++open_lookups_ > kMaxOpenLookups) return out.any = true;
    for (const auto& structure : definitions_.structures()) {
        if (structure.is_profile != 0 || structure.elements.count == 0 || wanted == 0) continue;
        const Index base = definitions_.type_of_name(structure.type);
        if (parent.type != 0 && (base == 0 || !definitions_.derives(base, parent.type))) continue;
        for (Index i = definitions_.element(structure.elements.first).first_child; i != 0;
             i = definitions_.element(i).next_sibling) {
            if (definitions_.element(i).name != wanted) continue;
            out.any = true;
            return true;
        }
    }
    return false;
}

void TypeModel::child_names(const StaticType& parent, std::vector<std::string>& out) const {
    const Index owner = owner_of_children(parent);
    if (owner == 0) return;
    for (Index i = definitions_.element(owner).first_child; i != 0; i = definitions_.element(i).next_sibling)
        out.emplace_back(definitions_.name_text(definitions_.element(i).name));
}

std::string TypeModel::choice_advice(const StaticType& parent, std::string_view name) const {
    const Index owner = owner_of_children(parent);
    if (owner == 0) return {};
    for (Index i = definitions_.element(owner).first_child; i != 0; i = definitions_.element(i).next_sibling) {
        const auto& element = definitions_.element(i);
        const auto base = definitions_.name_text(element.name);
        if (!element.is(Element::kChoice) || !name.starts_with(base) || name.size() == base.size()) continue;
        for (const auto& type : definitions_.types(element.types)) {
            std::string code(definitions_.name_text(type.code));
            const std::string written = code;
            if (!code.empty() && code[0] >= 'a' && code[0] <= 'z') code[0] = static_cast<char>(code[0] - 32);
            if (name.substr(base.size()) == code) return std::string(base) + ".ofType(" + written + ")";
        }
    }
    return {};
}

StaticTypes TypeModel::targets(const StaticTypes& references) const {
    StaticTypes found;
    if (references.any) return StaticTypes::unknown();
    for (const auto& reference : references.of) {
        if (!reference.system.empty() || reference.element == 0) return StaticTypes::unknown();
        bool has_target = false;
        for (const auto& type : definitions_.types(definitions_.element(reference.element).types)) {
            if (type.structure != reference.type) continue;
            for (const auto& target : definitions_.canonicals(type.targets)) {
                if (target.structure == 0) return StaticTypes::unknown();
                found.add(of_type(target.structure));
                has_target = true;
            }
        }
        if (!has_target) return StaticTypes::unknown();
    }
    return found;
}

unsigned TypeModel::class_of(const StaticType& type) const {
    if (type.system.empty() && type.type == 0) return kAnyClass;
    const auto name =
        type.system.empty() ? definitions_.name_text(definitions_.structure_at(type.type).type) : type.system;
    for (const auto& each : kClasses)
        if (each.name == name) return each.value_class;
    if (!type.system.empty()) return kOtherClass;
    const auto& structure = definitions_.structure_at(type.type);
    if (structure.kind == Structure::Kind::primitive_type) return kTextClass;
    const Index quantity = definitions_.type("Quantity");
    if (quantity != 0 && definitions_.derives(type.type, quantity)) return kQuantityClass | kOtherClass;
    return structure.is_abstract != 0 ? kAnyClass : kOtherClass;
}

unsigned TypeModel::classes(const StaticTypes& types) const {
    if (types.any) return kAnyClass;
    unsigned all = 0;
    for (const auto& type : types.of) all |= class_of(type);
    return all;
}

std::string TypeModel::name(const StaticType& type) const {
    if (!type.system.empty()) return std::string(type.system);
    if (type.element != 0) {
        const auto& element = definitions_.element(type.element);
        if (element.parent != 0 && element.first_child != 0) return std::string(definitions_.text(element.path));
    }
    return type.type == 0 ? "it" : std::string(definitions_.name_text(definitions_.structure_at(type.type).type));
}

bool TypeModel::related(Index a, Index b) const {
    return definitions_.derives(a, b) || definitions_.derives(b, a);
}

}  // namespace causeway::fhirpath
