#pragma once
/// One value of a message changed, and nothing else.

#include <string>
#include <string_view>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// The message's bytes, in its own character set, with `value` at `path`. Without an index the first segment and the
/// first repetition are meant; a filter chooses among those that are there. Fields, repetitions and components that are
/// missing are added, and a segment that is missing at the end. A path to a field takes the value with its delimiters,
/// as reading it gives it; one to a component or sub-component takes it as text and escapes it. Where MSH-18 is empty
/// and the value is the first that is not ASCII, MSH-18 becomes "UNICODE UTF-8". Errors: a path without a field, MSH-1
/// and MSH-2, a filter that keeps nothing, an index that is further than one past the end for segments, a character
/// that the set does not have, a message whose bytes would not survive the way to UTF-8 and back.
Result<std::string> set_value(const Message& message, const Path& path, std::string_view value);

}  // namespace causeway::hl7v2
