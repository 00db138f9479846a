#include "mapping/fhir_model.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace causeway::mapping {

using fhir::Element;
using fhir::Index;
using fhirpath::TypeModel;

/// How far a location has been followed.
struct FhirModel::Walk {
    Types at;
    std::string path;
    Index element = 0;
    bool wants_index = false;  ///< The element before is a list: an index belongs here.
    bool is_list = false;
    bool is_open_choice = false;

    bool is_known() const { return !at.any && at.of.size() == 1 && at.of.front().system.empty(); }
};

Types FhirModel::type(std::string_view name) const {
    const auto index = definitions_ ? definitions_->type(name) : 0;
    return index == 0 ? Types::unknown() : TypeModel(*definitions_).of_type(index);
}

std::variant<Types, fhirpath::CompileError> FhirModel::expression(const std::string& text, const Types& focus,
                                                                  const VariableTypes& variables) const {
    Types found = Types::unknown();
    if (!definitions_) return found;
    fhirpath::CompileOptions options;
    options.definitions = definitions_;
    options.focus_types = &focus;
    options.variable_types = &variables;
    options.result = &found;
    auto compiled = fhirpath::Expression::compile(text, options);
    if (auto* error = std::get_if<fhirpath::CompileError>(&compiled)) return std::move(*error);
    return found;
}

LocationMistake FhirModel::unknown(const Walk& walk, const Step& step) const {
    std::vector<std::string> names;
    const TypeModel model(*definitions_);
    model.child_names(walk.at.of.front(), names);
    return {step.column, "Correct \"" + step.name + "\": " + model.name(walk.at.of.front()) + " has no such element." +
                             did_you_mean(step.name, names)};
}

std::optional<LocationMistake> FhirModel::member(Walk& walk, const Step& step, const Step* next) const {
    const TypeModel model(*definitions_);
    const auto from = walk.at.of.front();
    const bool below_value = step.name.starts_with('_');
    const auto name = std::string_view(step.name).substr(below_value ? 1 : 0);
    const bool is_choice = next != nullptr && next->kind == Step::Kind::choice;
    Types found;
    auto child =
        is_choice ? fhir::Definitions::Child() : definitions_->child(from.element, from.type, definitions_->name(name));
    if (child.element != 0) {
        found = child.type != 0 ? Types{false, false, {{{}, child.element, definitions_->type_of_name(child.type)}}}
                                : model.of_element(child.element);
    } else if (!model.child(from, name, found)) {
        return unknown(walk, step);
    }
    if (found.any || found.of.empty()) {
        walk.at = Types::unknown();
        return std::nullopt;
    }
    walk.element = child.element != 0 ? child.element : found.of.front().element;
    const auto& element = definitions_->element(walk.element);
    if (is_choice && !element.is(Element::kChoice))
        return LocationMistake{next->column, "Take out [x]: " + std::string(name) + " has one type only."};
    if (!is_choice && element.is(Element::kChoice) && child.type == 0)
        return LocationMistake{step.column, "Write " + std::string(name) + "[x] : TYPE, or its name with a type: " +
                                                std::string(name) + " is a choice of types."};
    walk.path += "." + std::string(name);
    walk.is_list = element.is(Element::kList);
    walk.at = std::move(found);
    if (below_value) walk.at = type("Element");
    walk.wants_index = walk.is_list;
    return std::nullopt;
}

std::optional<LocationMistake> FhirModel::extension(Walk& walk, const Step& step) const {
    if (const auto held = names(walk.at); held.size() == 1 && is_primitive(held.front()))
        return LocationMistake{step.column, "Write _ before the element's name: " + walk.path +
                                                " is a value, and JSON keeps its extensions beside it."};
    const auto structure = definitions_->structure(step.name);
    walk.path += ".extension";
    walk.wants_index = false;
    walk.is_list = true;
    walk.at = type("Extension");
    if (structure == 0 || walk.at.any) return std::nullopt;
    walk.element = definitions_->structure_at(structure).elements.first;
    walk.at.of.front().element = walk.element;
    return std::nullopt;
}

std::optional<LocationMistake> FhirModel::bracket(Walk& walk, const Step& step) const {
    if (step.kind == Step::Kind::choice) {
        walk.is_open_choice = true;
        return std::nullopt;
    }
    if (!walk.is_list)
        return LocationMistake{step.column, "Take out the brackets: " + walk.path + " holds one value only."};
    walk.wants_index = false;
    return std::nullopt;
}

std::optional<LocationMistake> FhirModel::step(Walk& walk, const Step& step, const Step* next) const {
    const bool is_bracket = step.kind != Step::Kind::member && step.kind != Step::Kind::extension;
    if (is_bracket) return bracket(walk, step);
    if (walk.wants_index)
        return LocationMistake{step.column, "Write [0] or [*] before this: " + walk.path + " can hold several values."};
    walk.is_open_choice = false;
    return step.kind == Step::Kind::member ? member(walk, step, next) : extension(walk, step);
}

std::variant<FhirModel::Place, LocationMistake> FhirModel::place(const Types& from, const Location& location) const {
    Walk walk;
    walk.at = from;
    if (!definitions_ || !walk.is_known()) return Place{Types::unknown(), "", 0};
    walk.path = TypeModel(*definitions_).name(from.of.front());
    for (std::size_t i = 0; i < location.steps.size(); ++i) {
        const auto* next = i + 1 < location.steps.size() ? &location.steps[i + 1] : nullptr;
        if (auto wrong = step(walk, location.steps[i], next)) return *wrong;
        if (!walk.is_known() && !(walk.is_open_choice || (next != nullptr && next->kind == Step::Kind::choice)))
            return Place{Types::unknown(), walk.path, 0};
    }
    if (walk.wants_index)
        return LocationMistake{location.text.size() + 1,
                               "Write [0] or [*] here: " + walk.path + " can hold several values."};
    return Place{std::move(walk.at), std::move(walk.path), walk.element};
}

std::vector<std::string> FhirModel::names(const Types& types) const {
    std::vector<std::string> found;
    if (types.any || !definitions_) return found;
    for (const auto& each : types.of) {
        if (!each.system.empty()) return {};
        auto name = TypeModel(*definitions_).name(each);
        if (std::find(found.begin(), found.end(), name) == found.end()) found.push_back(std::move(name));
    }
    return found;
}

bool FhirModel::is_primitive(std::string_view name) const {
    const auto index = definitions_ ? definitions_->type(name) : 0;
    return index != 0 && definitions_->structure_at(index).kind == fhir::Structure::Kind::primitive_type;
}

std::vector<std::string> FhirModel::targets(const Place& place) const {
    std::vector<std::string> found;
    if (place.element == 0) return found;
    for (const auto& type : definitions_->types(definitions_->element(place.element).types))
        for (const auto& target : definitions_->canonicals(type.targets)) {
            if (target.structure == 0) return {};
            found.emplace_back(definitions_->name_text(definitions_->structure_at(target.structure).type));
        }
    const bool any = std::find(found.begin(), found.end(), "Resource") != found.end();
    return any ? std::vector<std::string>() : found;
}

std::optional<std::vector<std::string>> FhirModel::codes(const Place& place) const {
    if (place.element == 0) return std::nullopt;
    const auto& binding = definitions_->binding(definitions_->element(place.element).binding);
    if (binding.strength != fhir::Binding::Strength::required || binding.value_set_index == 0) return std::nullopt;
    const auto& set = definitions_->value_set_at(binding.value_set_index);
    if (set.is_open != 0 || set.open_systems.count != 0 || set.whole_systems.count != 0) return std::nullopt;
    std::vector<std::string> found;
    for (const auto& member : definitions_->members(set.members)) found.emplace_back(definitions_->text(member.code));
    return found;
}

}  // namespace causeway::mapping
