#include "net/jwks.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <rapidjson/document.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/digest.hpp"
#include "core/log.hpp"

namespace causeway::net {
namespace {

using rapidjson::Value;

constexpr std::size_t kCoordinate = 48;  ///< Bytes of a number on P-384.
constexpr int kMinRsaBits = 2048;
/// A file that could not be read for want of descriptors is as it was, and must be read all the same.
constexpr auto kBetweenTries = std::chrono::seconds(5);
constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using KeyPtr = std::shared_ptr<EVP_PKEY>;

std::string text_of(const Value& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsString()) return {};
    return {member->value.GetString(), member->value.GetStringLength()};
}

std::string bytes_of(const Value& object, const char* name) {
    return base64_decode(text_of(object, name), true).value_or(std::string());
}

BigNumber number(std::string_view bytes) {
    return BigNumber(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

KeyPtr build(const char* kind, OSSL_PARAM_BLD* builder) {
    const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder));
    const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    const bool built = parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                       EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
    ERR_clear_error();
    return built ? KeyPtr(key, EVP_PKEY_free) : KeyPtr();
}

KeyPtr rsa_key(const Value& jwk) {
    const auto n = number(bytes_of(jwk, "n"));
    const auto e = number(bytes_of(jwk, "e"));
    if (!n || !e || BN_num_bits(n.get()) < kMinRsaBits || BN_num_bits(n.get()) > 16384) return {};
    if (BN_num_bits(e.get()) < 2 || BN_num_bits(e.get()) > 64 || BN_is_odd(e.get()) == 0) return {};
    const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return {};
    return build("RSA", builder.get());
}

KeyPtr ec_key(const Value& jwk) {
    const auto x = bytes_of(jwk, "x");
    const auto y = bytes_of(jwk, "y");
    if (text_of(jwk, "crv") != "P-384" || x.size() != kCoordinate || y.size() != kCoordinate) return {};
    const std::string point = "\x04" + x + y;
    const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return {};
    return build("EC", builder.get());
}

/// Is it meant for signatures with this algorithm, as far as it says?
bool serves(const Value& jwk, std::string_view algorithm) {
    if (jwk.HasMember("alg") && text_of(jwk, "alg") != algorithm) return false;
    if (jwk.HasMember("use") && text_of(jwk, "use") != "sig") return false;
    const auto operations = jwk.FindMember("key_ops");
    if (operations == jwk.MemberEnd()) return true;
    if (!operations->value.IsArray()) return false;
    const auto list = operations->value.GetArray();
    return std::any_of(list.begin(), list.end(), [](const Value& v) { return v.IsString() && v == "verify"; });
}

/// No key where the entry is of another kind or malformed.
VerificationKey read_key(const Value& jwk) {
    VerificationKey key;
    const auto kind = text_of(jwk, "kty");
    if (kind == "RSA") key.algorithm = "RS384";
    if (kind == "EC") key.algorithm = "ES384";
    if (key.algorithm.empty() || !serves(jwk, key.algorithm)) return {};
    key.id = text_of(jwk, "kid");
    key.key = kind == "RSA" ? rsa_key(jwk) : ec_key(jwk);
    return key;
}

bool has_twin(const KeySet& keys, const VerificationKey& key) {
    return std::any_of(keys.begin(), keys.end(), [&key](const auto& other) { return other.id == key.id; });
}

/// r and s as the DER that OpenSSL reads.
std::string to_der(std::string_view signature) {
    auto r = number(signature.substr(0, kCoordinate));
    auto s = number(signature.substr(kCoordinate));
    const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
    if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    (void)r.release();
    (void)s.release();
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0) return {};
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

Result<KeySet> parse_jwks(std::string_view text, const std::string& file) {
    rapidjson::Document document;
    document.Parse<kParseFlags>(text.data(), text.size());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("keys") || !document["keys"].IsArray())
        return fail(Issue::invalid, file, "This is no JWKS file; give a JSON object with an array `keys`.");
    KeySet keys;
    for (const auto& jwk : document["keys"].GetArray()) {
        if (!jwk.IsObject()) continue;
        if (jwk.HasMember("d"))
            return fail(Issue::invalid, file,
                        "A private key stands here; give public keys only and keep the private one safe.");
        auto key = read_key(jwk);
        if (!key.key) continue;
        if (has_twin(keys, key))
            return fail(Issue::invalid, file, "Two keys have the same `kid` (or none); give each its own.");
        keys.push_back(std::move(key));
    }
    if (keys.empty())
        return fail(Issue::invalid, file,
                    "No key here can verify RS384 (RSA, 2048 bits or more) or ES384 (EC P-384); add one.");
    return keys;
}

bool verifies(const VerificationKey& key, std::string_view bytes, std::string_view signature) {
    std::string der;
    if (key.algorithm == "ES384") {
        if (signature.size() != 2 * kCoordinate) return false;
        der = to_der(signature);
        signature = der;
    }
    const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    const bool good =
        context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha384(), nullptr, key.key.get()) == 1 &&
        EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
    ERR_clear_error();
    return good;
}

KeyFile::Stamp KeyFile::look() const {
    struct stat now {};
    if (::stat(path_.c_str(), &now) != 0) return {};
    return {now.st_dev, now.st_ino, static_cast<std::uint64_t>(now.st_size), now.st_mtim.tv_sec, now.st_mtim.tv_nsec};
}

Result<std::shared_ptr<const KeySet>> KeyFile::read() const {
    std::ifstream in(path_, std::ios::binary);
    if (!in)
        return fail(Issue::not_found, path_.string(), "This keys file cannot be read; make it or correct its path.");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto keys = parse_jwks(text, path_.string());
    if (!keys) return keys.error();
    return std::make_shared<const KeySet>(std::move(keys.value()));
}

Result<void> KeyFile::load() {
    const std::lock_guard lock(mutex_);
    stamp_ = look();
    auto keys = read();
    if (!keys) return keys.error();
    keys_ = std::move(keys.value());
    return {};
}

std::shared_ptr<const KeySet> KeyFile::keys() {
    const std::lock_guard lock(mutex_);
    const auto now = look();
    const auto time = std::chrono::steady_clock::now();
    const bool again = time >= try_again_at_;
    if (now == stamp_ && !again) return keys_;
    stamp_ = now;
    auto keys = read();
    try_again_at_ = keys ? std::chrono::steady_clock::time_point::max() : time + kBetweenTries;
    if (keys) {
        keys_ = std::move(keys.value());
        log::info("token.keys_changed", {{"file", path_.string()}});
    } else if (!again) {
        log::warning("token.keys_unreadable", {{"file", path_.string()}, {"reason", keys.error().what}});
    }
    return keys_;
}

}  // namespace causeway::net
