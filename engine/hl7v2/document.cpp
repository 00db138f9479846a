#include "hl7v2/document.hpp"

#include <array>
#include <charconv>

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kReadyNames = 256;

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
    : payload_(std::move(payload)), text_(text), spans_(std::move(charset)) {
    if (!converted) return;
    converted_ = std::move(*converted);
    text_ = converted_;
}

std::optional<Error> IndexedMessage::build(std::size_t max_segments, std::vector<Warning> warnings) {
    if (auto problem = spans_.build(text_, max_segments)) return problem;
    known_.fill(Span{~std::uint32_t{0}, 0, 0, Level::root, false, false});
    auto& all = spans_.index().warnings();
    all.insert(all.begin(), std::make_move_iterator(warnings.begin()), std::make_move_iterator(warnings.end()));
    return std::nullopt;
}

const Span& IndexedMessage::span(Place place) const noexcept {
    auto& known = known_[static_cast<std::size_t>(place.level)];
    if (known.begin != place.begin) known = spans_.at(place.level, place.number, place.begin);
    return known;
}

std::string_view IndexedMessage::name(tree::Node::Handle node) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) return {};
    if (place.level == Level::segment) return spans_.index().segments()[place.number - 1].name_view();
    if (place.number < kReadyNames) return ready_names()[place.number];
    auto& name = names_[place.number];
    if (name.empty()) name = std::to_string(place.number);
    return name;
}

tree::Kind IndexedMessage::kind(tree::Node::Handle node) const {
    const auto& where = span(Place::of(node));
    if (where.has_parts) return tree::Kind::object;
    return where.empty() ? tree::Kind::none : tree::Kind::text;
}

std::string_view IndexedMessage::text(tree::Node::Handle node) const {
    return spans_.value(span(Place::of(node)));
}

tree::Position IndexedMessage::position(tree::Node::Handle node) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) return {1, 1};
    const auto segment = spans_.index().segment_at(place.begin);
    return {static_cast<std::uint32_t>(segment + 1), place.begin - spans_.index().segments()[segment].begin + 1};
}

void IndexedMessage::segment_children(std::vector<tree::Node>& out) const {
    for (std::uint32_t i = 0; i < spans_.index().segments().size(); ++i) add(spans_.segment(i), out);
}

void IndexedMessage::children(tree::Node::Handle node, std::vector<tree::Node>& out) const {
    const auto place = Place::of(node);
    const auto adds = [&](const Span& child) { return add(child, out), true; };
    if (place.level == Level::root) return segment_children(out);
    if (place.level > Level::segment) return spans_.parts(span(place), adds);
    const auto segment = place.number - 1;
    for (std::uint32_t number = 1; number <= spans_.index().field_count(segment); ++number)
        spans_.repetitions(segment, number, adds);
}

void IndexedMessage::children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) {
        for (std::uint32_t i = 0; i < spans_.index().segments().size(); ++i)
            if (spans_.index().segments()[i].name_view() == name) add(spans_.segment(i), out);
        return;
    }
    const auto number = to_number(name);
    if (number == 0) return;
    const auto adds = [&](const Span& child) { return add(child, out), true; };
    if (place.level == Level::segment) return spans_.repetitions(place.number - 1, number, adds);
    if (const auto child = spans_.part(span(place), number); !child.empty()) add(child, out);
}

}  // namespace causeway::hl7v2
