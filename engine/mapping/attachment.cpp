#include "mapping/attachment.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/digest.hpp"
#include "core/text.hpp"

namespace causeway::mapping {
namespace {

struct Signature {
    std::string_view base64;  ///< How base64 of such a file begins.
    std::string_view bytes;
    std::string_view mime;
};

constexpr std::array kSignatures = std::to_array<Signature>({{"JVBERi", "%PDF", "application/pdf"},
                                                             {"/9j/", "\xFF\xD8\xFF", "image/jpeg"},
                                                             {"iVBORw0KGgo", "\x89PNG", "image/png"},
                                                             {"R0lGOD", "GIF8", "image/gif"},
                                                             {"SUkq", "II*", "image/tiff"},
                                                             {"TU0AK", "MM", "image/tiff"},
                                                             {"e1xydG", "{\\rt", "application/rtf"},
                                                             {"UEsDB", "PK\x03", "application/zip"},
                                                             {"PD94bW", "<?xm", "application/xml"}});

struct Subtype {
    std::string_view v2;  ///< Upper case.
    std::string_view mime;
};

/// First entry of a MIME type is what we write.
constexpr std::array kSubtypes = std::to_array<Subtype>({{"PDF", "application/pdf"},
                                                         {"JPEG", "image/jpeg"},
                                                         {"JPG", "image/jpeg"},
                                                         {"TIFF", "image/tiff"},
                                                         {"TIF", "image/tiff"},
                                                         {"PNG", "image/png"},
                                                         {"GIF", "image/gif"},
                                                         {"RTF", "application/rtf"},
                                                         {"HTML", "text/html"},
                                                         {"XML", "application/xml"},
                                                         {"PLAIN", "text/plain"},
                                                         {"TXT", "text/plain"},
                                                         {"MSWORD", "application/msword"},
                                                         {"DOC", "application/msword"},
                                                         {"X-HL7-CDA-LEVEL-ONE", "text/xml"},
                                                         {"OCTET-STREAM", "application/octet-stream"}});

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return result;
}

std::string_view sniff(std::string_view bytes) {
    for (const auto& signature : kSignatures)
        if (bytes.starts_with(signature.bytes)) return signature.mime;
    return {};
}

/// Line ends inside base64 travel as escapes that no decoder has to know.
std::string without_breaks(std::string text) {
    for (auto at = text.find("\\.br\\"); at != std::string::npos; at = text.find("\\.br\\", at)) text.erase(at, 5);
    return text;
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string bytes;
    int high = -1;
    for (const char c : text) {
        if (std::isspace(static_cast<unsigned char>(c)) != 0) continue;
        const auto digit = std::string_view("0123456789abcdef").find(static_cast<char>(std::tolower(c)));
        if (digit == std::string_view::npos) return std::nullopt;
        if (high < 0) {
            high = static_cast<int>(digit);
        } else {
            bytes += static_cast<char>(high * 16 + static_cast<int>(digit));
            high = -1;
        }
    }
    if (high >= 0) return std::nullopt;
    return bytes;
}

/// Does the file end as its kind does? Only then is missing padding no sign of a file that was cut.
bool looks_whole(std::string_view bytes) {
    const auto end = bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), 64));
    if (bytes.starts_with("%PDF")) return end.find("%%EOF") != std::string_view::npos;
    return bytes.starts_with('<') && trim(end).ends_with('>');
}

std::optional<std::string> decode_last(std::string base64) {
    if (auto decoded = base64_decode(base64)) return decoded;
    std::erase_if(base64, [](unsigned char c) { return std::isspace(c) != 0; });
    if (base64.size() % 4 < 2) return std::nullopt;
    auto decoded = base64_decode(base64.append(4 - base64.size() % 4, '='));
    if (!decoded || !looks_whole(*decoded)) return std::nullopt;
    return decoded;
}

/// Pieces that were cut after encoding make one text; those that were encoded one by one are decoded one by one.
std::optional<std::string> from_base64(const std::vector<std::string>& pieces) {
    std::string joined;
    std::string bytes;
    for (const auto& piece : pieces) {
        joined += trim(without_breaks(piece));
        if (joined.empty() || joined.back() != '=') continue;
        auto decoded = base64_decode(joined);
        if (!decoded) return std::nullopt;
        bytes += *decoded;
        joined.clear();
    }
    if (joined.empty()) return bytes;
    auto decoded = decode_last(std::move(joined));
    if (!decoded) return std::nullopt;
    return bytes + *decoded;
}

}  // namespace

bool begins_file(std::string_view base64) noexcept {
    return std::any_of(kSignatures.begin(), kSignatures.end(),
                       [&](const Signature& signature) { return base64.starts_with(signature.base64); });
}

std::string mime_type(std::string_view type, std::string_view subtype, std::string_view bytes) {
    const auto wanted = upper(trim(subtype.empty() && type.size() > 2 ? type : subtype));
    for (const auto& known : kSubtypes)
        if (known.v2 == wanted) return std::string(known.mime);
    if (const auto sniffed = sniff(bytes); !sniffed.empty()) return std::string(sniffed);
    if (wanted.find('/') != std::string::npos) return std::string(subtype.empty() ? type : subtype);
    if (upper(type) == "TEXT" || upper(type) == "TX" || upper(type) == "FT") return "text/plain";
    return "application/octet-stream";
}

EdType ed_type(std::string_view mime) {
    mime = trim(mime.substr(0, mime.find(';')));
    std::string subtype;
    for (const auto& known : kSubtypes)
        if (subtype.empty() && known.mime == mime) subtype = std::string(known.v2);
    const auto slash = mime.find('/');
    if (subtype.empty() && slash != std::string_view::npos) subtype = std::string(mime.substr(slash + 1));
    if (mime.starts_with("image/")) return {"IM", subtype};
    if (mime.starts_with("audio/")) return {"AU", subtype};
    if (mime.starts_with("text/")) return {"TEXT", subtype};
    return {"AP", subtype};
}

std::optional<std::string> join_pieces(const std::vector<std::string>& pieces, std::string_view encoding) {
    const auto kind = upper(trim(encoding));
    std::string joined;
    for (const auto& piece : pieces) joined += piece;
    if (kind == "A") return joined;
    if (kind == "HEX") return from_hex(joined);
    return from_base64(pieces);
}

}  // namespace causeway::mapping
