#pragma once
/// Delimiters that a sender did not escape: "U&E", "BP 120/80 & pulse 70^regular".

#include <string_view>

#include "hl7v2/index.hpp"

namespace causeway::hl7v2 {

/// Finds the field repetitions that can't have parts, and yet delimiters of parts stand in them: a letter would be cut
/// at each. They are those of ST, TX and FT (Dictionary::text_fields), and OBX-5 where OBX-2 says so, or NM or SI. Sets
/// them in the index and warns (unescaped-delimiter). Codes (ID, IS) are parted: many send a coded element where a code
/// is due; and so are components: see Spans::is_leaf. Time is in proportion to the size. The index must have its header
/// checked.
void find_texts(std::string_view text, Index& index);

}  // namespace causeway::hl7v2
