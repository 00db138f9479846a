#pragma once
/// TLS 1.2 and 1.3 contexts from configuration.

#include <memory>
#include <span>

#include "config/settings.hpp"
#include "core/error.hpp"

namespace causeway::net {

class TlsServer;  ///< Certificate, key, and optionally the authorities of client certificates.
class TlsClient;  ///< Authorities of servers, and optionally a client certificate.
using TlsServerPtr = std::shared_ptr<TlsServer>;
using TlsClientPtr = std::shared_ptr<TlsClient>;

/// Fields of a listener's `tls:` object (certificate, key, client_ca) and of a sender's (ca, certificate, key).
std::span<const config::FieldSpec> tls_server_fields();
std::span<const config::FieldSpec> tls_client_fields();

/// Null where the object is absent from the file.
Result<TlsServerPtr> make_tls_server(const config::Settings& tls);
Result<TlsClientPtr> make_tls_client(const config::Settings& tls);
/// Does it demand a client certificate?
bool demands_client_certificate(const TlsServer& tls) noexcept;

}  // namespace causeway::net
