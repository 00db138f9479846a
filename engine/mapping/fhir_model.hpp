#pragma once
/// What the FHIR definitions say of the locations, expressions and constants of a map: the check at load.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/static_types.hpp"
#include "mapping/location.hpp"

namespace causeway::mapping {

using Types = fhirpath::StaticTypes;
using VariableTypes = std::map<std::string, Types, std::less<>>;

/// Without definitions nothing is known and nothing is refused. Threads: any.
class FhirModel {
public:
    explicit FhirModel(fhir::DefinitionsPtr definitions) : definitions_(std::move(definitions)) {}

    bool knows() const noexcept { return definitions_ != nullptr; }
    /// A type by name, "Patient"; unknown where there is none.
    Types type(std::string_view name) const;

    /// What the expression gives; its first mistake otherwise.
    std::variant<Types, fhirpath::CompileError> expression(const std::string& text, const Types& focus,
                                                           const VariableTypes& variables) const;

    /// Where a location leads to.
    struct Place {
        Types types;  ///< Of what is written there; all of them where a choice is open.
        std::string path;
        fhir::Index element = 0;  ///< 0: nothing is known.
    };
    std::variant<Place, LocationMistake> place(const Types& from, const Location& location) const;

    /// Names of the types, for sentences; empty where something is unknown.
    std::vector<std::string> names(const Types& types) const;
    bool is_primitive(std::string_view type) const;
    /// Names of resources that a reference at this place may lead to; empty: any.
    std::vector<std::string> targets(const Place& place) const;
    /// Codes of a required binding; nothing where it has none, or not all of its codes are known.
    std::optional<std::vector<std::string>> codes(const Place& place) const;

private:
    struct Walk;
    std::optional<LocationMistake> step(Walk& walk, const Step& step, const Step* next) const;
    std::optional<LocationMistake> member(Walk& walk, const Step& step, const Step* next) const;
    std::optional<LocationMistake> extension(Walk& walk, const Step& step) const;
    std::optional<LocationMistake> bracket(Walk& walk, const Step& step) const;
    LocationMistake unknown(const Walk& walk, const Step& step) const;

    fhir::DefinitionsPtr definitions_;
};

}  // namespace causeway::mapping
