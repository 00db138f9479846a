#include "mapping/type.hpp"

namespace causeway::mapping {

tree::Node FhirInput::node() const {
    const auto* held = std::get_if<tree::Node>(&value);
    return held != nullptr ? *held : tree::Node();
}

std::string FhirInput::value_text() const {
    const auto held = node();
    return held && !held.has_value() ? child_text(held, "value") : text();
}

const Type* find_type(std::string_view name) {
    for (const auto family : {plain_types(), identity_types(), contact_types(), code_types(), text_types()})
        for (const auto& type : family)
            if (type.name == name) return &type;
    return nullptr;
}

std::vector<std::string> type_names() {
    std::vector<std::string> names;
    for (const auto family : {plain_types(), identity_types(), contact_types(), code_types(), text_types()})
        for (const auto& type : family) names.emplace_back(type.name);
    return names;
}

FhirValues one(JsonValue& value) {
    FhirValues made;
    made.add(value);
    return made;
}

FhirValues failed(std::string_view code, std::string what) {
    FhirValues made;
    made.failure = {code, std::move(what)};
    return made;
}

V2Values one_part(std::string value) {
    V2Values made;
    if (!value.empty()) made.repetitions.push_back({{1, 1, std::move(value)}});
    return made;
}

V2Values one_repetition(std::vector<std::string> components) {
    V2Values made;
    std::vector<V2Part> parts;
    for (std::size_t i = 0; i < components.size(); ++i)
        if (!components[i].empty()) parts.push_back({static_cast<unsigned>(i + 1), 1, std::move(components[i])});
    if (!parts.empty()) made.repetitions.push_back(std::move(parts));
    return made;
}

std::string child_text(const tree::Node& node, std::string_view name) {
    return std::string(node.child(name).text());
}

std::vector<tree::Node> child_nodes(const tree::Node& node, std::string_view name) {
    std::vector<tree::Node> found;
    node.children(name, found);
    return found;
}

}  // namespace causeway::mapping
