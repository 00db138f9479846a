#pragma once
/// A message as a person reads it.

#include <ostream>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// One line a value: its path, the name of field or component, the value decoded, and what a time or a code of an HL7
/// table means. Further lines of a value are indented; of values longer than `longest` bytes the beginning and the
/// length are shown. Control characters become question marks.
void write_view(const Message& message, std::ostream& out, std::size_t longest = 2000);

}  // namespace causeway::hl7v2
