#pragma once
/// What tls.hpp only names; for the streams of this folder.

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "net/tls.hpp"

namespace causeway::net {

class TlsServer {
public:
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
    bool demands_client = false;
};

class TlsClient {
public:
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
    std::string server_name;
};

/// Subject of the peer's certificate as RFC 2253 text; empty without one.
std::string peer_subject(SSL* ssl);
/// The sentence part after a failed handshake: why a certificate was refused, else what OpenSSL says.
std::string handshake_reason(SSL* ssl, const boost::system::error_code& error);

}  // namespace causeway::net
