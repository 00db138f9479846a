#pragma once
/// Splits lines of the mapping language outside quotes and brackets.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::mapping {

/// A line of a file with its number; comments are kept until a statement drops them.
struct Line {
    std::string text;
    std::uint32_t number = 0;
};

/// A part of a line, trimmed; `column` counts from 1.
struct Chunk {
    std::string keyword;  ///< "via", ":", "=" ...; empty for what comes first.
    std::string text;
    std::size_t column = 1;
};

/// The line without a comment: `#` at its start or after a blank, outside quotes.
std::string_view without_comment(std::string_view line);

/// Where `->`, `<-` or `<->` stands between blanks (or at the line's start), outside quotes and brackets; npos if
/// nowhere.
struct ArrowPlace {
    std::size_t at = std::string_view::npos;
    std::size_t size = 0;
};
ArrowPlace find_arrow(std::string_view line);

/// Splits `text` at keywords that stand as words outside quotes and brackets. After `when`, "=" only counts before a
/// double quote, and ":" not at all, because they belong to the condition. `offset` is the column of text[0].
std::vector<Chunk> split_options(std::string_view text, const std::vector<std::string_view>& keywords,
                                 std::size_t offset);

/// Words separated by blanks, each with its column.
std::vector<Chunk> words(std::string_view text, std::size_t offset);
/// Parts between commas outside quotes and brackets.
std::vector<Chunk> split_list(std::string_view text, std::size_t offset);

/// The text between double quotes with \" \\ \n resolved, or nothing where `text` is not one quoted text.
bool unquote(std::string_view text, std::string& out);

/// Length of the HL7 v2 path that an expression begins with: a field's, or a segment's before a function
/// (ERR.exists(), PROVIDER_CONTACT[2].CTD.empty()); 0 where it begins with none.
std::size_t match_path(std::string_view text);

/// "PID|1||..." and "MSH|^~\&|...": a line of an HL7 v2 message.
bool is_segment_line(std::string_view line);
/// Brackets that are open after a line of JSON, where `depth` were open before it.
int brackets_after(std::string_view line, int depth);

/// `%name` tokens outside quotes.
std::vector<Chunk> variables_of(std::string_view text, std::size_t offset);

}  // namespace causeway::mapping
