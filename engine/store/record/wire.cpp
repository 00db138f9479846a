#include "store/record/wire.hpp"

#include <algorithm>

namespace causeway::record {

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) put_byte(out, static_cast<unsigned>(value & 0x7f) | 0x80);
    put_byte(out, static_cast<unsigned>(value));
}

void put_signed(std::string& out, std::int64_t value) {
    put_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void put_text(std::string& out, std::string_view text) {
    put_varint(out, text.size());
    out.append(text);
}

std::uint64_t Reader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const auto byte = fixed<std::uint8_t>();
        if (shift == 63 && byte > 1) break;
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
    return fail(), 0;
}

std::int64_t Reader::signed_varint() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

std::string_view Reader::text() {
    return bytes(varint());
}

std::string_view Reader::bytes(std::uint64_t count) {
    if (count > rest_.size()) return fail(), std::string_view();
    const auto view = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(view.size());
    return view;
}

Sha256 Reader::sha256() {
    Sha256 digest{};
    const auto view = bytes(digest.size());
    std::copy(view.begin(), view.end(), digest.begin());
    return digest;
}

}  // namespace causeway::record
