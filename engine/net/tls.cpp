#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "net/tls_context.hpp"

namespace causeway::net {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

/// Only suites with forward secrecy and authenticated encryption; those of TLS 1.3 all are.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// Without this an encrypted key would ask for its password on the terminal.
int no_password(char*, int, int, void*) {
    return 0;
}

Error file_error(const std::filesystem::path& file, const error_code& error, std::string advice) {
    ERR_clear_error();
    return fail(Issue::invalid, file.string(), error.message() + "; " + std::move(advice));
}

Result<void> harden(ssl::context& context) {
    SSL_CTX* native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Connections are long-lived: resumption would only add tickets that have to be kept apart per listener.
    SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(native, 0);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(native, no_password);
    if (SSL_CTX_set_cipher_list(native, kCiphers) != 1)
        return fail(Issue::exception, "", "This OpenSSL has none of the cipher suites that Causeway allows.");
    return {};
}

Result<void> use_certificate(ssl::context& context, const std::filesystem::path& certificate,
                             const std::filesystem::path& key) {
    error_code error;
    context.use_certificate_chain_file(certificate.string(), error);
    if (error) return file_error(certificate, error, "give a PEM file with the certificate first and then its chain.");
    context.use_private_key_file(key.string(), ssl::context::pem, error);
    if (error)
        return file_error(key, error, "give the PEM private key of that certificate, readable and not encrypted.");
    if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
        ERR_clear_error();
        return fail(Issue::invalid, key.string(),
                    "This key does not belong to the certificate; give the one it was made with.");
    }
    return {};
}

Result<void> trust(ssl::context& context, const std::filesystem::path& authorities) {
    error_code error;
    context.load_verify_file(authorities.string(), error);
    if (error) return file_error(authorities, error, "give a PEM file with the certificates of the authorities.");
    return {};
}

/// Clients choose their certificate by this list.
void name_authorities(ssl::context& context, const std::filesystem::path& authorities) {
    if (auto* names = SSL_load_client_CA_file(authorities.c_str()))
        SSL_CTX_set_client_CA_list(context.native_handle(), names);
    ERR_clear_error();
}

}  // namespace

Result<TlsServerPtr> make_tls_server(const TlsServerFiles& files) {
    auto server = std::make_shared<TlsServer>();
    if (auto done = harden(server->context); !done) return done.error();
    if (auto done = use_certificate(server->context, files.certificate, files.key); !done) return done.error();
    if (files.client_ca.empty()) return server;
    if (auto done = trust(server->context, files.client_ca); !done) return done.error();
    name_authorities(server->context, files.client_ca);
    SSL_CTX_set_verify(server->context.native_handle(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    server->demands_client = true;
    return server;
}

Result<TlsClientPtr> make_tls_client(const TlsClientFiles& files) {
    auto client = std::make_shared<TlsClient>();
    if (auto done = harden(client->context); !done) return done.error();
    if (files.ca.empty()) {
        error_code error;
        client->context.set_default_verify_paths(error);
        if (error)
            return fail(Issue::exception, "", "The machine's certificate authorities cannot be read; give tls.ca.");
    } else if (auto done = trust(client->context, files.ca); !done) {
        return done.error();
    }
    if (files.certificate.empty() != files.key.empty())
        return fail(Issue::required, (files.certificate.empty() ? files.key : files.certificate).string(),
                    "A client certificate needs both `certificate` and `key`.");
    if (!files.certificate.empty())
        if (auto done = use_certificate(client->context, files.certificate, files.key); !done) return done.error();
    SSL_CTX_set_verify(client->context.native_handle(), SSL_VERIFY_PEER, nullptr);
    client->server_name = files.server_name;
    return client;
}

bool demands_client_certificate(const TlsServer& tls) noexcept {
    return tls.demands_client;
}

std::string peer_subject(SSL* ssl) {
    X509* certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == nullptr) return {};
    BIO* text = BIO_new(BIO_s_mem());
    if (text == nullptr) return {};
    X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const long size = BIO_get_mem_data(text, &data);
    std::string subject(data, size > 0 ? static_cast<std::size_t>(size) : 0);
    BIO_free(text);
    return subject;
}

std::string handshake_reason(SSL* ssl, const error_code& error) {
    const long verdict = SSL_get_verify_result(ssl);
    if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
    return error.message();
}

}  // namespace causeway::net
