#include "hl7v2/spans.hpp"

#include <algorithm>

#include "hl7v2/base64_lines.hpp"
#include "hl7v2/dictionary/dictionary.hpp"
#include "hl7v2/escape.hpp"
#include "hl7v2/header.hpp"
#include "hl7v2/texts.hpp"

namespace causeway::hl7v2 {
namespace {

/// Most values end within so many bytes; looking at each costs less than several searches.
constexpr std::size_t kNear = 128;

enum Mark : std::uint8_t { kFieldEnd = 1, kComponentEnd = 2, kSubcomponentEnd = 4, kEscape = 8 };
/// By level, from Level::field: what ends a place of it, and what parts it.
constexpr std::array<std::uint8_t, 3> kEnds = {kFieldEnd, kFieldEnd | kComponentEnd,
                                               kFieldEnd | kComponentEnd | kSubcomponentEnd};
constexpr std::array<std::uint8_t, 3> kParts = {kComponentEnd | kSubcomponentEnd, kSubcomponentEnd, 0};

}  // namespace

std::optional<Error> Spans::build(std::string_view text, std::size_t max_segments) {
    text_ = text;
    auto index = Index::build(text_, max_segments);
    if (!index) return index.error();
    index_ = std::move(*index);
    if (auto problem = check_header(text_, index_)) return problem;
    find_texts(text_, index_);
    escape_ = delimiters().escape_text();
    literal_end_ = index_.field(0, 2).end;
    for (const char c : {'\r', '\n', delimiters().field, delimiters().repetition}) mark(c, kFieldEnd);
    mark(delimiters().component, kComponentEnd);
    mark(delimiters().subcomponent, kSubcomponentEnd);
    if (!escape_.empty()) mark(escape_[0], kEscape);
    const auto& all = index_.warnings();
    has_line_breaks_ = std::any_of(all.begin(), all.end(), [](const auto& w) { return w.code == "rejoined-line"; });
    return std::nullopt;
}

char Spans::separator_below(Level level, std::uint32_t offset) const noexcept {
    if (is_literal(offset)) return '\0';
    if (level == Level::field) return delimiters().component;
    return level == Level::component ? delimiters().subcomponent : '\0';
}

/// The delimiter 0 (not declared) is nowhere.
void Spans::mark(char c, std::uint8_t as) noexcept {
    if (c != '\0') marks_[static_cast<unsigned char>(c)] |= as;
}

Span Spans::at(Level level, std::uint32_t number, std::uint32_t begin) const noexcept {
    const auto place = delimited(level, number, begin);
    if (const auto end = level < Level::field ? 0 : index_.text_end(begin, place.end))
        return {begin, end, number, level, false, false};
    return place;
}

/// The place by its delimiters alone.
Span Spans::delimited(Level level, std::uint32_t number, std::uint32_t begin) const noexcept {
    const auto end = std::min<std::size_t>(text_.size(), begin + kNear);
    const bool looks = level >= Level::field && !is_literal(begin) && !has_line_breaks_;
    const auto row = static_cast<std::size_t>(level) - static_cast<std::size_t>(Level::field);
    std::uint8_t seen = 0;
    for (std::size_t at = begin; looks && at < end; ++at) {
        const auto mark = marks_[static_cast<unsigned char>(text_[at])];
        if ((mark & kEnds[row]) != 0)
            return {begin, static_cast<std::uint32_t>(at), number,
                    level, (seen & kParts[row]) != 0,      (seen & kEscape) == 0};
        seen |= mark;
    }
    const auto range = searched(level, number, begin);
    return {begin, range.end, number, level, has_parts(level, range), false};
}

const Spans::Long& Spans::long_field(std::uint32_t begin) const noexcept {
    if (long_.holds(begin)) return long_;
    const auto segment = index_.segment_at(begin);
    const auto field = index_.field(segment, index_.field_at(segment, begin));
    const auto& d = delimiters();
    long_ = {};
    // The repetition that holds it.
    for (auto& range = long_.range; range.end < begin && range.end < field.end;) {
        range.begin = range.end == 0 ? field.begin : range.end + 1;
        range.end = find_in(text_, {range.begin, field.end}, d.repetition);
    }
    long_.has_subcomponents = find_in(text_, long_.range, d.subcomponent) != long_.range.end;
    long_.has_escapes = !escape_.empty() && find_in(text_, long_.range, escape_[0]) != long_.range.end;
    return long_;
}

/// Cuts at each delimiter that ends a place of this level or one above it.
Range Spans::searched(Level level, std::uint32_t number, std::uint32_t begin) const noexcept {
    if (level == Level::root) return {0, static_cast<std::uint32_t>(text_.size())};
    if (level == Level::segment) return {begin, index_.segments()[number - 1].end};
    if (is_literal(begin)) {
        const auto segment = index_.segment_at(begin);
        return {begin, index_.field(segment, index_.field_at(segment, begin)).end};
    }
    const auto& whole = long_field(begin);
    const auto& d = delimiters();
    Range out{begin, whole.range.end};
    if (level >= Level::component) out.end = find_in(text_, out, d.component);
    if (level == Level::subcomponent && whole.has_subcomponents) out.end = find_in(text_, out, d.subcomponent);
    return out;
}

Span Spans::part(const Span& whole, std::uint32_t number) const noexcept {
    Span found;
    std::uint32_t passed = 0;
    auto begin = whole.begin;
    if (whole.level < Level::field || whole.level == Level::subcomponent) return found;
    const auto level = below(whole.level);
    if (is_literal(begin) || !whole.has_parts)
        return number == 1 ? Span{begin, whole.end, 1, level, false, false} : found;
    while (begin < whole.end) {
        const auto place = at(level, ++passed, begin);
        if (passed == number) return place.empty() ? found : place;
        begin = place.end + 1;
    }
    return found;
}

Range Spans::part(Level level, Range whole, std::uint32_t number) const noexcept {
    if (index_.is_text(whole)) return number == 1 ? whole : Range{};
    return nth_part(text_, whole, separator_below(level, whole.begin), number);
}

bool Spans::has_parts(Level level, Range range) const noexcept {
    if (level <= Level::segment) return true;
    if (level == Level::subcomponent || is_literal(range.begin) || index_.is_text(range)) return false;
    const bool any = !long_.holds(range.begin) || long_.has_subcomponents;
    if (any && find_in(text_, range, delimiters().subcomponent) != range.end) return true;
    return level == Level::field && find_in(text_, range, delimiters().component) != range.end;
}

bool Spans::is_leaf(const Span& place) const {
    const bool is_field = place.level == Level::field;
    if (!place.has_parts || !(is_field || place.level == Level::component)) return false;
    if (is_field && find_in(text_, place.range(), delimiters().component) != place.end) return false;
    const auto segment = index_.segment_at(place.begin);
    const auto field = index_.field_at(segment, place.begin);
    const auto name = index_.segments()[segment].name_view();
    const bool is_result = name == "OBX" && field == 5;
    const auto type = is_result ? slice(text_, index_.field(segment, 2)) : std::string_view();
    if (is_result && type.empty()) return false;
    const auto version = slice(text_, nth_part(text_, index_.field(0, 12), delimiters().component, 1));
    return Dictionary::of(version).is_leaf(name, field, is_field ? 1 : place.number, type);
}

bool Spans::needs_decoding(Range range) const noexcept {
    if (is_literal(range.begin)) return false;
    const auto value = slice(text_, range);
    if (has_line_breaks_ && value.find_first_of("\r\n") != std::string_view::npos) return true;
    if (long_.holds(range.begin) && !long_.has_escapes) return false;
    return !escape_.empty() && find_in(text_, range, escape_[0]) != range.end;
}

std::string Spans::decoded(Range range) const {
    const auto value = slice(text_, range);
    if (has_line_breaks_) {
        const auto segment = index_.segment_at(range.begin);
        const bool is_data =
            index_.segments()[segment].name_view() == "OBX" && slice(text_, index_.field(segment, 2)) == "ED";
        if (is_wrapped_base64(value, is_data)) return without_line_breaks(value);
    }
    return unescape(value, delimiters(), charset_);
}

bool Spans::equals(Level level, Range range, std::string_view value) const {
    if (has_parts(level, range) || !needs_decoding(range)) return slice(text_, range) == value;
    return decoded(range) == value;
}

std::string_view Spans::value(const Span& place) const {
    if (place.has_parts || place.is_plain || !needs_decoding(place.range())) return slice(text_, place.range());
    const auto found = decoded_.find(place.begin);
    if (found != decoded_.end()) return found->second;
    return decoded_.emplace(place.begin, decoded(place.range())).first->second;
}

std::string_view Spans::value(Range leaf, std::string& scratch) const {
    if (!needs_decoding(leaf)) return slice(text_, leaf);
    scratch = decoded(leaf);
    return scratch;
}

}  // namespace causeway::hl7v2
