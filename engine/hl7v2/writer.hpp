#pragma once
/// Builds a message from values: strict, with correct escapes.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// Collects values by place and writes the message with CR segment ends, |^~\& and UTF-8. Trailing empty fields and
/// components are not written. No value can add a segment, a field or a delimiter: everything is escaped.
class Writer {
public:
    /// Appends a segment and makes it current.
    void segment(std::string_view name);
    /// Sets a value in the current segment; counts from 1, `repetition` too; 0 for component or sub-component is 1.
    /// MSH-1 and MSH-2 are written by themselves.
    void set(std::uint16_t field, std::uint32_t repetition, std::uint16_t component, std::uint16_t subcomponent,
             std::string_view value);
    void set(std::uint16_t field, std::string_view value) { set(field, 1, 1, 1, value); }
    /// The whole message.
    std::string text() const;

private:
    struct Segment;
    struct Place {
        std::uint16_t field;
        std::uint32_t repetition;
        std::uint16_t component, subcomponent;
        std::string value;
    };
    struct Segment {
        std::string name;
        std::vector<Place> places;
    };
    std::vector<Segment> segments_;
};

/// Escapes delimiters, CR, LF and control characters for |^~\&.
std::string escape(std::string_view value);

}  // namespace causeway::hl7v2
