#include "mapping/person.hpp"

#include <algorithm>
#include <cctype>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "mapping/identity.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

constexpr std::string_view kAssemblyOrder = "http://hl7.org/fhir/StructureDefinition/humanname-assembly-order";
constexpr std::array<std::string_view, 4> kSurnameParts{
    "http://hl7.org/fhir/StructureDefinition/humanname-own-prefix",
    "http://hl7.org/fhir/StructureDefinition/humanname-own-name",
    "http://hl7.org/fhir/StructureDefinition/humanname-partner-prefix",
    "http://hl7.org/fhir/StructureDefinition/humanname-partner-name"};

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    for (const auto word : split(text, ' '))
        if (!trim(word).empty()) found.emplace_back(trim(word));
    return found;
}

std::string join(const std::vector<std::string>& texts) {
    std::string joined;
    for (const auto& text : texts) joined += (joined.empty() ? "" : " ") + text;
    return joined;
}

std::vector<std::string> texts(const Node& node, std::string_view name) {
    std::vector<std::string> found;
    for (const auto& child : child_nodes(node, name))
        if (!child.text().empty()) found.emplace_back(child.text());
    return found;
}

void append_texts(JsonValue& to, std::string_view name, const std::vector<std::string>& values) {
    for (const auto& value : values) to.append_text(name, value);
}

/// What a Reference names inside the document, else the node itself.
Node followed(const Node& node, const Resolve& resolve) {
    const auto reference = node.child("reference");
    if (!reference || !resolve) return node;
    const auto target = resolve(reference.text(), node);
    return target ? target : node;
}

/// The identifier to name a professional by: known systems first, as their order says.
Node preferred_identifier(const Node& node) {
    const auto all = child_nodes(node, "identifier");
    for (const std::string_view name : {"GMC", "GMP", "CONS", "NMC", "HCPC", "GPHC", "GDC", "SDS"})
        for (const auto& one : all)
            if (authority_of(child_text(one, "system")).name == name) return one;
    return all.empty() ? Node() : all.front();
}

bool has_digit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::string PersonName::display() const {
    if (!text.empty()) return text;
    std::vector<std::string> parts = prefix;
    parts.insert(parts.end(), given.begin(), given.end());
    if (!family.empty()) parts.push_back(family);
    return join(parts);
}

PersonName name_in(const V2Input& in, const NameComponents& at) {
    const auto part = [&](unsigned offset) { return std::string(trim(in.component(at.first + offset))); };
    PersonName name;
    name.family = trim(in.component(at.first, 1));
    for (unsigned i = 0; i < name.surname.size(); ++i) name.surname[i] = trim(in.component(at.first, i + 2));
    if (auto given = part(1); !given.empty()) name.given.push_back(std::move(given));
    for (auto& further : words(part(2))) name.given.push_back(std::move(further));
    if (auto suffix = part(3); !suffix.empty()) name.suffix.push_back(std::move(suffix));
    if (auto prefix = part(4); !prefix.empty()) name.prefix.push_back(std::move(prefix));
    if (auto degree = part(5); !degree.empty()) name.suffix.push_back(std::move(degree));
    if (const auto further = trim(in.component(at.suffix)); !further.empty()) name.suffix.emplace_back(further);
    name.assembly = trim(in.component(at.assembly));
    if (name.assembly != "F" && name.assembly != "G") name.assembly.clear();
    return name;
}

Person person_in(const V2Input& in) {
    Person person;
    person.value = trim(in.component(1));
    person.name = name_in(in, kXcn);
    const Authority authority{std::string(in.component(9, 1)), std::string(in.component(9, 2)),
                              std::string(in.component(9, 3))};
    const auto kind = std::string(in.component(13));
    if (person.name.empty() && !has_digit(person.value)) {
        person.name.text = std::move(person.value);
        person.value.clear();
        return person;
    }
    person.system = professional_system(person.value, authority.empty() ? Authority{kind, "", ""} : authority);
    if (!authority.empty()) person.type = kind;
    return person;
}

JsonValue& human_name(JsonArena& json, const PersonName& name) {
    auto& made = json.hole();
    if (name.empty()) return made;
    made.set("use", name.use);
    made.set("text", name.text);
    made.set("family", name.family);
    if (std::any_of(name.surname.begin(), name.surname.end(), [](const auto& part) { return !part.empty(); })) {
        auto& family = json.object();
        for (std::size_t i = 0; i < name.surname.size(); ++i)
            append_extension(json, family, kSurnameParts[i], "valueString", name.surname[i]);
        made.put("_family", family);
    }
    append_texts(made, "given", name.given);
    append_texts(made, "prefix", name.prefix);
    append_texts(made, "suffix", name.suffix);
    append_extension(json, made, kAssemblyOrder, "valueCode", name.assembly);
    return made;
}

PersonName name_of(const Node& node) {
    PersonName name;
    name.family = child_text(node, "family");
    name.given = texts(node, "given");
    name.prefix = texts(node, "prefix");
    name.suffix = texts(node, "suffix");
    name.use = child_text(node, "use");
    name.assembly = extension_text(node, kAssemblyOrder);
    const auto family = node.child("family");
    for (std::size_t i = 0; i < name.surname.size(); ++i) name.surname[i] = extension_text(family, kSurnameParts[i]);
    if (name.empty()) name.text = child_text(node, "text");
    return name;
}

Person person_of(const Node& node, const Resolve& resolve) {
    auto target = followed(node, resolve);
    if (target.child("practitioner")) target = followed(target.child("practitioner"), resolve);
    Person person;
    const auto identifier = preferred_identifier(target);
    person.value = child_text(identifier, "value");
    person.system = child_text(identifier, "system");
    person.type = child_text(identifier.child("type").child("coding"), "code");
    person.name = name_of(target.child("name"));
    if (person.name.empty()) person.name.text = child_text(target, "display");
    return person;
}

OrganisationName organisation_of(const Node& node, const Resolve& resolve) {
    auto target = followed(node, resolve);
    if (target.child("organization")) target = followed(target.child("organization"), resolve);
    OrganisationName found;
    for (const auto& identifier : child_nodes(target, "identifier")) {
        const auto system = child_text(identifier, "system");
        if (found.system == kOdsCodeSystem || (!found.code.empty() && system != kOdsCodeSystem)) continue;
        found.code = child_text(identifier, "value");
        found.system = system;
        found.type = child_text(identifier.child("type").child("coding"), "code");
    }
    found.name = child_text(target, "name");
    if (found.name.empty()) found.name = child_text(target, "display");
    return found;
}

void add_name(std::vector<V2Part>& parts, const NameComponents& at, const PersonName& name) {
    const auto add = [&](unsigned offset, std::string value) {
        if (!value.empty()) parts.push_back({at.first + offset, 1, std::move(value)});
    };
    add(0, name.family.empty() ? name.text : name.family);
    if (!name.given.empty()) {
        add(1, name.given.front());
        add(2, join({name.given.begin() + 1, name.given.end()}));
    }
    add(4, join(name.prefix));
    const auto& suffix = name.suffix;
    if (!suffix.empty()) add(3, suffix[0]);
    if (suffix.size() > 1) add(5, suffix[1]);
    if (suffix.size() > 2) add(at.suffix - at.first, join({suffix.begin() + 2, suffix.end()}));
    add(at.assembly - at.first, name.assembly);
    for (unsigned i = 0; i < name.surname.size(); ++i)
        if (!name.surname[i].empty()) parts.push_back({at.first, i + 2, name.surname[i]});
}

V2Values write_person(const Person& person) {
    std::vector<V2Part> parts;
    if (!person.value.empty()) parts.push_back({1, 1, person.value});
    add_name(parts, kXcn, person.name);
    const auto authority = authority_of(person.system);
    if (!authority.name.empty()) parts.push_back({9, 1, authority.name});
    if (!authority.universal.empty()) {
        parts.push_back({9, 2, authority.universal});
        parts.push_back({9, 3, authority.type});
    }
    if (!person.type.empty()) parts.push_back({13, 1, person.type});
    V2Values made;
    if (!parts.empty()) made.repetitions.push_back(std::move(parts));
    return made;
}

}  // namespace causeway::mapping
