#pragma once
/// Files inside messages: OBX-5 of type ED (chapter 2A.24) and FHIR Attachment.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::mapping {

/// Does base64 text begin like the start of a file (PDF, JPEG, PNG, GIF, TIFF, RTF, ZIP, XML)? What doesn't may be the
/// rest of the piece before.
bool begins_file(std::string_view base64) noexcept;

/// ED-2 (table 0191) and ED-3 (table 0291), or what the bytes themselves say, as a MIME type.
std::string mime_type(std::string_view type, std::string_view subtype, std::string_view bytes);

/// The reverse: ED-2 and ED-3 of a MIME type.
struct EdType {
    std::string type;
    std::string subtype;
};
EdType ed_type(std::string_view mime);

/// The whole file from its pieces, decoded; nothing where the base64 is wrong. `encoding` is ED-4 (table 0299).
std::optional<std::string> join_pieces(const std::vector<std::string>& pieces, std::string_view encoding);

}  // namespace causeway::mapping
