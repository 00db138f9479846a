#pragma once
/// Numbers and texts as bytes, and back. Fixed numbers are little endian; a varint has seven bits a byte, lowest first
/// (LEB128); a signed one is zigzag; a text is its length as varint, then its bytes.

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace causeway::record {

template <std::unsigned_integral T>
void put_fixed(std::string& out, T value) {
    std::array<char, sizeof(T)> bytes{};
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
    out.append(bytes.data(), bytes.size());
}

template <std::unsigned_integral T>
void overwrite_fixed(std::string& out, std::size_t at, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}

/// The caller has seen to it that there are enough bytes.
template <std::unsigned_integral T>
T fixed_at(std::string_view bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return static_cast<T>(value);
}

inline void put_byte(std::string& out, unsigned value) {
    out.push_back(static_cast<char>(value));
}
void put_varint(std::string& out, std::uint64_t value);
void put_signed(std::string& out, std::int64_t value);
void put_text(std::string& out, std::string_view text);
inline void put_id(std::string& out, Id id) {
    put_fixed(out, static_cast<std::uint64_t>(id.value));
}
inline void put_instant(std::string& out, Instant at) {
    put_fixed(out, static_cast<std::uint64_t>(at.time_since_epoch().count()));
}

/// Reads what was put, in order. Once something is missing or wrong, everything is zero and empty and ok() is false.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    template <std::unsigned_integral T>
    T fixed() {
        if (rest_.size() < sizeof(T)) return fail(), T{};
        const T value = fixed_at<T>(rest_, 0);
        rest_.remove_prefix(sizeof(T));
        return value;
    }
    std::uint64_t varint();
    std::int64_t signed_varint();
    /// Views into the bytes.
    std::string_view text();
    std::string_view bytes(std::uint64_t count);
    Id id() { return Id{static_cast<std::int64_t>(fixed<std::uint64_t>())}; }
    Instant instant() { return Instant(Duration(static_cast<std::int64_t>(fixed<std::uint64_t>()))); }
    Sha256 sha256();
    /// A byte that must not be greater than `greatest`.
    template <class Enum>
    Enum choice(Enum greatest) {
        const auto value = fixed<std::uint8_t>();
        if (value > static_cast<unsigned>(greatest)) return fail(), Enum{};
        return static_cast<Enum>(value);
    }

    bool ok() const noexcept { return ok_; }
    bool at_end() const noexcept { return rest_.empty(); }
    void fail() {
        ok_ = false;
        rest_ = {};
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace causeway::record
