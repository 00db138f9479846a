#include "hl7v2/document.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "hl7v2/base64_lines.hpp"
#include "hl7v2/escape.hpp"
#include "hl7v2/header.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kReadyNames = 256;

/// Most values end within so many bytes; looking at each costs less than several searches.
constexpr std::size_t kNear = 128;

enum Mark : std::uint8_t { kFieldEnd = 1, kComponentEnd = 2, kSubcomponentEnd = 4, kEscape = 8 };
/// By level, from Level::field: what ends a place of it, and what parts it.
constexpr std::array<std::uint8_t, 3> kEnds = {kFieldEnd, kFieldEnd | kComponentEnd,
                                               kFieldEnd | kComponentEnd | kSubcomponentEnd};
constexpr std::array<std::uint8_t, 3> kParts = {kComponentEnd | kSubcomponentEnd, kSubcomponentEnd, 0};

const std::array<std::string, kReadyNames>& ready_names() {
    static const auto names = [] {
        std::array<std::string, kReadyNames> out;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::to_string(i);
        return out;
    }();
    return names;
}

/// A child's name as a number; 0 for any other name.
std::uint32_t to_number(std::string_view name) noexcept {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    const bool whole = error == std::errc() && end == name.data() + name.size() && !name.starts_with('0');
    return whole ? value : 0;
}

Level below(Level level) noexcept {
    return static_cast<Level>(static_cast<int>(level) + 1);
}

}  // namespace

Place Place::of(tree::Node::Handle handle) noexcept {
    return {static_cast<Level>(handle >> 61U), static_cast<std::uint32_t>((handle >> 32U) & 0x1fffffffU),
            static_cast<std::uint32_t>(handle & 0xffffffffU)};
}

tree::Node::Handle Place::handle() const noexcept {
    return (static_cast<std::uint64_t>(level) << 61U) | (static_cast<std::uint64_t>(number & 0x1fffffffU) << 32U) |
           begin;
}

IndexedMessage::IndexedMessage(Payload payload, std::string_view text, std::optional<std::string> converted,
                               Charset charset)
    : payload_(std::move(payload)), text_(text), charset_(std::move(charset)) {
    if (!converted) return;
    converted_ = std::move(*converted);
    text_ = converted_;
}

std::optional<Error> IndexedMessage::build(std::size_t max_segments, std::vector<Warning> warnings) {
    auto index = Index::build(text_, max_segments);
    if (!index) return index.error();
    index_ = std::move(*index);
    if (auto problem = check_header(text_, index_)) return problem;
    escape_ = delimiters().escape_text();
    literal_end_ = index_.field(0, 2).end;
    for (const char c : {'\r', '\n', delimiters().field, delimiters().repetition}) mark(c, kFieldEnd);
    mark(delimiters().component, kComponentEnd);
    mark(delimiters().subcomponent, kSubcomponentEnd);
    if (!escape_.empty()) mark(escape_[0], kEscape);
    auto& all = index_.warnings();
    has_line_breaks_ = std::any_of(all.begin(), all.end(), [](const auto& w) { return w.code == "rejoined-line"; });
    all.insert(all.begin(), std::make_move_iterator(warnings.begin()), std::make_move_iterator(warnings.end()));
    return std::nullopt;
}

char IndexedMessage::separator_below(Level level, std::uint32_t offset) const noexcept {
    if (is_literal(offset)) return '\0';
    if (level == Level::field) return delimiters().component;
    return level == Level::component ? delimiters().subcomponent : '\0';
}

/// The delimiter 0 (not declared) is nowhere.
void IndexedMessage::mark(char c, std::uint8_t as) noexcept {
    if (c != '\0') marks_[static_cast<unsigned char>(c)] |= as;
}

const IndexedMessage::Extent& IndexedMessage::extent(Place place) const noexcept {
    auto& known = known_[static_cast<std::size_t>(place.level)];
    if (known.begin != place.begin) known = {place.begin, look(place)};
    return known.extent;
}

IndexedMessage::Extent IndexedMessage::look(Place place) const noexcept {
    const auto end = std::min<std::size_t>(text_.size(), place.begin + kNear);
    const bool looks = place.level >= Level::field && !is_literal(place.begin) && !has_line_breaks_;
    const auto level = static_cast<std::size_t>(place.level) - static_cast<std::size_t>(Level::field);
    std::uint8_t seen = 0;
    for (std::size_t at = place.begin; looks && at < end; ++at) {
        const auto mark = marks_[static_cast<unsigned char>(text_[at])];
        if ((mark & kEnds[level]) != 0)
            return {{place.begin, static_cast<std::uint32_t>(at)}, (seen & kParts[level]) != 0, (seen & kEscape) == 0};
        seen |= mark;
    }
    const auto range = searched(place);
    return {range, has_parts(place.level, range), false};
}

/// Cuts at each delimiter that ends a place of this level or one above it.
Range IndexedMessage::searched(Place place) const noexcept {
    if (place.level == Level::root) return {0, static_cast<std::uint32_t>(text_.size())};
    if (place.level == Level::segment) return {place.begin, index_.segments()[place.number - 1].end};
    const auto segment = index_.segment_at(place.begin);
    Range out{place.begin, index_.field(segment, index_.field_at(segment, place.begin)).end};
    if (is_literal(place.begin)) return out;
    const auto& d = delimiters();
    out.end = find_in(text_, out, d.repetition);
    if (place.level >= Level::component) out.end = find_in(text_, out, d.component);
    if (place.level == Level::subcomponent) out.end = find_in(text_, out, d.subcomponent);
    return out;
}

bool IndexedMessage::has_parts(Level level, Range range) const noexcept {
    if (level <= Level::segment) return true;
    if (level == Level::subcomponent || is_literal(range.begin)) return false;
    if (find_in(text_, range, delimiters().subcomponent) != range.end) return true;
    return level == Level::field && find_in(text_, range, delimiters().component) != range.end;
}

bool IndexedMessage::needs_decoding(Range range) const noexcept {
    if (is_literal(range.begin)) return false;
    const auto value = slice(text_, range);
    if (has_line_breaks_ && value.find_first_of("\r\n") != std::string_view::npos) return true;
    return !escape_.empty() && find_in(text_, range, escape_[0]) != range.end;
}

std::string IndexedMessage::decoded(Range range) const {
    const auto value = slice(text_, range);
    if (has_line_breaks_) {
        const auto segment = index_.segment_at(range.begin);
        const bool is_data =
            index_.segments()[segment].name_view() == "OBX" && slice(text_, index_.field(segment, 2)) == "ED";
        if (is_wrapped_base64(value, is_data)) return without_line_breaks(value);
    }
    return unescape(value, delimiters(), charset_);
}

bool IndexedMessage::equals(Level level, Range range, std::string_view value) const {
    if (has_parts(level, range) || !needs_decoding(range)) return slice(text_, range) == value;
    return decoded(range) == value;
}

std::string_view IndexedMessage::value(Range leaf, std::string& scratch) const {
    if (!needs_decoding(leaf)) return slice(text_, leaf);
    scratch = decoded(leaf);
    return scratch;
}

std::string_view IndexedMessage::name(tree::Node::Handle node) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) return {};
    if (place.level == Level::segment) return index_.segments()[place.number - 1].name_view();
    if (place.number < kReadyNames) return ready_names()[place.number];
    auto& name = names_[place.number];
    if (name.empty()) name = std::to_string(place.number);
    return name;
}

tree::Kind IndexedMessage::kind(tree::Node::Handle node) const {
    const auto& where = extent(Place::of(node));
    if (where.has_parts) return tree::Kind::object;
    return where.range.empty() ? tree::Kind::none : tree::Kind::text;
}

std::string_view IndexedMessage::text(tree::Node::Handle node) const {
    const auto& [where, has_parts, is_plain] = extent(Place::of(node));
    if (has_parts || is_plain || !needs_decoding(where)) return slice(text_, where);
    const auto found = decoded_.find(where.begin);
    if (found != decoded_.end()) return found->second;
    return decoded_.emplace(where.begin, decoded(where)).first->second;
}

tree::Position IndexedMessage::position(tree::Node::Handle node) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) return {1, 1};
    const auto segment = index_.segment_at(place.begin);
    return {static_cast<std::uint32_t>(segment + 1), place.begin - index_.segments()[segment].begin + 1};
}

void IndexedMessage::add(Level level, std::uint32_t number, Range range, std::vector<tree::Node>& out) const {
    if (!range.empty()) out.emplace_back(this, Place{level, number, range.begin}.handle());
}

void IndexedMessage::segment_children(std::vector<tree::Node>& out) const {
    for (std::uint32_t i = 0; i < index_.segments().size(); ++i)
        out.emplace_back(this, Place{Level::segment, i + 1, index_.segments()[i].begin}.handle());
}

void IndexedMessage::field_children(std::size_t segment, std::uint32_t number, std::vector<tree::Node>& out) const {
    const auto field = index_.field(segment, number);
    const char separator = is_literal(field.begin) ? '\0' : delimiters().repetition;
    Parts repetitions(text_, field, separator);
    while (repetitions.next()) add(Level::field, number, repetitions.part, out);
}

void IndexedMessage::part_children(Place place, std::vector<tree::Node>& out) const {
    const auto& where = extent(place);
    if (!where.has_parts) return;
    Parts parts(text_, where.range, separator_below(place.level, place.begin));
    while (parts.next()) add(below(place.level), parts.number, parts.part, out);
}

void IndexedMessage::part_child(Place place, std::uint32_t number, std::vector<tree::Node>& out) const {
    if (place.level == Level::subcomponent) return;
    add(below(place.level), number, nth_part(text_, range(place), separator_below(place.level, place.begin), number),
        out);
}

void IndexedMessage::children(tree::Node::Handle node, std::vector<tree::Node>& out) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) return segment_children(out);
    if (place.level > Level::segment) return part_children(place, out);
    const auto segment = place.number - 1;
    for (std::uint32_t number = 1; number <= index_.field_count(segment); ++number)
        field_children(segment, number, out);
}

void IndexedMessage::children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) {
        for (std::uint32_t i = 0; i < index_.segments().size(); ++i)
            if (index_.segments()[i].name_view() == name)
                out.emplace_back(this, Place{Level::segment, i + 1, index_.segments()[i].begin}.handle());
        return;
    }
    const auto number = to_number(name);
    if (number == 0) return;
    if (place.level == Level::segment) return field_children(place.number - 1, number, out);
    part_child(place, number, out);
}

}  // namespace causeway::hl7v2
