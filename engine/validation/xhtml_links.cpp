#include "validation/xhtml_links.hpp"

#include <algorithm>
#include <array>

namespace causeway::validation {
namespace {

using std::string_view;

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Compared without case. Control characters and white space in `text` are skipped, as browsers do.
bool starts_like(string_view text, string_view start) noexcept {
    std::size_t matched = 0;
    for (const char c : text) {
        if (matched == start.size()) break;
        if (static_cast<unsigned char>(c) <= ' ') continue;
        if (lower(c) != start[matched]) return false;
        ++matched;
    }
    return matched == start.size();
}

bool contains_like(string_view text, string_view part) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (lower(text[i]) == part.front() && starts_like(text.substr(i), part)) return true;
    return false;
}

/// Is there a scheme before any "/", "?" or "#"? A character reference hides one.
bool has_scheme(string_view link) noexcept {
    const auto end = link.find_first_of(":/?#&");
    return end != string_view::npos &&
           (link[end] == ':' || (link[end] == '&' && (end + 1 < link.size()) && link[end + 1] == '#'));
}

constexpr auto kFollowed = std::to_array<string_view>({"http:", "https:", "ftp:", "tel:", "mailto:"});
constexpr auto kShown = std::to_array<string_view>({"http:", "https:", "data:"});

template <class List>
bool is_one_of(const List& schemes, string_view link) noexcept {
    return std::any_of(schemes.begin(), schemes.end(), [&](string_view each) { return starts_like(link, each); });
}

}  // namespace

const char* check_link(string_view link, LinkUse use) noexcept {
    if (link.empty()) return use == LinkUse::show ? "Give the image a source." : nullptr;
    if (!has_scheme(link)) return nullptr;
    if (use == LinkUse::show)
        return is_one_of(kShown, link) ? nullptr : "Take images from http, https, data or the resource itself.";
    if (is_one_of(kFollowed, link) || starts_like(link, "data:image/")) return nullptr;
    return "Link only to http, https, ftp, tel or mailto, or to a place in the resource: others can't be followed.";
}

const char* check_style(string_view style) noexcept {
    for (const string_view active : {"javascript:", "expression(", "-moz-binding", "@import", "behavior:"})
        if (contains_like(style, active)) return "Take what runs or loads out of the style.";
    return nullptr;
}

}  // namespace causeway::validation
