#pragma once
/// FHIRPath (http://hl7.org/fhirpath/N1) over any tree, with HL7 v2 paths as literals: idea 2 of the house.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "fhir/definitions/definitions.hpp"
#include "tree/node.hpp"

namespace causeway::fhirpath {

/// A date, dateTime or time literal or value with the precision that it was written with.
struct Temporal {
    enum class Kind { date, date_time, time } kind = Kind::date;
    std::string text;  ///< Without "@".
};

/// Number with a unit: 4 'mg', 18 years.
struct Quantity {
    std::string value;
    std::string unit;
};

/// Decimals are kept as text beside their value, so that 1.0 is not 1.00 when it is written.
struct Decimal {
    double value = 0;
    std::string text;
};

/// What type() gives.
struct TypeInfo {
    std::string space;  ///< "FHIR", "System".
    std::string name;
    std::string base;  ///< Qualified: "FHIR.Element"; empty where it has none or it is not known.
};

/// One item of a collection.
using Value = std::variant<tree::Node, bool, std::int64_t, Decimal, std::string, Temporal, Quantity, TypeInfo>;
using Collection = std::vector<Value>;

/// "true", "42", the node's text: how a value is written into a message or compared with a key.
std::string to_text(const Value& value);
/// "boolean", "string", "Quantity", "HumanName": a value's type as FHIR names it; empty where the document does not
/// tell.
std::string_view type_name(const Value& value);

/// What stands above expressions and is handed in. Called during an evaluation, on its thread.
class Services {
public:
    /// unknown: an empty collection; not_held: the evaluation fails, because the name means nothing here.
    enum class Answer { no, yes, unknown, not_held };

    virtual ~Services() = default;
    /// Is the code in the value set? `system` is empty for a plain code.
    virtual Answer member_of(std::string_view system, std::string_view code, std::string_view value_set) const = 0;
    virtual Answer conforms_to(const tree::Node& node, std::string_view profile) const = 0;
    /// Is `descendant` the same code as `ancestor` or below it?
    virtual Answer subsumes(std::string_view system, std::string_view ancestor, std::string_view descendant) const = 0;
    /// Is the text an XHTML fragment as narratives may be?
    virtual Answer html_checks(const tree::Node& div) const = 0;
};

/// What an expression may ask for beyond its focus.
struct Environment {
    std::map<std::string, Collection, std::less<>> variables;  ///< %name.
    std::optional<Instant> now;  ///< now(), today(); an expression that asks without one fails.
    std::function<tree::Node(std::string_view reference, const tree::Node& from)>
        resolve;                         ///< resolve(); null: gives nothing.
    tree::Node resource;                 ///< %resource, where it is not the focus itself.
    tree::Node root_resource;            ///< %rootResource, where it is not %resource.
    const Services* services = nullptr;  ///< memberOf() and so on; null: conformsTo() of base types only.
};

struct StaticTypes;  // static_types.hpp

/// How an expression is compiled.
struct CompileOptions {
    /// Given: every path step, function and operator is checked against the types, and a mistake is a CompileError.
    fhir::DefinitionsPtr definitions;
    std::string_view focus;                    ///< Type ("Patient") that the expression starts from; empty: any.
    fhir::Index focus_element = 0;             ///< Or an element of the definitions, such as Patient.contact.
    const StaticTypes* focus_types = nullptr;  ///< Or whatever is known of it.
    /// Also refuses what is legal but says nothing: order where there is none, a condition that is no truth.
    bool strict = false;
    /// For published expressions: `as` takes collections of many items (dom-3 of R4), and the name of a System type
    /// ("String") a FHIR value too.
    bool lenient_as = false;
    /// Names of variables that the environment will have; null: not checked.
    const std::vector<std::string>* variables = nullptr;
    /// What is known of variables; names that are not among them are not refused.
    const std::map<std::string, StaticTypes, std::less<>>* variable_types = nullptr;
    StaticTypes* result = nullptr;  ///< Is set to what the expression can give.
};

/// Position of a mistake: 1-based column in the expression's text.
struct CompileError {
    std::size_t column = 1;
    std::string what;  ///< With "did you mean" where a name is close.
};

/// How one step of an expression came to its value.
struct Explained {
    std::size_t column = 1;
    std::string text;  ///< As written.
    Collection values;
};

class Program;

/// A compiled expression. Immutable; copies share. Threads: any, at the same time.
class Expression {
public:
    /// An expression that gives nothing.
    Expression() = default;

    static std::variant<Expression, CompileError> compile(std::string_view text, const CompileOptions& options = {});

    const std::string& text() const;
    bool empty() const noexcept { return !program_; }

    /// Errors (a singleton was wanted, a function's argument is wrong) are Issue::processing; they name no value.
    Result<Collection> evaluate(const tree::Node& focus, const Environment& environment) const;
    /// True only for a single `true`; an empty collection is false.
    Result<bool> test(const tree::Node& focus, const Environment& environment) const;
    /// Text of the first item; empty where there is none.
    Result<std::string> text_of(const tree::Node& focus, const Environment& environment) const;
    /// As evaluate(), with every step in the order of evaluation (at most 10,000; a step in a where() comes once for
    /// each item).
    Result<Collection> explain(const tree::Node& focus, const Environment& environment,
                               std::vector<Explained>& steps) const;

private:
    std::shared_ptr<const Program> program_;
};

}  // namespace causeway::fhirpath
