#pragma once
/// A parsed message as JSON, for programs that have no HL7 v2.

#include <cstdint>
#include <ostream>
#include <string_view>
#include <vector>

#include "hl7v2/batch.hpp"
#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// Where a message stood in its file.
struct JsonPlace {
    std::uint32_t number = 1;  ///< Of the message in its file.
    std::uint32_t line = 1;    ///< Of its first byte.
    std::uint32_t batch = 0;   ///< 0: in none.
};

/// One object: type, version, controlId, charset, delimiters, warnings, segments. A segment has its name, its line and
/// its fields by number; a field is a list of repetitions; a repetition is a text, or an object of components by
/// number; a component a text, or an object of sub-components. What is empty is not there; `""` (delete) is the two
/// quotes.
void write_json(const Message& message, const JsonPlace& place, std::ostream& out);

/// Why a message was refused: code of table 0357, where (path, line, column and byte in the file), what to do.
struct Refusal {
    Error error;
    std::uint32_t line = 1, column = 1;
    std::size_t offset = 0;
};

/// Finds the place that the error names in the text it was said of, which begins at `line` and `offset` of its file.
Refusal locate(const Error& error, std::string_view text, std::uint32_t line, std::size_t offset);
void write_json(const Refusal& refusal, const JsonPlace& place, std::ostream& out);
void write_json(const std::vector<Warning>& warnings, std::ostream& out);
/// A header or trailer of a batch or file: its fields as they stand.
void write_json(const Piece& envelope, std::ostream& out);

}  // namespace causeway::hl7v2
