#pragma once
/// Signs JWTs for tests and tells its public key. Link OpenSSL::Crypto (causeway_core does).

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "core/digest.hpp"

namespace causeway::test {

/// RFC 4648 section 5 without padding.
inline std::string base64url(std::string_view bytes) {
    std::string text = base64_encode(bytes);
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

/// One key pair. `kind` is "RS384" (RSA, `rsa_bits`) or "ES384" (EC, `curve`).
class TokenIssuer {
public:
    explicit TokenIssuer(std::string kind, std::string kid = "k1", const char* curve = "P-384",
                         unsigned rsa_bits = 2048)
        : kind_(std::move(kind)),
          kid_(std::move(kid)),
          curve_(curve),
          key_(kind_ == "RS384" ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen(curve), EVP_PKEY_free) {
        if (!key_) throw std::runtime_error("OpenSSL cannot make a test key");
    }

    /// Claims (a JSON object) in a token with the usual header.
    std::string token(const std::string& claims) const {
        return token(R"({"alg":")" + kind_ + R"(","kid":")" + kid_ + R"("})", claims);
    }
    std::string token(const std::string& header, const std::string& claims) const {
        const std::string body = base64url(header) + "." + base64url(claims);
        return body + "." + base64url(sign(body));
    }

    /// The public key as an entry of a JWKS; `more` is put inside (R"(,"use":"enc")").
    std::string jwk(const std::string& more = "") const {
        const std::string id = R"("kid":")" + kid_ + "\"" + more;
        if (kind_ == "RS384")
            return R"({"kty":"RSA",)" + id + R"(,"n":")" + part(OSSL_PKEY_PARAM_RSA_N, 0) + R"(","e":")" +
                   part(OSSL_PKEY_PARAM_RSA_E, 0) + "\"}";
        return R"({"kty":"EC",)" + id + R"(,"crv":")" + curve_ + R"(","x":")" + part(OSSL_PKEY_PARAM_EC_PUB_X, size()) +
               R"(","y":")" + part(OSSL_PKEY_PARAM_EC_PUB_Y, size()) + "\"}";
    }
    std::string jwks() const { return R"({"keys":[)" + jwk() + "]}"; }

    /// RS384: PKCS #1; ES384: raw r and s.
    std::string sign(const std::string& bytes) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        std::size_t length = 0;
        const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key_.get());
        EVP_DigestSign(context.get(), nullptr, &length, data, bytes.size());
        std::string signature(length, '\0');
        auto* out = reinterpret_cast<unsigned char*>(signature.data());
        if (EVP_DigestSign(context.get(), out, &length, data, bytes.size()) != 1)
            throw std::runtime_error("not signed");
        signature.resize(length);
        return kind_ == "RS384" ? signature : raw(signature);
    }

private:
    int size() const { return curve_ == "P-384" ? 48 : 32; }

    std::string padded(const BIGNUM* value, int width) const {
        std::string bytes(static_cast<std::size_t>(width == 0 ? BN_num_bytes(value) : width), '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
        return bytes;
    }

    std::string part(const char* name, int width) const {
        BIGNUM* value = nullptr;
        if (EVP_PKEY_get_bn_param(key_.get(), name, &value) != 1) throw std::runtime_error("no such key part");
        const std::string bytes = padded(value, width);
        BN_free(value);
        return base64url(bytes);
    }

    std::string raw(const std::string& der) const {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
            d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
        return padded(ECDSA_SIG_get0_r(pair.get()), size()) + padded(ECDSA_SIG_get0_s(pair.get()), size());
    }

    std::string kind_;
    std::string kid_;
    std::string curve_;
    std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace causeway::test
