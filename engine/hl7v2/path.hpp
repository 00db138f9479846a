#pragma once
/// HL7 v2 paths: PID-3[1].4, PID-3[4.1="NHS"].1, OBX[2]-5, MSH-9.1, PRD[1="RP"]-2, PROVIDER_CONTACT[2].PRD-2. All
/// counts are from 1.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway::hl7v2 {

/// `[4.1="NHS" or 5="NH"]`: keeps a repetition (or segment) where one of the alternatives holds. In a segment filter
/// the first number is the field.
struct PathFilter {
    struct Test {
        std::uint16_t first = 0;   ///< Component (or field, in a segment filter).
        std::uint16_t second = 0;  ///< Sub-component (or component); 0: the whole.
        std::string equals;
    };
    std::vector<Test> any_of;
    bool empty() const noexcept { return any_of.empty(); }
};

/// A group of the message's structure, with the segments in it.
struct PathGroup {
    std::string name;         ///< "PROVIDER_CONTACT"
    std::uint32_t index = 0;  ///< Within the group before it, or the message; 0: all.
    bool operator==(const PathGroup&) const = default;
};

struct Path {
    std::string segment;              ///< "PID"; three characters.
    std::uint32_t segment_index = 0;  ///< 0: all.
    PathFilter segment_filter;
    std::uint16_t field = 0;       ///< 0: the segment itself.
    std::uint32_t repetition = 0;  ///< 0: all.
    PathFilter repetition_filter;
    std::uint16_t component = 0;     ///< 0: the whole field.
    std::uint16_t subcomponent = 0;  ///< 0: the whole component.
    /// Outermost first; the segment's index counts anew in each of the last one. None: anywhere in the message.
    std::vector<PathGroup> groups{};

    /// `[*]` is written for "all" and means the same as nothing.
    static Result<Path> parse(std::string_view text);
    /// Length of the path that `text` begins with; 0 where it begins with none. How FHIRPath lexes one as one token.
    static std::size_t match(std::string_view text) noexcept;
    std::string text() const;
};

}  // namespace causeway::hl7v2
