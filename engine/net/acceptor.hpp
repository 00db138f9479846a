#pragma once
/// Opens listening sockets and reads where a socket listens; for the shelf.

#include <cstdint>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "net/descriptor.hpp"

namespace causeway::net {

/// An address to listen on. As text "127.0.0.1:2575", "[::1]:2575" or "unix:/var/lib/causeway/causeway.sock".
struct ListenAddress {
    std::string host;  ///< An IP address.
    std::uint16_t port = 0;
    std::string unix_path;  ///< Instead of the two.

    std::string text() const;
};

/// Names are resolved.
Result<ListenAddress> find_address(const std::string& host, std::uint16_t port);
/// Where a socket listens; nothing where it does not, or is no stream socket of TCP or Unix.
std::optional<ListenAddress> listens_on(int socket);

/// Errors say what to do (port in use, not permitted, no such address).
Result<Descriptor> listen_tcp(const ListenAddress& address);
/// Only this process's user may connect (mode 0600). A socket file that nobody answers on is replaced.
Result<Descriptor> listen_unix(const std::string& path);

}  // namespace causeway::net
