#pragma once
/// Splits a stretch of a message at one delimiter.

#include <cstring>
#include <string_view>

#include "hl7v2/index.hpp"

namespace causeway::hl7v2 {

inline std::string_view slice(std::string_view text, Range range) noexcept {
    return {text.data() + range.begin, range.end - range.begin};
}

/// First place of `c` in the range, or its end. The delimiter 0 (not declared) is nowhere.
inline std::uint32_t find_in(std::string_view text, Range range, char c) noexcept {
    if (c == '\0' || range.empty()) return range.end;
    const void* found = std::memchr(text.data() + range.begin, c, range.end - range.begin);
    return found == nullptr ? range.end : static_cast<std::uint32_t>(static_cast<const char*>(found) - text.data());
}

/// The parts in turn; an empty range has one empty part.
class Parts {
public:
    Parts(std::string_view text, Range whole, char separator) noexcept
        : text_(text), rest_(whole), separator_(separator) {}

    bool next() noexcept {
        if (done_) return false;
        part = {rest_.begin, find_in(text_, rest_, separator_)};
        done_ = part.end == rest_.end;
        rest_.begin = done_ ? rest_.end : part.end + 1;
        ++number;
        return true;
    }

    Range part;
    std::uint32_t number = 0;  ///< Of `part`, from 1.

private:
    std::string_view text_;
    Range rest_;
    char separator_;
    bool done_ = false;
};

/// Part `number` from 1; empty where there is none.
inline Range nth_part(std::string_view text, Range whole, char separator, std::uint32_t number) noexcept {
    Parts parts(text, whole, separator);
    while (parts.next())
        if (parts.number == number) return parts.part;
    return {};
}

}  // namespace causeway::hl7v2
