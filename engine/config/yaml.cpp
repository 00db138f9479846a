#include "config/yaml.hpp"

#include <algorithm>
#include <optional>

namespace causeway::config {
namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Bytes of the first `count` characters of UTF-8 text.
std::size_t bytes_of(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (count > 0 && at < text.size()) {
        ++at;
        while (at < text.size() && is_continuation(text[at])) ++at;
        --count;
    }
    return at;
}

struct Spot {
    std::size_t line = 0, offset = 0;
};

std::size_t next_line(std::string_view source, std::size_t at) {
    const auto end = source.find('\n', at);
    return end == std::string_view::npos ? source.size() : end + 1;
}

/// Where byte `at` of a literal block ("|") stands: its lines are the source's, each behind the same indentation.
std::optional<Spot> find_in_block(std::string_view source, std::size_t begin, std::string_view value, std::size_t at) {
    const auto wanted =
        static_cast<std::size_t>(std::count(value.begin(), value.begin() + static_cast<long>(at), '\n'));
    const auto value_line = wanted == 0 ? 0 : value.rfind('\n', at - 1) + 1;
    auto line_begin = next_line(source, begin);
    for (std::size_t i = 0; i < wanted; ++i) line_begin = next_line(source, line_begin);
    const auto line = source.substr(line_begin, next_line(source, line_begin) - line_begin);
    const auto text = value.substr(value_line, value.find('\n', value_line) - value_line);
    const auto indent = line.find(text);
    if (text.empty() || indent == std::string_view::npos) return std::nullopt;
    return Spot{wanted + 1, line_begin + indent + (at - value_line)};
}

/// Where byte `at` of a scalar's value stands in the source; nothing where escapes or folded lines are in the way.
std::optional<Spot> find_inside(std::string_view source, std::size_t begin, std::string_view value, std::size_t at) {
    if (begin >= source.size()) return std::nullopt;
    if (source[begin] == '|') return find_in_block(source, begin, value, at);
    if (source[begin] == '"') ++begin;
    if (source[begin] != '\'') {
        const bool same = source.substr(begin, value.size()) == value;
        return same ? std::optional(Spot{0, begin + at}) : std::nullopt;
    }
    auto offset = begin + 1;
    for (std::size_t i = 0; i < at; ++i, ++offset) {
        if (offset >= source.size() || source[offset] != value[i]) return std::nullopt;
        if (value[i] == '\'') ++offset;
    }
    return Spot{0, offset};
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const auto& [name, value] : entries)
        if (name->text == key) return value;
    return nullptr;
}

Yaml::Yaml(std::string text, std::string file, std::filesystem::path base)
    : text_(std::move(text)), file_(std::move(file)), base_(std::move(base)) {
}

Mistake Yaml::mistake(const YamlNode* node, std::string what) const {
    return node == nullptr ? mistake_at(0, 0, std::move(what)) : mistake_at(node->line, node->offset, std::move(what));
}

Mistake Yaml::mistake_inside(const YamlNode& scalar, std::size_t column, std::string what) const {
    const auto at = bytes_of(scalar.text, column == 0 ? 0 : column - 1);
    const auto spot = find_inside(text_, skip_properties(text_, scalar.offset), scalar.text, at);
    if (!spot) return mistake(&scalar, std::move(what));
    return mistake_at(scalar.line + spot->line, spot->offset, std::move(what));
}

Mistake Yaml::mistake_at(std::size_t line, std::size_t offset, std::string what) const {
    offset = std::min(offset, text_.size());
    const auto before = offset == 0 ? std::string::npos : text_.rfind('\n', offset - 1);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    const auto column =
        std::count_if(text_.begin() + static_cast<long>(begin), text_.begin() + static_cast<long>(offset),
                      [](char c) { return !is_continuation(c); });
    return {file_, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1), false,
            std::move(what)};
}

std::size_t skip_properties(std::string_view text, std::size_t offset) {
    while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
        offset = text.find_first_of(" \t\r\n", offset);
        if (offset == std::string_view::npos) return text.size();
        offset = std::min(text.find_first_not_of(" \t\r\n", offset), text.size());
    }
    return offset;
}

}  // namespace causeway::config
