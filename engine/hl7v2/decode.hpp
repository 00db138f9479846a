#pragma once
/// From received bytes to UTF-8, before anything is indexed: delimiters may occur inside multi-byte characters of other
/// sets.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hl7v2/charset.hpp"
#include "hl7v2/index.hpp"
#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

struct Decoded {
    Charset charset;
    std::optional<std::string> converted;  ///< Nothing where the bytes already are UTF-8.
    std::vector<Warning> warnings;
};

/// `charset` if it is given, else MSH-18, else what the bytes look like. Error 102 where they are not in the set,
/// unless they are kept as escapes (see Undecodable).
Result<Decoded> decode(std::string_view text, std::string_view charset, Undecodable undecodable = Undecodable::refuse);

}  // namespace causeway::hl7v2
