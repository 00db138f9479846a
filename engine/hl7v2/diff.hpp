#pragma once
/// What tells two messages apart, value by value.

#include <string>
#include <vector>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// One difference. Values are decoded; empty where there is none.
struct Difference {
    std::string path;  ///< In the first message, or in the second where the first does not have the segment.
    std::string name;  ///< "Patient Name, Given Name"; empty where the dictionary does not know it.
    std::string before, after;
    bool whole_segment = false;  ///< A segment that only one of them has; its text as it stands.
};

/// Segments are matched by their names in order (and by their values where that leaves a choice), so that one that was
/// added does not make all that follow differ. Delimiters, escapes, line ends and character sets do not count. Time is
/// in proportion to the product of the segments that differ at the ends.
std::vector<Difference> compare(const Message& before, const Message& after);

}  // namespace causeway::hl7v2
