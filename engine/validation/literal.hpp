#pragma once
/// fixed[x] and pattern[x] as trees, and how values are compared with them
/// (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_).

#include <cstdint>
#include <memory>
#include <string_view>

#include "fhir/tape.hpp"

namespace causeway::validation {

/// A value inside a literal. Cheap to copy; as long as its Literal lives.
struct LiteralNode {
    const fhir::Tape* tape = nullptr;
    std::uint32_t record = 0;

    explicit operator bool() const noexcept { return tape != nullptr; }
    std::string_view text() const { return tape->text(record); }
    /// First child of that name; nothing where it has none.
    LiteralNode child(std::string_view name) const;
};

/// A literal of the definitions, parsed. Immutable. Threads: any.
class Literal {
public:
    /// From FHIR JSON; a text that is no JSON gives a literal without root.
    explicit Literal(std::string_view json);
    LiteralNode root() const noexcept { return root_; }

private:
    std::shared_ptr<const fhir::Tape> tape_;
    LiteralNode root_;
};

/// Exactly the same value, extensions and ids included.
bool equals_fixed(const fhir::Tape& tape, std::uint32_t record, const LiteralNode& literal);
/// Everything that the pattern says is there; each item of a list of the pattern is met by some item.
bool meets_pattern(const fhir::Tape& tape, std::uint32_t record, const LiteralNode& pattern);

}  // namespace causeway::validation
