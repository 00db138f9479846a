#pragma once
/// The keys that bodies and events are encrypted with.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway::seal {

/// Tells keys apart in sealed bytes: the first 4 bytes of SHA-256 over a label and the key.
using KeyId = std::array<std::uint8_t, 4>;

/// AES-256 keys, newest first. The newest seals, all open. Empty: nothing is encrypted. Keys are wiped from memory at
/// the end. Threads: immutable.
class KeyRing {
public:
    using Key = std::array<std::uint8_t, 32>;

    KeyRing() = default;
    KeyRing(const KeyRing&) = default;
    KeyRing(KeyRing&&) = default;
    KeyRing& operator=(const KeyRing&) = default;
    KeyRing& operator=(KeyRing&&) = default;
    ~KeyRing();

    /// Each text is one or more keys of 32 bytes as base64 or hexadecimal, separated by white space; lines that begin
    /// with # are for people. `names` stand in errors, never a key. Issue::invalid where one is no key or stands twice.
    static Result<KeyRing> parse(std::span<const std::string> texts, std::span<const std::string> names);
    /// "file:PATH" or "env:NAME" each, newest first. A file that others may read is refused.
    static Result<KeyRing> read(std::span<const std::string> sources);

    bool empty() const noexcept { return keys_.empty(); }
    std::size_t size() const noexcept { return keys_.size(); }
    /// Must not be empty.
    const KeyId& newest() const { return keys_.front().id; }
    const Key* find(const KeyId& id) const noexcept;
    /// `id` in hexadecimal digits, as errors name keys.
    bool has(std::string_view id) const;

private:
    struct Named {
        KeyId id;
        Key key;
    };
    Result<void> add(std::string_view text, const std::string& name);

    std::vector<Named> keys_;
};

}  // namespace causeway::seal
