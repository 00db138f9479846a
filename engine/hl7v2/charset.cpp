#include "hl7v2/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/text.hpp"

namespace causeway::hl7v2 {
namespace {

struct Alias {
    std::string_view written;  ///< Upper case, letters and digits only.
    std::string_view name;
};

constexpr auto kAliases = std::to_array<Alias>({
    {"ASCII", "US-ASCII"},
    {"USASCII", "US-ASCII"},
    {"ISOIR6", "US-ASCII"},
    {"UNICODE", "UTF-8"},
    {"UNICODEUTF8", "UTF-8"},
    {"UTF8", "UTF-8"},
    {"ISOIR192", "UTF-8"},
    // Whoever declares these but begins with the bytes "MSH|" is not sending them.
    {"UNICODEUTF16", "UTF-8"},
    {"UNICODEUTF32", "UTF-8"},
    {"8859", "ISO-8859-1"},
    {"LATIN1", "ISO-8859-1"},
    {"LATIN9", "ISO-8859-15"},
    {"WINDOWS1252", "windows-1252"},
    {"WIN1252", "windows-1252"},
    {"CP1252", "windows-1252"},
    {"ANSI", "windows-1252"},
    {"ISOIR100", "ISO-8859-1"},
    {"ISOIR101", "ISO-8859-2"},
    {"ISOIR109", "ISO-8859-3"},
    {"ISOIR110", "ISO-8859-4"},
    {"ISOIR144", "ISO-8859-5"},
    {"ISOIR127", "ISO-8859-6"},
    {"ISOIR126", "ISO-8859-7"},
    {"ISOIR138", "ISO-8859-8"},
    {"ISOIR148", "ISO-8859-9"},
    {"ISOIR166", "TIS-620"},
    {"ISOIR203", "ISO-8859-15"},
    {"ISOIR13", "JIS_X0201"},
    {"ISOIR14", "JIS_X0201"},
    {"ISOIR87", "ISO-2022-JP-3"},
    {"ISOIR159", "ISO-2022-JP-2"},
    {"ISO2022JP", "ISO-2022-JP-3"},
    {"SHIFTJIS", "CP932"},
    {"ISOIR149", "EUC-KR"},
    {"KSX1001", "EUC-KR"},
    {"GB180302000", "GB18030"},
    {"GB18030", "GB18030"},
    {"ISOIR58", "GB18030"},
    {"BIG5", "BIG5"},
    {"CNS116431992", "EUC-TW"},
});

std::string squeeze(std::string_view name) {
    std::string out;
    for (const char c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

/// "88591", "ISO885915": parts 1 to 16 of ISO 8859 but 12, which was never published.
std::optional<Charset> iso8859(std::string_view squeezed) {
    if (squeezed.starts_with("ISO")) squeezed.remove_prefix(3);
    if (!squeezed.starts_with("8859")) return std::nullopt;
    const std::string part(squeezed.substr(4));
    static constexpr std::array<std::string_view, 15> parts{"1", "2",  "3",  "4",  "5",  "6",  "7", "8",
                                                            "9", "10", "11", "13", "14", "15", "16"};
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) return std::nullopt;
    return Charset{"ISO-8859-" + part};
}

bool is_iso8859(const Charset& charset) noexcept {
    return charset.name.starts_with("ISO-8859-");
}

bool has_c1_controls(std::string_view bytes) noexcept {
    return std::any_of(bytes.begin(), bytes.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return u >= 0x80 && u <= 0x9f;
    });
}

std::string latin1_to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto u = static_cast<unsigned char>(c);
        if (u < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0U | (u >> 6U));
            out += static_cast<char>(0x80U | (u & 0x3FU));
        }
    }
    return out;
}

/// JIS X 0201: ASCII below, half-width katakana U+FF61 to U+FF9F at A1 to DF. The reverse solidus stays what it is,
/// so that it remains the escape character.
std::optional<std::string> jis_x0201_to_utf8(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto u = static_cast<unsigned char>(c);
        if (u < 0x80) {
            out += c;
        } else if (u >= 0xa1 && u <= 0xdf) {
            const unsigned point = 0xff61U + u - 0xa1U;
            out += '\xEF';
            out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
            out += static_cast<char>(0x80U | (point & 0x3FU));
        } else {
            return std::nullopt;
        }
    }
    return out;
}

class Converter {
public:
    explicit Converter(const std::string& from, const char* to = "UTF-8") : handle_(iconv_open(to, from.c_str())) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (open()) iconv_close(handle_);
    }

    bool open() const noexcept { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

    /// Converts up to the first bytes that are not in the set; how many bytes that were.
    std::size_t convert_some(std::string_view bytes, std::string& out) const {
        std::array<char, 4096> buffer{};
        auto* in = const_cast<char*>(bytes.data());
        std::size_t left = bytes.size();
        for (;;) {
            char* to = buffer.data();
            std::size_t room = buffer.size();
            const bool failed = iconv(handle_, &in, &left, &to, &room) == static_cast<std::size_t>(-1);
            out.append(buffer.data(), static_cast<std::size_t>(to - buffer.data()));
            if (failed && errno == E2BIG) continue;
            iconv(handle_, nullptr, nullptr, nullptr, nullptr);
            return bytes.size() - left;
        }
    }

    /// Irreversible conversions count as failures too: iconv returns how many it made.
    bool convert(std::string_view bytes, std::string& out) const {
        std::array<char, 16384> buffer{};
        auto* in = const_cast<char*>(bytes.data());
        std::size_t left = bytes.size();
        bool flushing = false;
        for (;;) {
            char* to = buffer.data();
            std::size_t room = buffer.size();
            const std::size_t irreversible =
                flushing ? iconv(handle_, nullptr, nullptr, &to, &room) : iconv(handle_, &in, &left, &to, &room);
            out.append(buffer.data(), static_cast<std::size_t>(to - buffer.data()));
            if (irreversible == static_cast<std::size_t>(-1)) {
                if (errno != E2BIG) return false;
                continue;
            }
            if (irreversible != 0) return false;
            if (flushing) return true;
            flushing = true;
        }
    }

private:
    iconv_t handle_;
};

std::string hex_escape(char byte, std::string_view escape) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    const auto u = static_cast<unsigned char>(byte);
    return std::string(escape) + 'X' + digits[u >> 4U] + digits[u & 0xFU] + std::string(escape);
}

/// Appends the valid UTF-8 that the bytes begin with; its length.
std::size_t good_utf8(std::string_view bytes, std::string& out) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        std::size_t length = 1;
        while (length <= 4 && at + length <= bytes.size() && !is_valid_utf8(bytes.substr(at, length))) ++length;
        if (length > 4 || at + length > bytes.size()) break;
        at += length;
    }
    out += bytes.substr(0, at);
    return at;
}

/// The same for any other set.
std::size_t good_of_set(std::string_view bytes, const Charset& charset, const Converter& converter, std::string& out) {
    if (is_iso8859(charset)) {
        const auto* c1 = std::find_if(bytes.begin(), bytes.end(), [](char c) { return has_c1_controls({&c, 1}); });
        bytes = bytes.substr(0, static_cast<std::size_t>(c1 - bytes.begin()));
    }
    if (charset.name == "JIS_X0201") {
        std::size_t good = 0;
        while (good < bytes.size() && jis_x0201_to_utf8(bytes.substr(good, 1))) ++good;
        out += *jis_x0201_to_utf8(bytes.substr(0, good));
        return good;
    }
    return converter.open() ? converter.convert_some(bytes, out) : 0;
}

/// Which encoding the zero bytes around the first characters tell; empty for none.
std::string wide_name(std::string_view b) {
    using namespace std::string_view_literals;
    if (b.starts_with("\xFF\xFE\0\0"sv)) return "UTF-32LE";
    if (b.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32BE";
    if (b.starts_with("\xFF\xFE")) return "UTF-16LE";
    if (b.starts_with("\xFE\xFF")) return "UTF-16BE";
    if (b.size() < 8) return {};
    const auto zero = [&](std::size_t i) { return b[i] == '\0'; };
    if (zero(0) && zero(1) && zero(2) && !zero(3)) return "UTF-32BE";
    if (!zero(0) && zero(1) && zero(2) && zero(3)) return "UTF-32LE";
    if (zero(0) && !zero(1) && zero(2) && !zero(3)) return "UTF-16BE";
    if (!zero(0) && zero(1) && !zero(2) && zero(3)) return "UTF-16LE";
    return {};
}

}  // namespace

std::optional<Charset> find_charset(std::string_view name) {
    const std::string squeezed = squeeze(name);
    for (const auto& alias : kAliases)
        if (alias.written == squeezed) return Charset{std::string(alias.name)};
    return iso8859(squeezed);
}

bool is_ascii(std::string_view bytes) noexcept {
    using Block = std::array<std::uint64_t, 8>;
    std::uint64_t any = 0;
    for (; bytes.size() >= sizeof(Block); bytes.remove_prefix(sizeof(Block))) {
        Block block;
        std::memcpy(block.data(), bytes.data(), sizeof block);
        any |= (block[0] | block[1] | block[2] | block[3]) | (block[4] | block[5] | block[6] | block[7]);
    }
    for (const char c : bytes) any |= static_cast<unsigned char>(c);
    return (any & 0x8080808080808080ULL) == 0;
}

bool is_same_in_utf8(std::string_view bytes, const Charset& charset) noexcept {
    if (charset.name.starts_with("ISO-2022") && bytes.find('\x1b') != std::string_view::npos) return false;
    return is_ascii(bytes) || (charset.name == "UTF-8" && is_valid_utf8(bytes));
}

std::optional<std::string> to_utf8(std::string_view bytes, const Charset& charset) {
    if (is_same_in_utf8(bytes, charset)) return std::string(bytes);
    if (charset.name == "UTF-8" || charset.name == "US-ASCII") return std::nullopt;
    if (is_iso8859(charset) && has_c1_controls(bytes)) return std::nullopt;
    if (charset.name == "ISO-8859-1") return latin1_to_utf8(bytes);
    if (charset.name == "JIS_X0201") return jis_x0201_to_utf8(bytes);
    const Converter converter(charset.name);
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    if (!converter.open() || !converter.convert(bytes, out)) return std::nullopt;
    return out;
}

std::string to_utf8_keeping(std::string_view bytes, const Charset& charset, std::string_view escape,
                            std::uint32_t& kept) {
    const bool is_utf8 = charset.name == "UTF-8" || charset.name == "US-ASCII";
    const Converter converter(charset.name);
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    for (;;) {
        const auto good = is_utf8 ? good_utf8(bytes, out) : good_of_set(bytes, charset, converter, out);
        bytes.remove_prefix(good);
        if (bytes.empty()) return out;
        out += hex_escape(bytes[0], escape);
        ++kept;
        bytes.remove_prefix(1);
    }
}

std::optional<std::string> from_utf8(std::string_view text, const Charset& charset) {
    if (is_same_in_utf8(text, charset)) return std::string(text);
    if (charset.name == "US-ASCII" || !is_valid_utf8(text)) return std::nullopt;
    const Converter converter("UTF-8", charset.name.c_str());
    std::string out;
    out.reserve(text.size());
    if (!converter.open() || !converter.convert(text, out)) return std::nullopt;
    return out;
}

std::optional<std::string> wide_to_utf8(std::string_view bytes) {
    const auto name = wide_name(bytes);
    if (name.empty()) return std::nullopt;
    const Converter converter(name);
    std::string out;
    out.reserve(bytes.size());
    if (!converter.open() || !converter.convert(bytes, out)) return std::nullopt;
    if (out.starts_with("\xEF\xBB\xBF")) out.erase(0, 3);
    return out;
}

}  // namespace causeway::hl7v2
