#pragma once
/// OBX-5 by OBX-2: text that was sent in lines, and documents.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// The text of TX, FT and ST results: the repetitions of OBX-5 as lines, and those of the OBX that go on with it (the
/// same OBX-3, and OBX-4 where it is there, one right after the other). `segment` is the first OBX (from 0); `last`
/// becomes the last one that was joined. Empty for other types.
std::string joined_text(const Message& message, std::size_t segment, std::size_t* last = nullptr);

/// A document in OBX-5 (ED) as it stands in the message.
struct EncapsulatedData {
    std::string type;       ///< ED.2: "application", "text"
    std::string subtype;    ///< ED.3: "pdf"
    std::string encoding;   ///< ED.4: "Base64", "Hex", "A"
    std::string_view data;  ///< ED.5 in message.utf8(), not decoded: base64 may have line ends in it.
};

/// Nothing where OBX-2 is not ED or OBX-5 has no data.
std::optional<EncapsulatedData> encapsulated_data(const Message& message, std::size_t segment);

/// Decodes base64 piece by piece, so that a document of 100 MB is never held twice: `sink` gets bytes in turn. Line
/// ends and blanks are passed over; so are escapes of them (\.br\, \X0D\, \X0A\). Error: a character or a padding that
/// is wrong.
Result<void> decode_base64(std::string_view data, const std::function<void(std::string_view)>& sink);

}  // namespace causeway::hl7v2
