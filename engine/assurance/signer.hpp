#pragma once
/// Ed25519 signatures (RFC 8032) of what leaves the engine as evidence.

#include <openssl/evp.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace causeway::assurance {

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

/// Who signed, for everybody. Immutable. Threads: any.
class PublicKey {
public:
    /// Reads SubjectPublicKeyInfo as PEM (RFC 7468); only Ed25519.
    static Result<PublicKey> from_pem(std::string_view pem);

    /// The first 16 hexadecimal digits of the SHA-256 of the 32 bytes of the key.
    const std::string& id() const noexcept { return id_; }
    const std::string& pem() const noexcept { return pem_; }
    bool verifies(std::string_view bytes, std::string_view signature) const;

private:
    friend class Signer;
    static Result<PublicKey> from_key(std::shared_ptr<EVP_PKEY> key);
    std::shared_ptr<EVP_PKEY> key_;
    std::string id_, pem_;
};

/// The key pair of one installation. Threads: any.
class Signer {
public:
    /// Reads `folder`/signing-key.pem, or makes it at the first use (PKCS #8, mode 0600, with signing-key.pub.pem
    /// beside it). Errors name the file and what to do; a damaged key is never replaced.
    static Result<Signer> open(const std::filesystem::path& folder);

    const PublicKey& public_key() const noexcept { return public_; }
    Result<std::string> sign(std::string_view bytes) const;

private:
    explicit Signer(PublicKey key) : public_(std::move(key)) {}
    PublicKey public_;  // The pair: its public half is what others get.
};

}  // namespace causeway::assurance
