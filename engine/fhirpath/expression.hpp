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

/// One item of a collection.
using Value = std::variant<tree::Node, bool, std::int64_t, Decimal, std::string, Temporal, Quantity>;
using Collection = std::vector<Value>;

/// "true", "42", the node's text: how a value is written into a message or compared with a key.
std::string to_text(const Value& value);

/// What an expression may ask for beyond its focus.
struct Environment {
    std::map<std::string, Collection, std::less<>>
        variables;               ///< %name. %resource, %context and %rootResource come by themselves.
    std::optional<Instant> now;  ///< now(), today(); an expression that asks without one fails.
    std::function<tree::Node(std::string_view reference, const tree::Node& from)>
        resolve;  ///< resolve(); null: gives nothing.
};

/// Position of a mistake: 1-based column in the expression's text.
struct CompileError {
    std::size_t column = 1;
    std::string what;  ///< With "did you mean" where a function's name is close.
};

class Program;

/// A compiled expression. Immutable; copies share. Threads: any, at the same time.
class Expression {
public:
    /// An expression that gives nothing.
    Expression() = default;

    static std::variant<Expression, CompileError> compile(std::string_view text);

    const std::string& text() const;
    bool empty() const noexcept { return !program_; }

    /// Errors (a singleton was wanted, a function's argument is wrong) are Issue::processing; they name no value.
    Result<Collection> evaluate(const tree::Node& focus, const Environment& environment) const;
    /// True only for a single `true`; an empty collection is false.
    Result<bool> test(const tree::Node& focus, const Environment& environment) const;
    /// Text of the first item; empty where there is none.
    Result<std::string> text_of(const tree::Node& focus, const Environment& environment) const;

private:
    std::shared_ptr<const Program> program_;
};

}  // namespace causeway::fhirpath
