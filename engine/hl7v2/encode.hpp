#pragma once
/// A changed message back in its character set.

#include <string>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// `text` is message.utf8() with changes. Errors: a character that the message's set does not have.
Result<std::string> in_own_charset(const Message& message, std::string text);

/// Are the message's bytes its UTF-8 text, or would its text give the same bytes again?
bool survives_utf8(const Message& message);

}  // namespace causeway::hl7v2
