#pragma once
/// Tokens of FHIRPath, with HL7 v2 paths as one token.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhirpath/expression.hpp"

namespace causeway::fhirpath {

struct Token {
    enum class Kind {
        end,
        identifier,
        quoted_identifier,
        string,
        number,
        temporal,
        variable,
        special,
        hl7_path,
        symbol
    };

    Kind kind = Kind::end;
    std::string text;        ///< Decoded: without quotes, "@", "%", "$".
    std::size_t column = 1;  ///< From 1, in bytes.
    Temporal::Kind temporal = Temporal::Kind::date;
    std::size_t end = 0;  ///< Offset of what follows.

    bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
    bool is_word(std::string_view word) const { return kind == Kind::identifier && text == word; }
};

std::variant<std::vector<Token>, CompileError> lex(std::string_view text);

}  // namespace causeway::fhirpath
