#include "fhir/encoding.hpp"

#include "fhir/scan.hpp"
#include "fhir/utf8.hpp"

namespace causeway::fhir {
namespace {

using namespace std::string_view_literals;

constexpr auto kUtf32Little = "\xFF\xFE\0\0"sv;
constexpr auto kUtf32Big = "\0\0\xFE\xFF"sv;
constexpr auto kUtf16Little = "\xFF\xFE"sv;
constexpr auto kUtf16Big = "\xFE\xFF"sv;

enum class Wide { none, little, big, utf32 };

Wide wide_form(std::string_view bytes) noexcept {
    if (bytes.starts_with(kUtf32Little) || bytes.starts_with(kUtf32Big)) return Wide::utf32;
    if (bytes.starts_with(kUtf16Little)) return Wide::little;
    if (bytes.starts_with(kUtf16Big)) return Wide::big;
    if (bytes.size() < 2) return Wide::none;
    if (bytes[0] == 0) return bytes[1] == 0 ? Wide::utf32 : Wide::big;
    return bytes[1] == 0 ? Wide::little : Wide::none;
}

// UTF-16 to UTF-8, byte-order mark included.
class Utf16 {
public:
    Utf16(std::string_view bytes, bool is_big) : bytes_(bytes), is_big_(is_big) {}

    Decoded text() {
        Decoded decoded{Format::xml, std::string(bytes_.size() / 2 * 3 + 3, '\0'), std::nullopt};
        char* to = decoded.utf8->data();
        bool is_whole = true;
        while (is_whole && at_ < bytes_.size()) is_whole = at_ + 1 < bytes_.size() && character(to);
        decoded.utf8->resize(static_cast<std::size_t>(to - decoded.utf8->data()));
        if (!is_whole)
            decoded.problem = Problem{decoded.utf8->size(),
                                      Issue::structure,
                                      "Encode the document as UTF-8, or as whole UTF-16 characters.",
                                      {}};
        return decoded;
    }

private:
    std::uint32_t unit() noexcept {
        const auto first = static_cast<unsigned char>(bytes_[at_]);
        const auto second = static_cast<unsigned char>(bytes_[at_ + 1]);
        at_ += 2;
        return is_big_ ? static_cast<std::uint32_t>(first << 8 | second)
                       : static_cast<std::uint32_t>(second << 8 | first);
    }

    bool character(char*& to) noexcept {
        std::uint32_t code = unit();
        if (code >= 0xDC00 && code <= 0xDFFF) return false;
        if (code >= 0xD800 && code <= 0xDBFF) {
            if (at_ + 1 >= bytes_.size()) return false;
            const auto low = unit();
            if (low < 0xDC00 || low > 0xDFFF) return false;
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        to = append_utf8(to, code);
        return true;
    }

    std::string_view bytes_;
    bool is_big_;
    std::size_t at_ = 0;
};

Format format_of(std::string_view text) noexcept {
    auto at = byte_order_mark(text);
    while (at < text.size() && is_space(text[at])) ++at;
    return at < text.size() && text[at] == '<' ? Format::xml : Format::json;
}

}  // namespace

Decoded decode(std::string_view bytes, ParseOptions::Encoding encoding) {
    const auto wide = wide_form(bytes);
    Decoded decoded;
    if (wide == Wide::little || wide == Wide::big) decoded = Utf16(bytes, wide == Wide::big).text();
    const bool is_refused = wide == Wide::utf32 || (decoded.utf8 && format_of(*decoded.utf8) == Format::json);
    if (is_refused) decoded.problem = Problem{0, Issue::structure, "Encode the document as UTF-8.", {}};
    const auto told = format_of(decoded.utf8 ? std::string_view(*decoded.utf8) : bytes);
    decoded.format = encoding == ParseOptions::Encoding::json  ? Format::json
                     : encoding == ParseOptions::Encoding::xml ? Format::xml
                                                               : told;
    return decoded;
}

}  // namespace causeway::fhir
