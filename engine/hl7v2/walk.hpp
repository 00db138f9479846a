#pragma once
/// Goes through a message part by part, without a tree.

#include "hl7v2/message.hpp"
#include "hl7v2/parts.hpp"

namespace causeway::hl7v2 {

/// How a segment's fields are cut. Ranges are of message.utf8().
class SegmentWalk {
public:
    SegmentWalk(const Message& message, std::size_t segment) : message_(message), segment_(segment) {}

    std::string_view name() const noexcept { return message_.index().segments()[segment_].name_view(); }
    std::uint32_t fields() const noexcept { return message_.index().field_count(segment_); }
    Range field(std::uint32_t number) const noexcept { return message_.index().field(segment_, number); }
    /// MSH-1 and MSH-2 have no parts.
    bool is_literal(std::uint32_t field) const noexcept { return segment_ == 0 && field <= 2; }

    Parts repetitions(std::uint32_t number) const noexcept {
        return {message_.utf8(), field(number), is_literal(number) ? '\0' : message_.delimiters().repetition};
    }
    Parts components(std::uint32_t number, Range repetition) const noexcept {
        return {message_.utf8(), repetition, is_whole(number, repetition) ? '\0' : message_.delimiters().component};
    }
    Parts subcomponents(std::uint32_t number, Range component) const noexcept {
        return {message_.utf8(), component, is_whole(number, component) ? '\0' : message_.delimiters().subcomponent};
    }
    bool has_components(std::uint32_t number, Range repetition) const noexcept {
        return find_in(message_.utf8(), repetition, message_.delimiters().component) != repetition.end &&
               !is_whole(number, repetition);
    }
    bool has_subcomponents(std::uint32_t number, Range component) const noexcept {
        return find_in(message_.utf8(), component, message_.delimiters().subcomponent) != component.end &&
               !is_whole(number, component);
    }

private:
    /// Has it no parts, whatever delimiters stand in it?
    bool is_whole(std::uint32_t number, Range range) const noexcept {
        return is_literal(number) || message_.index().is_text(range);
    }

    const Message& message_;
    std::size_t segment_;
};

}  // namespace causeway::hl7v2
