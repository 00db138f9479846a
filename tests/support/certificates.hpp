#pragma once
/// A certificate authority for one test, with certificates and keys as PEM files. Link OpenSSL::SSL (causeway_net
/// does).

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/temp_dir.hpp"

namespace causeway::test {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;

/// Two files: a certificate and its key.
struct CertificateFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// Makes a P-256 authority and signs with it. Certificates hold from an hour ago for `days` days (negative: expired).
class Authority {
public:
    explicit Authority(std::string name = "Test CA") : name_(std::move(name)), key_(make_key()) {
        certificate_ = make_certificate(name_, key_.get(), 30);
        add(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
        sign(certificate_.get());
        write_certificate(file(), certificate_.get());
    }

    /// PEM file with the authority's own certificate.
    std::filesystem::path file() const { return dir_ / "ca.pem"; }

    /// For a listener on 127.0.0.1, ::1 and localhost, or on `names` ("DNS:gp.example").
    CertificateFiles server(const std::string& names = "DNS:localhost,IP:127.0.0.1,IP:::1", int days = 30) {
        return issue("localhost", names, days);
    }

    /// For a client whose subject is "CN=<name>".
    CertificateFiles client(const std::string& name, int days = 30) { return issue(name, "", days); }

private:
    static void check(bool good) {
        if (!good) throw std::runtime_error("OpenSSL cannot make a test certificate");
    }

    static KeyPtr make_key() {
        KeyPtr key(EVP_EC_gen("P-256"));
        check(key != nullptr);
        return key;
    }

    CertificatePtr make_certificate(const std::string& subject, EVP_PKEY* key, int days) {
        CertificatePtr made(X509_new());
        check(made && X509_set_version(made.get(), 2) == 1);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), days < 0 ? 2L * days * 86400 : -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), days * 86400L);
        X509_set_pubkey(made.get(), key);
        set_name(X509_get_subject_name(made.get()), subject);
        set_name(X509_get_issuer_name(made.get()), name_);
        return made;
    }

    static void set_name(X509_NAME* target, const std::string& name) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(name.c_str());
        check(X509_NAME_add_entry_by_txt(target, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1);
    }

    static void add(X509* certificate, X509* issuer, int kind, const std::string& value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
        const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
            X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
        check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
    }

    void sign(X509* certificate) const { check(X509_sign(certificate, key_.get(), EVP_sha256()) > 0); }

    CertificateFiles issue(const std::string& subject, const std::string& names, int days) {
        const KeyPtr key = make_key();
        const CertificatePtr made = make_certificate(subject, key.get(), days);
        if (!names.empty()) add(made.get(), certificate_.get(), NID_subject_alt_name, names);
        sign(made.get());
        const std::string number = std::to_string(serial_);
        CertificateFiles files{dir_ / ("certificate-" + number + ".pem"), dir_ / ("key-" + number + ".pem")};
        write_certificate(files.certificate, made.get());
        with_file(files.key, [&](std::FILE* out) {
            return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
        });
        return files;
    }

    template <class Write>
    static void with_file(const std::filesystem::path& path, Write write) {
        std::FILE* out = std::fopen(path.c_str(), "wb");
        check(out != nullptr);
        const bool good = write(out);
        check(std::fclose(out) == 0 && good);
    }

    static void write_certificate(const std::filesystem::path& path, X509* certificate) {
        with_file(path, [&](std::FILE* out) { return PEM_write_X509(out, certificate) == 1; });
    }

    TempDir dir_;
    std::string name_;
    KeyPtr key_;
    CertificatePtr certificate_;
    long serial_ = 0;
};

}  // namespace causeway::test
