#pragma once
/// FHIR definitions (http://hl7.org/fhir/R4/structuredefinition.html, elementdefinition.html, valueset.html) as flat
/// tables: compiled once, memory-mapped or on the heap, immutable, shared by all threads without locks.
///
/// Every table begins with an empty record, so that index 0 means "none" everywhere. Records hold indexes and texts
/// that only their Definitions can read.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace causeway::fhir {

using Index = std::uint32_t;

/// A run of records of one table.
struct Range {
    Index first = 0;
    std::uint32_t count = 0;
};

/// A text in the text section.
struct Text {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

/// StructureDefinition.
struct Structure {
    enum class Kind : std::uint8_t { primitive_type, complex_type, resource, logical };

    Text url;        ///< Canonical without version.
    Text version;    ///< Business version; empty where not given.
    Text title;      ///< Name for people.
    Index type = 0;  ///< Name: "Patient", "HumanName", "string", "Extension".
    Index base = 0;  ///< Structure of baseDefinition; 0 for Element, Resource and where it is not held.
    Kind kind = Kind::resource;
    std::uint8_t is_abstract = 0;
    std::uint8_t is_profile = 0;   ///< derivation = constraint.
    std::uint8_t is_complete = 1;  ///< 0: a base or a type is not held; what could be compiled was.
    Range elements;                ///< Snapshot order; the first is the root.
    Text pattern;                  ///< Primitive types: regular expression of the value.
    Range contexts;                ///< Extensions: where they may stand.
    Range context_invariants;      ///< Constraints: FHIRPath that must hold where the extension stands.
};

/// StructureDefinition.context.
struct Context {
    enum class Kind : std::uint32_t { fhirpath, element, extension };
    Kind kind = Kind::element;
    Text expression;
};

/// ElementDefinition of a snapshot.
struct Element {
    enum Flag : std::uint16_t {
        kChoice = 1,    ///< "value[x]": the name is "value".
        kModifier = 2,  ///< isModifier.
        kMustSupport = 4,
        kSummary = 8,
        kXmlAttribute = 16,   ///< representation xmlAttr (id, url).
        kXhtml = 32,          ///< Narrative.div.
        kList = 64,           ///< base.max is not 0 or 1: an array in JSON.
        kSlice = 128,         ///< Has a sliceName.
        kResourceSlot = 256,  ///< Holds any resource: contained, Bundle.entry.resource, Parameters.parameter.resource.
    };
    static constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;

    Text path;  ///< "Patient.contact.name", "Observation.value[x]".
    Text id;    ///< "Observation.value[x]:valueQuantity.code".
    Index structure = 0;
    Index name = 0;        ///< Name: last step of the path without "[x]"; 0 at the root.
    Index slice_name = 0;  ///< Name: "systolic", "a/b" for a re-slice.
    std::uint16_t flags = 0;
    std::uint16_t order = 0;  ///< Among its siblings, slices counted with their element.
    std::uint32_t min = 0;
    std::uint32_t max = 0;         ///< kUnbounded for "*".
    std::uint32_t max_length = 0;  ///< 0: no limit.
    Index parent = 0;
    Index first_child = 0;  ///< Declared inside this structure; 0: look at the types. Slices are not in this chain ...
    Index next_sibling = 0;
    Index first_slice = 0;  ///< ... but in this one, of the element that they slice.
    Index next_slice = 0;
    Index content_reference = 0;  ///< Element whose children are used.
    Range types;
    Range constraints;
    Index slicing = 0;
    Index binding = 0;
    Index fixed = 0;      ///< Literal: fixed[x].
    Index pattern = 0;    ///< Literal: pattern[x].
    Index min_value = 0;  ///< Literal: minValue[x].
    Index max_value = 0;  ///< Literal: maxValue[x].

    bool is(Flag flag) const noexcept { return (flags & flag) != 0; }
};

/// ElementDefinition.type. Types of "http://hl7.org/fhirpath/System.*" are resolved to the FHIR type that R4 means.
struct Type {
    enum Aggregation : std::uint16_t { kContained = 1, kReferenced = 2, kBundled = 4 };
    enum class Versioning : std::uint16_t { either, independent, specific };

    Index code = 0;       ///< Name: "Reference", "HumanName".
    Index structure = 0;  ///< Base definition of that type; 0 where it is not held.
    Range profiles;       ///< Canonicals that the value must meet (one of them).
    Range targets;        ///< Canonicals of which a reference's target must meet one.
    std::uint16_t aggregation = 0;
    Versioning versioning = Versioning::either;
};

/// A canonical URL, perhaps with version, and the structure it names here.
struct Canonical {
    Text url;  ///< As written, with "|version"; "#id" names one element (elementdefinition-profile-element).
    Index structure = 0;
};

/// ElementDefinition.constraint, each pair of key and expression once.
struct Constraint {
    Text key;         ///< "dom-2".
    Text expression;  ///< FHIRPath; corrected where the published one is known to be wrong.
    Text human;
    std::uint16_t is_warning = 0;  ///< Severity warning; else error.
    std::uint16_t is_best_practice = 0;
    Text source;  ///< Canonical of the structure that brings it.
};

/// ElementDefinition.slicing.
struct Slicing {
    enum class Rules : std::uint16_t { closed, open, open_at_end };
    Range discriminators;
    Rules rules = Rules::open;
    std::uint16_t ordered = 0;
};

struct Discriminator {
    enum class Kind : std::uint32_t { value, exists, pattern, type, profile };
    Kind kind = Kind::value;
    Text path;  ///< "$this", "coding.code", "resolve().code", "extension('url').value".
};

struct Binding {
    enum class Strength : std::uint32_t { example, preferred, extensible, required };
    Strength strength = Strength::example;
    Text value_set;             ///< Canonical as written.
    Index value_set_index = 0;  ///< 0: not held.
    Text max_value_set;         ///< Extension elementdefinition-maxValueSet.
    Index max_value_set_index = 0;
};

/// fixed[x], pattern[x], minValue[x], maxValue[x].
struct Literal {
    Index type = 0;  ///< Name: "uri", "CodeableConcept".
    Text json;       ///< The value as FHIR JSON; a primitive stands in quotes or as number, true or false.
};

/// CodeSystem.
struct CodeSystem {
    enum class Content : std::uint16_t { complete, fragment, example, not_present, supplement };
    Text url;
    Text version;
    Content content = Content::not_present;
    std::uint16_t is_case_sensitive = 1;
    Range concepts;  ///< Sorted by code (folded to lower case where case does not matter).
};

struct Concept {
    Text code;
    Text display;
    Index parent = 0;  ///< Concept: the first parent in the hierarchy.
    std::uint16_t is_abstract = 0;
    std::uint16_t is_inactive = 0;
};

/// ValueSet: what it holds, as far as that can be known from what is held.
struct ValueSet {
    Text url;
    Text version;
    Text title;
    Range members;        ///< Sorted by system, then code.
    Range whole_systems;  ///< Systems of which it includes every code, and which are not held as lists (UCUM, BCP-13,
                          ///< SNOMED CT).
    Range open_systems;   ///< Systems of which it includes codes that are not known here (filters, imports not held).
    std::uint32_t is_open = 0;  ///< Something else is not known here, so that "not in" can't be said of any system.
};

/// A code in a value set.
struct Member {
    Index system = 0;  ///< Name.
    Text code;
    Text display;
};

/// SearchParameter, one record for each base.
struct SearchParameter {
    Index base = 0;  ///< Name: "Patient".
    Index code = 0;  ///< Name: "birthdate".
    Text type;       ///< "token", "reference", "date", ...
    Text expression;
    Text url;
};

/// A resource with a canonical URL that is none of the above: MessageDefinition, GraphDefinition, Questionnaire,
/// ConceptMap, NamingSystem, OperationDefinition, ...
struct Resource {
    Index type = 0;  ///< Name: "MessageDefinition".
    Text url;
    Text version;
};

/// The tables as they lie in memory; for those that build, write and read them.
struct Tables {
    struct Slot {  ///< Of `children`: an element's child by name.
        Index context = 0;
        Index name = 0;
        Index element = 0;
        Index type = 0;
    };
    /// A document of definitions as it was loaded, compressed.
    struct Source {
        std::uint64_t offset = 0;
        std::uint32_t length = 0;
        std::uint32_t original = 0;  ///< Length of the JSON text.
    };

    std::span<const char> version;
    std::span<const char> texts;
    std::span<const char> sources;
    std::span<const Text> names;
    std::span<const Index> name_slots;
    std::span<const Index> types_by_name;
    std::span<const Structure> structures;
    std::span<const Source> structure_sources;
    std::span<const Index> structure_slots;
    std::span<const Element> elements;
    std::span<const Slot> children;
    std::span<const Type> types;
    std::span<const Canonical> canonicals;
    std::span<const Constraint> constraints;
    std::span<const Index> constraint_lists;
    std::span<const Context> contexts;
    std::span<const Slicing> slicings;
    std::span<const Discriminator> discriminators;
    std::span<const Binding> bindings;
    std::span<const Literal> literals;
    std::span<const CodeSystem> code_systems;
    std::span<const Source> code_system_sources;
    std::span<const Index> code_system_slots;
    std::span<const Concept> concepts;
    std::span<const ValueSet> value_sets;
    std::span<const Source> value_set_sources;
    std::span<const Index> value_set_slots;
    std::span<const Member> members;
    std::span<const Index> systems;
    std::span<const SearchParameter> search_parameters;
    std::span<const Resource> resources;
    std::span<const Source> resource_sources;
    std::span<const Index> resource_slots;

    /// Calls f(span) for each table, in the order of the pack.
    template <class Self, class F>
    static void each(Self& self, F&& f);
};

/// All tables. Lifetime: the texts and spans it gives live as long as it. Threads: any, without locks.
class Definitions {
public:
    virtual ~Definitions() = default;
    Definitions() = default;
    Definitions(const Definitions&) = delete;
    Definitions& operator=(const Definitions&) = delete;

    /// Maps a pack that compile_pack() wrote. A file of another format version, cut or changed is refused with a
    /// sentence that says how to make a new one.
    static Result<std::shared_ptr<const Definitions>> open(const std::filesystem::path& pack);

    /// "4.0.1", "3.0.2".
    std::string_view fhir_version() const noexcept;

    std::string_view text(Text text) const noexcept { return {tables_.texts.data() + text.offset, text.length}; }
    /// Names of elements, types, slices and systems, each once. 0: not a name of these definitions.
    Index name(std::string_view text) const noexcept;
    std::string_view name_text(Index name) const noexcept { return text(tables_.names[name]); }
    std::size_t name_count() const noexcept { return tables_.names.size(); }

    /// The base definition of a type; 0: unknown.
    Index type(std::string_view name) const noexcept;
    Index type_of_name(Index name) const noexcept {
        return name < tables_.types_by_name.size() ? tables_.types_by_name[name] : 0;
    }
    /// By canonical, with or without "|version"; 0: not held. Without a version the newest one counts.
    Index structure(std::string_view canonical) const noexcept;
    /// Is the type (a structure of a base definition) the same as, or derived from, the other?
    bool derives(Index structure, Index from) const noexcept;

    const Structure& structure_at(Index index) const noexcept { return tables_.structures[index]; }
    const Element& element(Index index) const noexcept { return tables_.elements[index]; }
    /// By index: the first is the empty one.
    std::span<const Structure> structures() const noexcept { return tables_.structures; }
    std::span<const Element> elements(const Structure& structure) const noexcept {
        return run(tables_.elements, structure.elements);
    }
    std::span<const Type> types(Range range) const noexcept { return run(tables_.types, range); }
    std::span<const Canonical> canonicals(Range range) const noexcept { return run(tables_.canonicals, range); }
    /// Indexes into constraint_at().
    std::span<const Index> constraints(Range range) const noexcept { return run(tables_.constraint_lists, range); }
    const Constraint& constraint_at(Index index) const noexcept { return tables_.constraints[index]; }
    std::size_t constraint_count() const noexcept { return tables_.constraints.size(); }
    std::span<const Context> contexts(Range range) const noexcept { return run(tables_.contexts, range); }
    const Slicing& slicing(Index index) const noexcept { return tables_.slicings[index]; }
    std::span<const Discriminator> discriminators(Range range) const noexcept {
        return run(tables_.discriminators, range);
    }
    const Binding& binding(Index index) const noexcept { return tables_.bindings[index]; }
    const Literal& literal(Index index) const noexcept { return tables_.literals[index]; }

    /// A child as a document names it, for an element with children of its own (after content reference) or, where it
    /// has none, for the root of `type` (a structure). "valueQuantity" finds "value[x]" where Quantity is allowed
    /// there.
    struct Child {
        Index element = 0;
        Index type = 0;  ///< Name of the type that a choice name tells; 0 otherwise.
    };
    Child child(Index element, Index type, Index name) const noexcept;

    /// 0: not held.
    Index value_set(std::string_view canonical) const noexcept;
    Index code_system(std::string_view canonical) const noexcept;
    const ValueSet& value_set_at(Index index) const noexcept { return tables_.value_sets[index]; }
    const CodeSystem& code_system_at(Index index) const noexcept { return tables_.code_systems[index]; }
    std::span<const Member> members(Range range) const noexcept { return run(tables_.members, range); }
    std::span<const Concept> concepts(Range range) const noexcept { return run(tables_.concepts, range); }
    std::span<const Index> systems(Range range) const noexcept { return run(tables_.systems, range); }  ///< Names.

    /// Sorted by base, then code.
    std::span<const SearchParameter> search_parameters() const noexcept { return tables_.search_parameters.subspan(1); }

    /// Other resources with a canonical URL, by index (the first is empty). 0: not held.
    std::span<const Resource> resources() const noexcept { return tables_.resources; }
    Index resource(std::string_view canonical) const noexcept;

    /// The JSON text of what was loaded (a structure's with its snapshot); texts for people may be missing. Slow: it is
    /// kept compressed.
    std::string structure_json(Index structure) const;
    std::string value_set_json(Index value_set) const;
    std::string code_system_json(Index code_system) const;
    std::string resource_json(Index resource) const;

    /// All of the above, for writers and builders.
    const Tables& tables() const noexcept { return tables_; }

protected:
    template <class T>
    static std::span<const T> run(std::span<const T> table, Range range) noexcept {
        return table.subspan(range.first, range.count);
    }

    Tables tables_;
};

using DefinitionsPtr = std::shared_ptr<const Definitions>;

template <class Self, class F>
void Tables::each(Self& t, F&& f) {
    f(t.version), f(t.texts), f(t.sources), f(t.names), f(t.name_slots), f(t.types_by_name);
    f(t.structures), f(t.structure_sources), f(t.structure_slots), f(t.elements), f(t.children);
    f(t.types), f(t.canonicals), f(t.constraints), f(t.constraint_lists), f(t.contexts), f(t.slicings);
    f(t.discriminators), f(t.bindings), f(t.literals);
    f(t.code_systems), f(t.code_system_sources), f(t.code_system_slots), f(t.concepts);
    f(t.value_sets), f(t.value_set_sources), f(t.value_set_slots), f(t.members), f(t.systems);
    f(t.search_parameters), f(t.resources), f(t.resource_sources), f(t.resource_slots);
}

}  // namespace causeway::fhir
