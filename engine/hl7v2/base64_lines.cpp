#include "hl7v2/base64_lines.hpp"

#include <algorithm>
#include <cctype>

namespace causeway::hl7v2 {
namespace {

constexpr std::string_view kBreaks = "\r\n \t";
constexpr std::size_t kShortestLine = 60;

bool is_break(char c) noexcept {
    return kBreaks.find(c) != std::string_view::npos;
}

bool is_base64(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
}

/// All lines but the last have the length of the first, which is long.
bool has_even_lines(std::string_view value) noexcept {
    const auto width = value.find_first_of(kBreaks);
    if (width == std::string_view::npos || width < kShortestLine) return false;
    for (;;) {
        const auto end = std::min(value.find_first_of(kBreaks), value.size());
        const auto next = value.find_first_not_of(kBreaks, end);
        if (next == std::string_view::npos) return end <= width;
        if (end != width) return false;
        value.remove_prefix(next);
    }
}

}  // namespace

bool is_wrapped_base64(std::string_view value, bool is_data) noexcept {
    if (value.find_first_of("\r\n") == std::string_view::npos) return false;
    if (!is_data && !has_even_lines(value)) return false;
    return std::all_of(value.begin(), value.end(), [](char c) { return is_break(c) || is_base64(c); });
}

std::string without_line_breaks(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    std::copy_if(value.begin(), value.end(), std::back_inserter(out), [](char c) { return !is_break(c); });
    return out;
}

}  // namespace causeway::hl7v2
