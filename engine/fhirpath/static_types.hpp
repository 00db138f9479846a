#pragma once
/// What is known at load about the items that a step can give.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"

namespace causeway::fhirpath {

/// A System type, or a FHIR type at an element of the definitions (whose own children count, where it has some).
struct StaticType {
    std::string_view system;  ///< "String"; empty: a FHIR type.
    fhir::Index element = 0;
    fhir::Index type = 0;  ///< Structure.

    bool operator==(const StaticType&) const = default;
};

/// Kinds of values that operators and functions tell apart.
enum ValueClass : unsigned {
    kBooleanClass = 1,
    kNumberClass = 2,
    kTextClass = 4,
    kDateClass = 8,
    kTimeClass = 16,
    kQuantityClass = 32,
    kOtherClass = 64,
    kAnyClass = 127,
};

/// One of several types; `any`: nothing is known.
struct StaticTypes {
    bool any = false;
    bool is_unordered = false;  ///< Comes from children() or descendants().
    std::vector<StaticType> of;

    static StaticTypes unknown() { return {true, false, {}}; }
    static StaticTypes system(std::string_view name) { return {false, false, {{name, 0, 0}}}; }
    /// An HL7 v2 message: paths begin with a segment; there are no elements.
    static StaticTypes message() { return system(kMessage); }
    bool is_message() const noexcept { return of.size() == 1 && of.front().system == kMessage; }
    static constexpr std::string_view kMessage = "the HL7 v2 message";
    void add(const StaticType& type);
    void add(const StaticTypes& types);
};

/// Questions to the definitions.
class TypeModel {
public:
    explicit TypeModel(const fhir::Definitions& definitions) : definitions_(definitions) {}

    StaticTypes of_type(fhir::Index structure) const;
    StaticTypes of_element(fhir::Index element) const;
    /// "Patient", "Patient.contact"; nothing where there is none such.
    std::optional<StaticTypes> of_path(std::string_view path) const;
    /// Adds what a child of that name can be; false where the type has none.
    bool child(const StaticType& parent, std::string_view name, StaticTypes& out) const;
    /// Names of all children, for "did you mean".
    void child_names(const StaticType& parent, std::vector<std::string>& out) const;
    /// "valueQuantity" → "value.ofType(Quantity)"; empty where the name is no choice with its type.
    std::string choice_advice(const StaticType& parent, std::string_view name) const;
    /// What the targets of references can be.
    StaticTypes targets(const StaticTypes& references) const;
    unsigned classes(const StaticTypes& types) const;
    /// "HumanName", "Patient.contact", "String".
    std::string name(const StaticType& type) const;
    bool related(fhir::Index a, fhir::Index b) const;
    const fhir::Definitions& definitions() const noexcept { return definitions_; }

private:
    fhir::Index owner_of_children(const StaticType& type) const;
    fhir::Index base_element(const fhir::Element& element) const;
    bool is_open(const StaticType& type) const;
    unsigned class_of(const StaticType& type) const;

    // Looking through all types that derive from an abstract one costs; an expression does it seldom.
    static constexpr std::size_t kMaxOpenLookups = 1000;

    const fhir::Definitions& definitions_;
    mutable std::size_t open_lookups_ = 0;
};

}  // namespace causeway::fhirpath
