#pragma once
/// SHA-256, base64 and hexadecimal.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
/// SHA-1, only for FHIR Attachment.hash, which is defined so (R4 datatypes.html#Attachment).
std::array<std::uint8_t, 20> sha1(std::string_view bytes);
/// A UUID derived from a name, version 8 (RFC 9562) over SHA-256: the same name gives the same UUID everywhere.
std::string uuid_from(std::string_view name);
std::string to_hex(std::string_view bytes);
inline std::string_view as_view(const Sha256& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// RFC 4648 section 4, padded.
std::string base64_encode(std::string_view bytes);
/// Accepts white space and line ends inside, as HL7 v2 ED and FHIR base64Binary do; nothing where a character or the
/// padding is wrong. `url_safe` reads RFC 4648 section 5 without padding (JWT).
std::optional<std::string> base64_decode(std::string_view text, bool url_safe = false);

}  // namespace causeway
