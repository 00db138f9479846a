#pragma once
/// A message as offsets, for those who read many places of it: no nodes, and no allocation but for values with escapes.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hl7v2/charset.hpp"
#include "hl7v2/index.hpp"
#include "hl7v2/parts.hpp"

namespace causeway::hl7v2 {

/// What a place is.
enum class Level : std::uint8_t { root, segment, field, component, subcomponent };

/// A place of a message with its end. Empty ones are not there.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t number = 0;  ///< In what holds it, from 1; of a repetition the field's.
    Level level = Level::root;
    bool has_parts = false;
    bool is_plain = false;  ///< Certainly nothing to decode.

    bool empty() const noexcept { return begin == end; }
    Range range() const noexcept { return {begin, end}; }
};

/// Threads: one at a time, because decoded values are kept. Lifetime: shorter than the text's.
class Spans {
public:
    explicit Spans(Charset charset) : charset_(std::move(charset)) {}

    /// Indexes the text and checks its header.
    std::optional<Error> build(std::string_view text, std::size_t max_segments);

    const Index& index() const noexcept { return index_; }
    Index& index() noexcept { return index_; }
    const Delimiters& delimiters() const noexcept { return index_.delimiters(); }
    const Charset& charset() const noexcept { return charset_; }
    std::string_view text() const noexcept { return text_; }

    /// The place of a level that begins there.
    Span at(Level level, std::uint32_t number, std::uint32_t begin) const noexcept;
    /// Segment `index` from 0.
    Span segment(std::uint32_t index) const noexcept {
        const auto& segment = index_.segments()[index];
        return {segment.begin, segment.end, index + 1, Level::segment, true, false};
    }
    /// Calls visit(Span) for each repetition of a field that is not empty, until it returns false.
    template <class Visit>
    void repetitions(std::uint32_t segment, std::uint32_t field, Visit visit) const {
        const auto whole = index_.field(segment, field);
        split(Level::field, whole, field, 0, visit);
    }
    /// Calls visit(Span) for each part of a field or component that is not empty, until it returns false.
    template <class Visit>
    void parts(const Span& whole, Visit visit) const {
        if (whole.has_parts && whole.level >= Level::field) split(below(whole.level), whole.range(), 1, 1, visit);
    }
    /// Part `number` from 1 of a field or component; empty where there is none.
    Span part(const Span& whole, std::uint32_t number) const noexcept;
    /// The same of a range of that level.
    Range part(Level level, Range whole, std::uint32_t number) const noexcept;

    /// Is it a component of a type without parts (Dictionary::is_leaf), in which sub-component delimiters stand all the
    /// same ("U&E")? Who reads its value takes it whole; a path may still name a sub-component of it.
    bool is_leaf(const Span& place) const;

    /// The value, decoded; of a place with parts as it stands.
    std::string_view value(const Span& place) const;
    /// The same of any leaf, decoded into `scratch` where that is needed.
    std::string_view value(Range leaf, std::string& scratch) const;

    /// MSH-1 and MSH-2 have no parts and no escapes.
    bool is_literal(std::uint32_t offset) const noexcept { return offset < literal_end_; }
    /// The delimiter between the parts of a place of that level; 0 where it has none.
    char separator_below(Level level, std::uint32_t offset) const noexcept;
    bool has_parts(Level level, Range range) const noexcept;
    /// Is a place's value this one? Of a place with parts what stands there counts.
    bool equals(Level level, Range range, std::string_view value) const;

    static Level below(Level level) noexcept { return static_cast<Level>(static_cast<int>(level) + 1); }

private:
    template <class Visit>
    void split(Level level, Range whole, std::uint32_t number, std::uint32_t step, Visit& visit) const {
        while (whole.begin < whole.end) {
            const auto place = at(level, number, whole.begin);
            if (!place.empty() && !visit(place)) return;
            whole.begin = place.end + 1;
            number += step;
        }
    }

    /// What a field repetition that is too long to look at byte by byte holds: its parts need not be searched again.
    struct Long {
        Range range;
        bool has_subcomponents = false;
        bool has_escapes = false;
        bool holds(std::uint32_t begin) const noexcept { return range.begin <= begin && begin < range.end; }
    };

    void mark(char c, std::uint8_t as) noexcept;
    const Long& long_field(std::uint32_t begin) const noexcept;
    Span delimited(Level level, std::uint32_t number, std::uint32_t begin) const noexcept;
    Range searched(Level level, std::uint32_t number, std::uint32_t begin) const noexcept;
    bool needs_decoding(Range range) const noexcept;
    std::string decoded(Range range) const;

    std::string_view text_;
    Charset charset_;
    std::string escape_;
    Index index_;
    std::array<std::uint8_t, 256> marks_{};  ///< What each byte ends or begins.
    std::uint32_t literal_end_ = 0;
    bool has_line_breaks_ = false;
    mutable Long long_;                                               ///< The last one.
    mutable std::unordered_map<std::uint32_t, std::string> decoded_;  ///< By where the value begins.
};

}  // namespace causeway::hl7v2
