#pragma once
/// Public keys from a JWKS file, and signatures verified with them; for token.hpp.

#include <openssl/evp.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway::net {

/// A key serves one algorithm only, by its kind: nothing in a token can make it serve another.
struct VerificationKey {
    std::string id;         ///< `kid`; may be empty.
    std::string algorithm;  ///< "RS384" or "ES384".
    std::shared_ptr<EVP_PKEY> key;
};
using KeySet = std::vector<VerificationKey>;

/// RSA keys of at least 2048 bits and EC keys on P-384 that may verify RS384 or ES384; others are left out. None at
/// all, private keys and double ids are errors.
Result<KeySet> parse_jwks(std::string_view text, const std::string& file);

/// Is `signature` (raw r and s for ES384, RFC 7518 section 3.4) that of `bytes`?
bool verifies(const VerificationKey& key, std::string_view bytes, std::string_view signature);

/// A JWKS file that is read again when it changes. Threads: any.
class KeyFile {
public:
    explicit KeyFile(std::filesystem::path path) : path_(std::move(path)) {}

    Result<void> load();
    /// The keys as the file has them now; the last good ones where it cannot be read, which is tried again every few
    /// seconds.
    std::shared_ptr<const KeySet> keys();

private:
    /// The inode too: a file that takes the place of another may be as old and as long.
    struct Stamp {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t seconds = 0, nanoseconds = 0;
        bool operator==(const Stamp&) const = default;
    };
    Stamp look() const;
    Result<std::shared_ptr<const KeySet>> read() const;

    const std::filesystem::path path_;
    std::mutex mutex_;
    Stamp stamp_;
    std::chrono::steady_clock::time_point try_again_at_ = std::chrono::steady_clock::time_point::max();
    std::shared_ptr<const KeySet> keys_;
};

}  // namespace causeway::net
