#include "assurance/signer.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "core/digest.hpp"

namespace causeway::assurance {

namespace fs = std::filesystem;

namespace {

struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using DigestPtr = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

BioPtr bio_of(std::string_view text) {
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Error no_key(std::string what) {
    return fail(Issue::invalid, "signing key", std::move(what));
}

Error unwritable(const fs::path& file) {
    return fail(Issue::no_store, file.string(), "This file cannot be written: see its folder's rights and the disk.");
}

/// The whole file or none of it: a key that was cut off would never sign again.
Result<void> write_new(const fs::path& file, std::string_view text, mode_t mode) {
    const auto fresh = file.string() + ".new";
    const int handle = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (handle < 0) return unwritable(file);
    bool good = ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    good = ::fsync(handle) == 0 && good;
    good = ::close(handle) == 0 && good;
    if (!good || ::rename(fresh.c_str(), file.c_str()) != 0) return unwritable(file);
    return {};
}

Result<KeyPtr> read_private(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(in), {}};
    KeyPtr key(PEM_read_bio_PrivateKey(bio_of(pem).get(), nullptr, nullptr, nullptr));
    if (key && EVP_PKEY_id(key.get()) == EVP_PKEY_ED25519) return key;
    return fail(Issue::invalid, file.string(),
                "This is no Ed25519 key: restore it, or move it away, and a new one is made that others must learn.");
}

Result<KeyPtr> make_private(const fs::path& file) {
    KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (!key || PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return no_key("No key pair can be made: see that OpenSSL offers Ed25519.");
    if (auto written = write_new(file, text_of(out.get()), 0600); !written) return written.error();
    return key;
}

}  // namespace

Result<PublicKey> PublicKey::from_key(std::shared_ptr<EVP_PKEY> key) {
    std::array<unsigned char, 32> raw{};
    auto size = raw.size();
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 || EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) != 1 ||
        PEM_write_bio_PUBKEY(out.get(), key.get()) != 1)
        return no_key("Give the public key of an Ed25519 pair.");
    PublicKey made;
    made.id_ = to_hex(as_view(sha256({reinterpret_cast<const char*>(raw.data()), size}))).substr(0, 16);
    made.pem_ = text_of(out.get());
    made.key_ = std::move(key);
    return made;
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PUBKEY(bio_of(pem).get(), nullptr, nullptr, nullptr), FreeKey());
    if (!key) return no_key("This is no public key: give a PEM file that begins with -----BEGIN PUBLIC KEY-----.");
    return from_key(std::move(key));
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
    const DigestPtr context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
}

Result<Signer> Signer::open(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) return unwritable(folder);
    const auto file = folder / "signing-key.pem";
    auto key = fs::exists(file, failed) ? read_private(file) : make_private(file);
    if (!key) return key.error();
    auto made = PublicKey::from_key(std::shared_ptr<EVP_PKEY>(key->release(), FreeKey()));
    if (!made) return made.error();
    const auto shared = folder / "signing-key.pub.pem";
    if (!fs::exists(shared, failed))
        if (auto written = write_new(shared, made->pem(), 0644); !written) return written.error();
    return Signer(std::move(*made));
}

Result<std::string> Signer::sign(std::string_view bytes) const {
    const DigestPtr context(EVP_MD_CTX_new());
    std::string signature(64, '\0');
    auto size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, public_.key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(bytes),
                       bytes.size()) != 1)
        return no_key("The key does not sign: see that it is whole.");
    return signature;
}

}  // namespace causeway::assurance
