#include "mapping/letter.hpp"

#include <algorithm>
#include <cctype>

#include "core/text.hpp"

namespace causeway::mapping {
namespace {

/// "3. GP Actions :" and "**GP ACTIONS**" are both "gp actions".
std::string heading_key(std::string_view line) {
    const auto decoration = [](unsigned char c) {
        return std::isspace(c) != 0 || std::isdigit(c) != 0 || c == '.' || c == ')' || c == '*' || c == '#' ||
               c == '-' || c == '_' || c == '=' || c == ':' || c == '(';
    };
    while (!line.empty() && decoration(static_cast<unsigned char>(line.front()))) line.remove_prefix(1);
    while (!line.empty() && decoration(static_cast<unsigned char>(line.back()))) line.remove_suffix(1);
    std::string key;
    for (const char c : line) {
        const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (blank && !key.empty() && key.back() == ' ') continue;
        key += blank ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return key;
}

/// A line that is a heading, or begins with one and a colon.
struct Heading {
    std::string section;  ///< Empty: no heading.
    std::string key;
    std::string rest;  ///< Text after the colon.

    /// "GP actions" over the section gp-actions says no more than the section's title does; "Secondary diagnosis" does.
    bool is_title() const {
        std::string title = section;
        std::replace(title.begin(), title.end(), '-', ' ');
        return key == title;
    }
};

Heading heading_of(std::string_view line, const Headings& headings) {
    if (const auto whole = headings.find(heading_key(line)); whole != headings.end())
        return {whole->second, whole->first, ""};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    const auto first = headings.find(heading_key(line.substr(0, colon)));
    if (first == headings.end()) return {};
    return {first->second, first->first, std::string(trim(line.substr(colon + 1)))};
}

/// The formatting command that starts at `at` ("\.br\"), as what it means; `at` moves behind it.
std::string formatting(std::string_view value, std::size_t& at) {
    const auto end = value.find('\\', at + 1);
    if (end == std::string_view::npos || end - at > 12) return {};
    const auto command = value.substr(at + 1, end - at - 1);
    const auto known = [&](std::string_view name) { return command.starts_with(name); };
    std::string meaning;
    if (known(".br") || known(".sp") || known(".ce"))
        meaning = "\n";
    else if (known(".sk"))
        meaning = " ";
    else if (known(".in") || known(".ti") || known(".fi") || known(".nf") || command == "H" || command == "N")
        meaning = std::string_view("\0", 1);
    if (!meaning.empty()) at = end + 1;
    return meaning;
}

std::string unformatted(std::string_view value) {
    if (value.find('\\') == std::string_view::npos) return std::string(value);
    std::string text;
    for (std::size_t at = 0; at < value.size();) {
        if (value[at] == '\\') {
            const auto meaning = formatting(value, at);
            if (!meaning.empty()) {
                if (meaning[0] != '\0') text += meaning;
                continue;
            }
        }
        text += value[at++];
    }
    return text;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                // Control characters are not XML; a tab is.
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
        }
    }
    return out;
}

std::string unescaped(std::string text) {
    const std::pair<std::string_view, std::string_view> entities[] = {{"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""},
                                                                      {"&apos;", "'"}, {"&#39;", "'"}, {"&nbsp;", " "},
                                                                      {"&#160;", " "}, {"&amp;", "&"}};
    for (const auto& [entity, meaning] : entities)
        for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + meaning.size()))
            text.replace(at, entity.size(), meaning);
    return text;
}

}  // namespace

std::vector<std::string> text_lines(std::string_view value) {
    const auto text = unformatted(value);
    std::vector<std::string> lines;
    const auto ends = [](char c) { return c == '\r' || c == '\n'; };
    for (auto begin = text.begin();;) {
        const auto end = std::find_if(begin, text.end(), ends);
        std::string_view line(begin, end);
        while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
        lines.emplace_back(line);
        if (end == text.end()) return lines;
        begin = end + (std::string_view(end, text.end()).starts_with("\r\n") ? 2 : 1);
    }
}

bool is_heading(std::string_view line, const Headings& headings) {
    const auto heading = heading_of(line, headings);
    return !heading.section.empty() && heading.rest.empty();
}

std::vector<std::string> section_lines(const std::vector<std::string>& lines, const Headings& headings,
                                       std::string_view section) {
    std::vector<std::string> chosen;
    std::string current = "other";
    for (const auto& line : lines) {
        const auto heading = heading_of(line, headings);
        if (!heading.section.empty()) current = heading.section;
        if (current != section) continue;
        if (heading.section.empty() || !heading.is_title())
            chosen.push_back(line);
        else if (!heading.rest.empty())
            chosen.push_back(heading.rest);
    }
    return chosen;
}

std::string joined(const std::vector<std::string>& lines) {
    const auto has_text = [](const std::string& line) { return !trim(line).empty(); };
    const auto first = std::find_if(lines.begin(), lines.end(), has_text);
    const auto last = std::find_if(lines.rbegin(), lines.rend(), has_text).base();
    std::string text;
    for (auto line = first; line < last; ++line) text += (line == first ? "" : "\n") + *line;
    return text;
}

std::string narrative_div(std::string_view text) {
    std::string div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>";
    bool paragraph_has_text = false;
    for (const auto line : split(text, '\n')) {
        if (trim(line).empty()) {
            if (paragraph_has_text) div += "</p><p>";
            paragraph_has_text = false;
            continue;
        }
        if (paragraph_has_text) div += "<br/>";
        div += escaped(line);
        paragraph_has_text = true;
    }
    if (div.ends_with("<p>"))
        div.erase(div.size() - 3);
    else
        div += "</p>";
    return div + "</div>";
}

std::string text_of_div(std::string_view xhtml) {
    std::string text;
    for (std::size_t at = 0; at < xhtml.size();) {
        if (xhtml[at] != '<') {
            text += xhtml[at++];
            continue;
        }
        const auto end = std::min(xhtml.find('>', at), xhtml.size() - 1);
        const auto tag = xhtml.substr(at, end - at + 1);
        for (const std::string_view breaking : {"<br", "</p", "</li", "</tr", "</h", "</div"})
            if (tag.starts_with(breaking)) {
                text += '\n';
                break;
            }
        at = end + 1;
    }
    return joined(text_lines(unescaped(std::move(text))));
}

}  // namespace causeway::mapping
