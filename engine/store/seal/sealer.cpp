#include "store/seal/sealer.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "core/digest.hpp"
#include "store/checksum.hpp"
#include "store/seal/cipher.hpp"
#include "store/seal/compression.hpp"

namespace causeway::seal {
namespace {

constexpr std::uint8_t kFormat = 0x10;
constexpr std::uint8_t kCompressed = 1, kEncrypted = 2;
constexpr std::size_t kChecksumSize = 4;
constexpr std::size_t kEncryptedHead = 1 + sizeof(KeyId) + kNonceSize;
constexpr std::size_t kBoundSize = 14;

/// What is bound into sealed bytes: their first byte and their place.
std::array<char, kBoundSize> bound(std::uint8_t head, const Place& place) {
    std::array<char, kBoundSize> out{};
    out[0] = static_cast<char>(head);
    out[1] = static_cast<char>(place.kind);
    auto block = static_cast<std::uint64_t>(place.block);
    for (std::size_t i = 2; i < 10; ++i, block >>= 8) out[i] = static_cast<char>(block & 0xff);
    auto chunk = place.chunk;
    for (std::size_t i = 10; i < kBoundSize; ++i, chunk >>= 8) out[i] = static_cast<char>(chunk & 0xff);
    return out;
}

std::array<char, kChecksumSize> checksum_of(std::string_view where, std::string_view bytes) {
    const std::uint32_t sum = checksum(bytes, checksum(where));
    std::array<char, kChecksumSize> out{};
    for (std::size_t i = 0; i < kChecksumSize; ++i) out[i] = static_cast<char>(sum >> 8 * i & 0xff);
    return out;
}

template <std::size_t N>
std::string_view view(const std::array<char, N>& bytes) {
    return {bytes.data(), N};
}

void put_size(std::string& out, std::size_t size) {
    for (; size >= 0x80; size >>= 7) out.push_back(static_cast<char>(size | 0x80));
    out.push_back(static_cast<char>(size));
}

std::optional<std::size_t> take_size(std::string_view& bytes) {
    std::size_t size = 0;
    for (unsigned shift = 0; shift < 35 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        size |= static_cast<std::size_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return size;
    }
    return std::nullopt;
}

KeyId key_id_at(std::string_view sealed) {
    KeyId id{};
    std::memcpy(id.data(), sealed.data() + 1, id.size());
    return id;
}

Error damaged() {
    return fail(
        Issue::invariant, "ledger",
        "Bytes of the ledger are not as they were written here; run \"causeway audit verify\" and restore a backup.");
}

Error unknown_format() {
    return fail(Issue::not_supported, "ledger", "A newer engine wrote this part of the ledger; start that one.");
}

Error key_missing(const KeyId& id) {
    const std::string_view bytes(reinterpret_cast<const char*>(id.data()), id.size());
    return fail(Issue::login, "ledger.encryption",
                "This part of the ledger was encrypted with the key " + to_hex(bytes) +
                    ", which is not configured; name that key too.");
}

Result<std::string> expand(std::string_view body, std::size_t most) {
    if (body.empty()) return damaged();
    const auto version = static_cast<std::uint8_t>(body.front());
    if (version > kNewestDictionary) return unknown_format();
    body.remove_prefix(1);
    const auto size = take_size(body);
    if (!size) return damaged();
    if (*size > most) return fail(Issue::too_long, "ledger", "This part of the ledger is larger than it may be.");
    std::string plain;
    if (!decompress(body, version, *size, plain)) return damaged();
    return plain;
}

/// The content of bytes that are not encrypted.
Result<std::string_view> checked(std::string_view sealed, std::string_view where) {
    if (sealed.size() < 1 + kChecksumSize) return damaged();
    const auto content = sealed.substr(1, sealed.size() - 1 - kChecksumSize);
    if (sealed.substr(1 + content.size()) != view(checksum_of(where, content))) return damaged();
    return content;
}

Result<std::string> decrypted(std::string_view sealed, std::string_view where, const KeyRing& keys) {
    if (sealed.size() < kEncryptedHead + kTagSize) return damaged();
    const KeyId id = key_id_at(sealed);
    const KeyRing::Key* const key = keys.find(id);
    if (key == nullptr) return key_missing(id);
    std::string content;
    if (!decrypt(*key, sealed.substr(1 + sizeof(KeyId), kNonceSize), where, sealed.substr(kEncryptedHead), content))
        return damaged();
    return content;
}

/// A process without random numbers, or without memory for a cipher, can keep no promise.
void encrypt_or_end(const KeyRing& keys, std::string_view where, std::string_view content, std::string& out) {
    const KeyId& id = keys.newest();
    out.append(reinterpret_cast<const char*>(id.data()), id.size());
    std::array<unsigned char, kNonceSize> random{};
    if (RAND_bytes(random.data(), kNonceSize) != 1) std::abort();
    const std::string_view nonce(reinterpret_cast<const char*>(random.data()), random.size());
    out.append(nonce);
    if (!encrypt(*keys.find(id), nonce, where, content, out)) std::abort();
}

}  // namespace

void Sealer::use(KeyRing keys) {
    auto next = std::make_shared<const KeyRing>(std::move(keys));
    const std::lock_guard lock(mutex_);
    keys_.swap(next);
}

std::shared_ptr<const KeyRing> Sealer::keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

std::string Sealer::seal(std::string_view plain, const Place& place) const {
    const auto keys = this->keys();
    std::string body;
    body.reserve(plain.size() + 64);
    body.push_back(static_cast<char>(kNewestDictionary));
    put_size(body, plain.size());
    const bool compressed = compress(plain, body);
    const std::string_view content = compressed ? std::string_view(body) : plain;

    const auto head =
        static_cast<std::uint8_t>(kFormat | (compressed ? kCompressed : 0) | (keys->empty() ? 0 : kEncrypted));
    const auto where = bound(head, place);
    std::string out;
    out.reserve(1 + sizeof(KeyId) + kNonceSize + content.size() + kTagSize);
    out.push_back(static_cast<char>(head));
    if (!keys->empty()) {
        encrypt_or_end(*keys, view(where), content, out);
        return out;
    }
    out.append(content);
    out.append(view(checksum_of(view(where), content)));
    return out;
}

Result<std::string> Sealer::open(std::string_view sealed, const Place& place, std::size_t most) const {
    if (sealed.empty()) return damaged();
    const auto head = static_cast<std::uint8_t>(sealed.front());
    if ((head & ~(kCompressed | kEncrypted)) != kFormat) return unknown_format();
    const auto where = bound(head, place);
    const bool compressed = (head & kCompressed) != 0;
    if ((head & kEncrypted) != 0) {
        auto content = decrypted(sealed, view(where), *this->keys());
        if (!content || !compressed) return content;
        return expand(*content, most);
    }
    const auto content = checked(sealed, view(where));
    if (!content) return content.error();
    return compressed ? expand(*content, most) : Result<std::string>(std::string(*content));
}

bool Sealer::is_current(std::string_view sealed) const noexcept {
    if (sealed.empty()) return false;
    const auto keys = this->keys();
    const bool encrypted = (static_cast<std::uint8_t>(sealed.front()) & kEncrypted) != 0;
    if (keys->empty() || !encrypted) return keys->empty() && !encrypted;
    return sealed.size() > kEncryptedHead && key_id_at(sealed) == keys->newest();
}

}  // namespace causeway::seal
