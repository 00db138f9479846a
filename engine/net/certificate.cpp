#include "net/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <optional>

namespace causeway::net {
namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};

std::optional<Instant> end_of(const X509* certificate) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return std::nullopt;
    return Instant(std::chrono::seconds(::timegm(&parts)));
}

std::string subject_of(const X509* certificate) {
    const std::unique_ptr<BIO, Free> text(BIO_new(BIO_s_mem()));
    if (!text) return {};
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return {data, size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// Without this an encrypted file would ask for its password on the terminal.
int no_password(char*, int, int, void*) {
    return 0;
}

}  // namespace

Result<CertificateValidity> certificate_validity(const std::filesystem::path& file) {
    const std::unique_ptr<BIO, Free> in(BIO_new_file(file.c_str(), "r"));
    std::optional<CertificateValidity> first;
    while (in) {
        const std::unique_ptr<X509, Free> certificate(PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr));
        if (!certificate) break;
        const auto until = end_of(certificate.get());
        if (until && (!first || *until < first->until))
            first = CertificateValidity{*until, subject_of(certificate.get())};
    }
    ERR_clear_error();
    if (first) return *first;
    return fail(Issue::not_found, file.string(), "This file holds no certificate that can be read; give a PEM file.");
}

}  // namespace causeway::net
