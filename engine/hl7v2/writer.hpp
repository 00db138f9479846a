#pragma once
/// Builds a message from values: strict, with correct escapes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hl7v2/escape.hpp"

namespace causeway::hl7v2 {

/// Collects values by place, in any order, and writes the message with CR segment ends, in UTF-8. Segments
/// stand in the order of segment(). Trailing empty fields and components are not written. No value can add a segment,
/// a field or a delimiter: everything is escaped. The last value set at a place counts. Where a value needs more than
/// ASCII and MSH-18 is not set, it becomes "UNICODE UTF-8" (absent means ASCII, chapter 2.14.9.18). A segment name
/// that is not three capitals or digits and a number that is 0 or beyond 65535 are programming mistakes and throw.
/// Threads: one at a time.
class Writer {
public:
    /// With |^~\&.
    Writer() = default;
    /// With a peer's own delimiters. Issue::value where one of the five is missing: something could not be escaped. A
    /// truncation character is not written, since nothing is shortened.
    static Result<Writer> with(Delimiters delimiters);

    /// Appends a segment and makes it current.
    void segment(std::string_view name);
    /// Sets a value in the current segment; counts from 1, `repetition` too; 0 for component or sub-component is 1.
    /// MSH-1 and MSH-2 are written by themselves.
    void set(std::uint16_t field, std::uint32_t repetition, std::uint16_t component, std::uint16_t subcomponent,
             std::string_view value);
    void set(std::uint16_t field, std::string_view value) { set(field, 1, 1, 1, value); }
    /// The whole message.
    std::string text() const;

    /// A value at its place in a segment.
    struct Place {
        std::uint16_t field = 0;
        std::uint32_t repetition = 1;
        std::uint16_t component = 1, subcomponent = 1;
        std::string value;
    };
    /// Appends a segment with all its values.
    void segment(std::string_view name, std::vector<Place> places);

private:
    struct Segment {
        std::string name;
        std::vector<Place> places;
    };
    void write(const Segment& segment, std::string& out) const;
    static std::vector<const Place*> in_order(const std::vector<Place>& places);

    Delimiters delimiters_;
    std::vector<Segment> segments_;
};

}  // namespace causeway::hl7v2
