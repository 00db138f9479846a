#pragma once
/// One column of a CSV file (RFC 4180), read in pieces of any size.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway::assurance {

/// Reads a file with a line of headings. The separator is the one of "," ";" tab and "|" that the headings have most
/// of. Quoted fields may hold separators, line ends and doubled quotes; a byte-order mark is dropped. Memory: one
/// line's fields, at most kLongest bytes. Threads: one.
class CsvColumn {
public:
    static constexpr std::size_t kLongest = 1u << 20;
    using Take = std::function<void(std::string_view value)>;

    /// `column` is a heading, whatever its case; empty: the first one. `take` gets the column of every further line,
    /// without blanks around it; lines without any text are left out.
    CsvColumn(std::string column, Take take) : column_(std::move(column)), take_(std::move(take)) {}

    /// Errors name the line: there is no such column, a line has no id, a field has no end.
    Result<void> feed(std::string_view bytes);
    /// The file has ended.
    Result<void> finish();

private:
    Result<void> take_byte(char byte);
    Result<void> end_line();
    Result<void> read_headings();
    Result<void> read_line();
    void choose_separator();
    Error wrong(std::string what) const;

    const std::string column_;
    const Take take_;
    std::vector<std::string> fields_{1};
    std::string headings_;  // The first line as it stands, until its separator is known.
    std::size_t index_ = 0, size_ = 0;
    std::int64_t line_ = 1;
    char separator_ = 0;
    bool quoted_ = false, was_quote_ = false, has_headings_ = false;
};

}  // namespace causeway::assurance
