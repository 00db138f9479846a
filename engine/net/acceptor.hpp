#pragma once
/// Opens listening sockets; for the listener.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstdint>
#include <string>

#include "core/error.hpp"

namespace causeway::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

/// Gives the port.
Result<std::uint16_t> listen_tcp(Acceptor& acceptor, const std::string& host, std::uint16_t port);
/// Only this process's user may connect (mode 0600). A socket file that nobody answers on is replaced. Gives 0.
Result<std::uint16_t> listen_unix(Acceptor& acceptor, const std::string& path);
void remove_socket_file(const std::string& path);

}  // namespace causeway::net
