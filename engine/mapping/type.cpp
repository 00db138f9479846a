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
    if (!value.empty()) made.repetitions.emplace_back().push_back({1, 1, std::move(value)});
    return made;
}

V2Values one_repetition(std::initializer_list<std::string_view> components) {
    V2Values made;
    std::vector<V2Part> parts;
    parts.reserve(components.size());
    unsigned number = 0;
    for (const auto component : components)
        if (++number; !component.empty()) parts.push_back({number, 1, std::string(component)});
    if (!parts.empty()) made.repetitions.push_back(std::move(parts));
    return made;
}

JsonValue& period_in(const V2Input& in, unsigned start, unsigned end, unsigned range) {
    auto& made = in.json.hole();
    const auto set = [&](std::string_view name, std::string_view own, unsigned part) {
        const auto dtm = own.empty() && range != 0 ? in.component(range, part) : own;
        if (dtm.empty()) return;
        const auto fhir = dtm_to_fhir(dtm, DtmAs::date_time, in.zone);
        if (const auto* text = std::get_if<std::string>(&fhir)) made.set(name, *text);
    };
    set("start", in.component(start), 1);
    set("end", in.component(end), 2);
    return made;
}

void add_period(std::vector<V2Part>& parts, const tree::Node& node, unsigned start, unsigned end) {
    const auto period = node.child("period");
    const std::pair<std::string_view, unsigned> sides[] = {{"start", start}, {"end", end}};
    for (const auto& [name, component] : sides) {
        const auto dtm = fhir_to_dtm(period.child(name).text(), DtmAs::date_time);
        const auto* text = std::get_if<std::string>(&dtm);
        if (text != nullptr && !text->empty()) parts.push_back({component, 1, *text});
    }
}

void append_extension(JsonArena& json, JsonValue& to, std::string_view url, std::string_view value_name,
                      std::string_view value) {
    if (value.empty()) return;
    auto& extension = json.object();
    extension.set("url", url);
    extension.set(value_name, value);
    to.append("extension", extension);
}

std::string extension_text(const tree::Node& node, std::string_view url) {
    for (const auto& extension : child_nodes(node, "extension"))
        if (extension.child("url").text() == url) return child_text(extension, "value");
    return {};
}

std::string child_text(const tree::Node& node, std::string_view name) {
    // Types ask for a dozen elements of each value: the list that they are found in is made once.
    thread_local std::vector<tree::Node> found;
    found.clear();
    node.children(name, found);
    return found.empty() ? std::string() : std::string(found.front().text());
}

std::vector<tree::Node> child_nodes(const tree::Node& node, std::string_view name) {
    std::vector<tree::Node> found;
    node.children(name, found);
    return found;
}

}  // namespace causeway::mapping
