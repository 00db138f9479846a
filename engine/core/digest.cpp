#include "core/digest.hpp"

#include <openssl/evp.h>

namespace causeway {
namespace {

/// Looking the algorithm up for each message would cost more than the digest of 1 KB itself.
const EVP_MD* fetched(const char* name, const EVP_MD* otherwise) {
    const auto* found = EVP_MD_fetch(nullptr, name, nullptr);
    return found != nullptr ? found : otherwise;
}

template <std::size_t N>
std::array<std::uint8_t, N> digest(std::string_view bytes, const EVP_MD* kind) {
    std::array<std::uint8_t, N> out{};
    unsigned length = 0;
    EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, kind, nullptr);
    return out;
}

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Table = std::array<std::int8_t, 256>;

constexpr Table reverse(std::string_view alphabet) {
    Table table{};
    for (auto& entry : table) entry = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

constexpr Table kStandardValues = reverse(kStandard);
constexpr Table kUrlSafeValues = reverse(kUrlSafe);

bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Six bits at a time in, whole bytes out.
struct Decoder {
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;

    void push(std::int8_t value) {
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) return;
        held -= 8;
        out.push_back(static_cast<char>(bits >> held & 0xff));
    }
    bool clean() const { return (bits & ((1U << held) - 1U)) == 0; }
};

}  // namespace

Sha256 sha256(std::string_view bytes) {
    static const auto* const kind = fetched("SHA256", EVP_sha256());
    return digest<32>(bytes, kind);
}

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
    static const auto* const kind = fetched("SHA1", EVP_sha1());
    return digest<20>(bytes, kind);
}

std::string uuid_from(std::string_view name) {
    auto bytes = sha256(name);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x80);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    auto uuid = to_hex(as_view(bytes).substr(0, 16));
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) uuid.insert(dash, 1, '-');
    return uuid;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
    return out;
}

std::string base64_encode(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4, '=');
    auto* to = out.data();
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    for (std::size_t i = 0; i < bytes.size(); i += 3, to += 4) {
        const std::uint32_t group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
        to[0] = kStandard[group >> 18];
        to[1] = kStandard[group >> 12 & 63];
        if (i + 1 < bytes.size()) to[2] = kStandard[group >> 6 & 63];
        if (i + 2 < bytes.size()) to[3] = kStandard[group & 63];
    }
    return out;
}

std::optional<std::string> base64_decode(std::string_view text, bool url_safe) {
    const auto& values = url_safe ? kUrlSafeValues : kStandardValues;
    Decoder decoder;
    decoder.out.reserve(text.size() / 4 * 3 + 2);
    std::size_t digits = 0, padding = 0;
    for (const char c : text) {
        if (is_white(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto value = values[static_cast<unsigned char>(c)];
        if (value < 0 || padding > 0) return std::nullopt;
        decoder.push(value);
        ++digits;
    }
    const bool padded = url_safe ? padding == 0 : (digits + padding) % 4 == 0 && padding < 3;
    if (!padded || digits % 4 == 1 || !decoder.clean()) return std::nullopt;
    return std::move(decoder.out);
}

}  // namespace causeway
