#include "fhir/definitions/compile.hpp"

#include <algorithm>
#include <set>

#include "fhir/definitions/builder.hpp"
#include "fhir/definitions/terminology.hpp"

namespace causeway::fhir {
namespace {

// What people read about an element; validation needs none of it, and it is most of a definition.
constexpr std::string_view kForPeople[] = {
    "mapping",          "definition",         "comment",      "requirements", "alias",
    "isModifierReason", "meaningWhenMissing", "orderMeaning", "example",      "condition"};

/// A definition without its narrative and, for a StructureDefinition, what is for people.
const Json* slim(JsonArena& arena, const Json& definition) {
    auto* copy = arena.copy(definition);
    copy->remove("text");
    if (definition("resourceType") != "StructureDefinition") return copy;
    for (const auto name : {"mapping", "contact", "keyword", "contained"}) copy->remove(name);
    if (!definition.has("snapshot")) return copy;
    auto* elements = arena.make(Json::Kind::array);
    for (const auto& item : definition["snapshot"]["element"]) {
        auto* element = arena.copy(*item.value);
        for (const auto name : kForPeople) element->remove(name);
        elements->push(element);
    }
    auto* snapshot = arena.make(Json::Kind::object);
    snapshot->set("element", elements);
    copy->set("snapshot", snapshot);
    return copy;
}

class Compiler {
public:
    Compiler(Builder& builder, const Definitions* base) : builder_(builder), terminology_(builder, base) {}

    void add(const Documents& documents) {
        for (const auto& item : documents.items()) add(*item.json);
        terminology_.write();
    }

private:
    void add(const Json& definition) {
        const auto type = definition("resourceType");
        if (type == "StructureDefinition") {
            builder_.add_structure(*slim(arena_, definition));
        } else if (type == "SearchParameter") {
            builder_.add_search_parameter(definition);
        } else if (type == "ValueSet") {
            terminology_.add_value_set(*slim(arena_, definition));
        } else if (type == "CodeSystem") {
            terminology_.add_code_system(*slim(arena_, definition));
        } else {
            builder_.add_resource(*slim(arena_, definition));
        }
    }

    Builder& builder_;
    JsonArena arena_;
    Terminology terminology_;
};

/// The version that most StructureDefinitions name.
std::string version_of(const Documents& documents) {
    std::map<std::string, std::size_t> count;
    for (const auto& item : documents.items())
        if ((*item.json)("resourceType") == "StructureDefinition") ++count[std::string((*item.json)("fhirVersion"))];
    const auto most =
        std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == count.end() ? std::string() : most->first;
}

}  // namespace

Result<Compiled> compile(const Documents& documents) {
    const auto version = version_of(documents);
    if (version.empty())
        return fail(Issue::not_found, "",
                    "Give definitions of a FHIR version: there is no StructureDefinition with fhirVersion among them.");
    Builder builder;
    builder.set_version(version);
    Compiler(builder, nullptr).add(documents);
    return Compiled{builder.finish(), {}};
}

Result<Compiled> extend(const DefinitionsPtr& base, const Documents& documents) {
    Builder builder(*base);
    Compiler(builder, base.get()).add(documents);
    return Compiled{builder.finish(), {}};
}

}  // namespace causeway::fhir
