#pragma once
/// TLS 1.2 and 1.3 contexts from configuration.

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "config/settings.hpp"
#include "core/error.hpp"

namespace causeway::net {

class TlsServer;  ///< Certificate, key, and optionally the authorities of client certificates.
class TlsClient;  ///< Authorities of servers, and optionally a client certificate.
using TlsServerPtr = std::shared_ptr<TlsServer>;
using TlsClientPtr = std::shared_ptr<TlsClient>;

/// PEM files of a listener. With `client_ca`, a client must show a certificate of one of these authorities.
struct TlsServerFiles {
    std::filesystem::path certificate;  ///< Its chain may follow in the same file.
    std::filesystem::path key;          ///< Not encrypted.
    std::filesystem::path client_ca;    ///< May be empty.
};

/// PEM files of a sender; all may be empty. Without `ca` the machine's own authorities count.
struct TlsClientFiles {
    std::filesystem::path ca;
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::string server_name;  ///< Name the server's certificate must hold; empty: the host that is connected to.
};

/// Errors name the file and what to do. Contexts are immutable and may be shared by connections of any thread.
Result<TlsServerPtr> make_tls_server(const TlsServerFiles& files);
Result<TlsClientPtr> make_tls_client(const TlsClientFiles& files);

/// Fields of a listener's `tls:` object (certificate, key, client_ca) and of a sender's (ca, certificate, key,
/// server_name).
std::span<const config::FieldSpec> tls_server_fields();
std::span<const config::FieldSpec> tls_client_fields();

/// Null where the object is absent from the file or empty. (A sender that must use TLS anyway, as for an https URL,
/// makes one from empty TlsClientFiles.)
Result<TlsServerPtr> make_tls_server(const config::Settings& tls);
Result<TlsClientPtr> make_tls_client(const config::Settings& tls);
/// Does it demand a client certificate?
bool demands_client_certificate(const TlsServer& tls) noexcept;

}  // namespace causeway::net
