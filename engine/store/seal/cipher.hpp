#pragma once
/// AES-256-GCM with nonces of 192 bits: XAES-256-GCM (C2SP, https://c2sp.org/XAES-256-GCM). A key of its own is derived
/// for each 96 random bits, so that random nonces do not run out: with the 96 bits of GCM alone NIST SP 800-38D allows
/// 2^32 uses of a key, which an engine at full speed reaches in days.

#include <cstddef>
#include <string>
#include <string_view>

#include "store/seal/key_ring.hpp"

namespace causeway::seal {

constexpr std::size_t kNonceSize = 24;
constexpr std::size_t kTagSize = 16;

/// Appends ciphertext and tag to `out`. False where the library fails.
bool encrypt(const KeyRing::Key& key, std::string_view nonce, std::string_view bound, std::string_view plain,
             std::string& out);
/// `bytes` are ciphertext and tag. False where they are not what was encrypted.
bool decrypt(const KeyRing::Key& key, std::string_view nonce, std::string_view bound, std::string_view bytes,
             std::string& plain);

}  // namespace causeway::seal
