#pragma once
/// From text to program (grammar: http://hl7.org/fhirpath/N1/grammar.html).

#include <memory>
#include <string_view>
#include <variant>

#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

/// How deep an expression may nest.
inline constexpr std::uint32_t kMaxDepth = 200;
/// How long an expression may be, in bytes.
inline constexpr std::size_t kMaxExpression = 100'000;

/// Does not check types; the program is not folded.
std::variant<std::shared_ptr<Program>, CompileError> parse(std::string_view text, const CompileOptions& options = {});

}  // namespace causeway::fhirpath
