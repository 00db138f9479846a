#pragma once
/// Makes tables. Internal to this folder; see compile.hpp for the way in.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/definitions/json_value.hpp"

namespace causeway::fhir {

/// The tables while they grow. Each begins with its empty record.
struct HeapTables {
    std::vector<char> version, texts, sources;
    std::vector<Text> names;
    std::vector<Index> name_slots, types_by_name;
    std::vector<Structure> structures;
    std::vector<Tables::Source> structure_sources;
    std::vector<Index> structure_slots;
    std::vector<Element> elements;
    std::vector<Tables::Slot> children;
    std::vector<Type> types;
    std::vector<Canonical> canonicals;
    std::vector<Constraint> constraints;
    std::vector<Index> constraint_lists;
    std::vector<Context> contexts;
    std::vector<Slicing> slicings;
    std::vector<Discriminator> discriminators;
    std::vector<Binding> bindings;
    std::vector<Literal> literals;
    std::vector<CodeSystem> code_systems;
    std::vector<Tables::Source> code_system_sources;
    std::vector<Index> code_system_slots;
    std::vector<Concept> concepts;
    std::vector<ValueSet> value_sets;
    std::vector<Tables::Source> value_set_sources;
    std::vector<Index> value_set_slots;
    std::vector<Member> members;
    std::vector<Index> systems;
    std::vector<SearchParameter> search_parameters;
    std::vector<Resource> resources;
    std::vector<Tables::Source> resource_sources;
    std::vector<Index> resource_slots;
};

/// Grows tables upon a base (whose indexes stay as they are) or from nothing.
class Builder {
public:
    Builder();
    explicit Builder(const Definitions& base);

    void set_version(std::string_view version) { t.version.assign(version.begin(), version.end()); }
    std::string_view version() const noexcept { return {t.version.data(), t.version.size()}; }

    /// A text of the text section, each once as far as this builder knows.
    Text text(std::string_view value);
    std::string_view view(Text value) const noexcept { return {t.texts.data() + value.offset, value.length}; }
    Index name(std::string_view value);
    std::string_view name_text(Index value) const noexcept { return view(t.names[value]); }

    /// A constraint, each pair of key and expression once.
    Index constraint(const Constraint& constraint);
    /// baseDefinition of a structure and contentReference of an element, resolved by finish().
    void set_base(Index structure, std::string_view url) { bases_.emplace_back(structure, url); }
    void set_content_reference(Index element, std::string_view url) { content_references_.emplace_back(element, url); }

    /// Keeps a document compressed.
    Tables::Source keep(const Json& document);

    /// StructureDefinition with snapshot; structures.cpp.
    void add_structure(const Json& definition);
    /// SearchParameter.
    void add_search_parameter(const Json& definition);
    /// Any other resource with a canonical URL.
    void add_resource(const Json& definition);

    /// Resolves canonicals and content references, and hashes everything.
    std::shared_ptr<const Definitions> finish();

    HeapTables t;

private:
    std::pair<Index, bool> note_constraint(Index index);
    Index structure(std::string_view canonical) const;
    void hash_canonicals();
    void find_types();
    void resolve();
    void hash_children();

    std::unordered_map<std::string, Text> text_of_;
    std::unordered_map<std::string, Index> name_of_;
    std::unordered_map<std::string, Index> constraint_of_;
    std::vector<std::pair<Index, std::string>> bases_;
    std::vector<std::pair<Index, std::string>> content_references_;
};

}  // namespace causeway::fhir
