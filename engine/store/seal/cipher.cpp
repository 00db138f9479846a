#include "store/seal/cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>

namespace causeway::seal {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kHalfNonce = 12;

struct Free {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free>;

const EVP_CIPHER* ecb() {
    static const Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr));
    return cipher.get();
}

const EVP_CIPHER* gcm() {
    static const Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    return cipher.get();
}

EVP_CIPHER_CTX* context() {
    thread_local const std::unique_ptr<EVP_CIPHER_CTX, Free> mine(EVP_CIPHER_CTX_new());
    return mine.get();
}

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* as_bytes(std::string& text, std::size_t at) {
    return reinterpret_cast<unsigned char*>(text.data() + at);
}

/// The CMAC subkey K1 of RFC 4493 from the encrypted zero block.
void double_in_field(unsigned char* block) {
    const bool carry = (block[0] & 0x80) != 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const unsigned next = i + 1 < kBlock ? block[i + 1] >> 7 : 0U;
        block[i] = static_cast<unsigned char>(block[i] << 1 | next);
    }
    if (carry) block[kBlock - 1] ^= 0x87;
}

/// Two blocks of the KDF in counter mode (NIST SP 800-108) with CMAC: the messages are a block each, so a CMAC is one
/// encryption.
bool derive(const KeyRing::Key& key, std::string_view nonce, KeyRing::Key& derived) {
    unsigned char subkey[kBlock] = {};
    unsigned char blocks[2 * kBlock] = {};
    int length = 0;
    EVP_CIPHER_CTX* const cipher = context();
    if (EVP_EncryptInit_ex2(cipher, ecb(), key.data(), nullptr, nullptr) != 1) return false;
    EVP_CIPHER_CTX_set_padding(cipher, 0);
    if (EVP_EncryptUpdate(cipher, subkey, &length, subkey, kBlock) != 1) return false;
    double_in_field(subkey);
    for (std::size_t i = 0; i < 2; ++i) {
        unsigned char* const block = blocks + i * kBlock;
        block[1] = static_cast<unsigned char>(i + 1);
        block[2] = 'X';
        for (std::size_t n = 0; n < kHalfNonce; ++n) block[4 + n] = static_cast<unsigned char>(nonce[n]);
        for (std::size_t n = 0; n < kBlock; ++n) block[n] ^= subkey[n];
    }
    return EVP_EncryptUpdate(cipher, derived.data(), &length, blocks, sizeof blocks) == 1;
}

/// A key that is wiped at the end.
struct Derived {
    ~Derived() { OPENSSL_cleanse(key.data(), key.size()); }
    KeyRing::Key key{};
};

}  // namespace

bool encrypt(const KeyRing::Key& key, std::string_view nonce, std::string_view bound, std::string_view plain,
             std::string& out) {
    Derived derived;
    if (!derive(key, nonce, derived.key)) return false;
    EVP_CIPHER_CTX* const cipher = context();
    const std::size_t at = out.size();
    out.resize(at + plain.size() + kTagSize);
    int length = 0, rest = 0;
    return EVP_EncryptInit_ex2(cipher, gcm(), derived.key.data(), as_bytes(nonce.substr(kHalfNonce)), nullptr) == 1 &&
           EVP_EncryptUpdate(cipher, nullptr, &length, as_bytes(bound), static_cast<int>(bound.size())) == 1 &&
           EVP_EncryptUpdate(cipher, as_bytes(out, at), &length, as_bytes(plain), static_cast<int>(plain.size())) ==
               1 &&
           EVP_EncryptFinal_ex(cipher, as_bytes(out, at + static_cast<std::size_t>(length)), &rest) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, as_bytes(out, at + plain.size())) == 1;
}

bool decrypt(const KeyRing::Key& key, std::string_view nonce, std::string_view bound, std::string_view bytes,
             std::string& plain) {
    if (bytes.size() < kTagSize) return false;
    Derived derived;
    if (!derive(key, nonce, derived.key)) return false;
    std::string tag(bytes.substr(bytes.size() - kTagSize));
    bytes.remove_suffix(kTagSize);
    EVP_CIPHER_CTX* const cipher = context();
    plain.resize(bytes.size());
    int length = 0, rest = 0;
    return EVP_DecryptInit_ex2(cipher, gcm(), derived.key.data(), as_bytes(nonce.substr(kHalfNonce)), nullptr) == 1 &&
           EVP_DecryptUpdate(cipher, nullptr, &length, as_bytes(bound), static_cast<int>(bound.size())) == 1 &&
           EVP_DecryptUpdate(cipher, as_bytes(plain, 0), &length, as_bytes(bytes), static_cast<int>(bytes.size())) ==
               1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
           EVP_DecryptFinal_ex(cipher, as_bytes(plain, static_cast<std::size_t>(length)), &rest) == 1;
}

}  // namespace causeway::seal
