#pragma once
/// Where segments and fields begin in a message: all that is kept of a message besides its bytes (four bytes a field,
/// sixteen a segment).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hl7v2/delimiters.hpp"

namespace causeway::hl7v2 {

/// Something that was accepted although it breaks the standard; counted and reported, never a refusal.
/// Codes: bom, mllp-framing, leading-blank, lf-segment-end, crlf-segment-end, mixed-segment-ends, missing-last-end,
/// blank-line, trailing-nul, trailing-blank, rejoined-line, ignored-line, indented-segment, no-field-separator,
/// lower-case-segment, odd-encoding-characters, unknown-charset, utf16, utf16-declared, undecodable-bytes,
/// windows-1252, unlisted-version, missing-version, missing-event, unescaped-delimiter.
struct Warning {
    std::string code;
    std::string where;        ///< HL7 path or "segment 3": the first place.
    std::string text;         ///< One sentence, free of patient data.
    std::uint32_t count = 1;  ///< In how many places.
};

/// Begin and end in the text.
struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool empty() const noexcept { return begin == end; }
};

/// Offsets are of the text that it was made of, which the caller keeps. Immutable once built.
class Index {
public:
    struct Segment {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;          ///< Without the segment end.
        std::uint32_t first_field = 0;  ///< In field_starts.
        std::array<char, 3> name{};
        std::string_view name_view() const noexcept { return {name.data(), name.size()}; }
    };

    /// `text` must begin with a segment MSH. Errors: 100, 207 for too many segments.
    static Result<Index> build(std::string_view text, std::size_t max_segments);

    const Delimiters& delimiters() const noexcept { return delimiters_; }
    DelimiterState delimiter_state() const noexcept { return delimiter_state_; }
    const std::vector<Segment>& segments() const noexcept { return segments_; }
    const std::vector<Warning>& warnings() const noexcept { return warnings_; }
    std::vector<Warning>& warnings() noexcept { return warnings_; }

    /// Field repetitions that have no parts because they are text, whatever delimiters stand in them (texts.hpp). In
    /// their order; most messages have none.
    void set_texts(std::vector<Range> texts) { texts_ = std::move(texts); }
    /// The end of the text that begins there and reaches at least to `end`; 0 where there is none.
    std::uint32_t text_end(std::uint32_t begin, std::uint32_t end) const noexcept {
        return texts_.empty() ? 0 : end_of_text(begin, end);
    }
    bool is_text(Range range) const noexcept { return !range.empty() && text_end(range.begin, range.end) == range.end; }

    /// How many fields the segment has (MSH-1 counts).
    std::uint32_t field_count(std::size_t segment) const noexcept;
    /// Field `number` from 1, all repetitions; empty where there is none.
    Range field(std::size_t segment, std::uint32_t number) const noexcept;
    /// The segment that holds this offset.
    std::size_t segment_at(std::uint32_t offset) const noexcept;
    /// Number of the field of `segment` that holds this offset.
    std::uint32_t field_at(std::size_t segment, std::uint32_t offset) const noexcept;

private:
    friend class IndexBuilder;
    std::uint32_t fields_end(std::size_t segment) const noexcept;
    std::uint32_t end_of_text(std::uint32_t begin, std::uint32_t end) const noexcept;

    Delimiters delimiters_;
    DelimiterState delimiter_state_ = DelimiterState::standard;
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> field_starts_;
    std::vector<Range> texts_;
    std::vector<Warning> warnings_;
};

/// What stands around a message and is not part of it.
struct Trimmed {
    std::string_view text;  ///< From MSH to the last segment's end.
    std::vector<Warning> warnings;
};

/// Takes away a byte order mark, MLLP framing, blank lines before, and NULs, blanks and blank lines after the message.
Trimmed trim_message(std::string_view bytes);

}  // namespace causeway::hl7v2
