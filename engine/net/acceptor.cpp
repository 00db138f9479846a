#include "net/acceptor.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstring>

namespace causeway::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Endpoint = asio::generic::stream_protocol::endpoint;

Error tcp_error(const std::string& host, std::uint16_t port, const error_code& error) {
    const std::string where = host + ":" + std::to_string(port);
    const std::string number = std::to_string(port);
    if (error == asio::error::address_in_use)
        return fail(Issue::conflict, where,
                    "Port " + number + " is in use; stop the other program or choose another port.", Retry::later);
    if (error == asio::error::access_denied)
        return fail(
            Issue::forbidden, where,
            "This user may not listen on port " + number + "; choose one above 1023 or grant CAP_NET_BIND_SERVICE.");
    if (error == boost::system::errc::address_not_available)
        return fail(Issue::not_found, where,
                    "This machine has no such address; choose one of its own, or 0.0.0.0 for all.");
    return fail(Issue::exception, where, "Cannot listen (" + error.message() + "); choose another address.");
}

Error unix_error(const std::string& path, const error_code& error) {
    if (error == asio::error::access_denied)
        return fail(Issue::forbidden, path,
                    "This user may not write here; choose another path or change the folder's owner.");
    if (error == boost::system::errc::no_such_file_or_directory)
        return fail(Issue::not_found, path,
                    "The folder of this socket does not exist; make it or choose another path.");
    return fail(Issue::exception, path, "Cannot listen (" + error.message() + "); choose another path.");
}

Result<tcp::endpoint> resolve(const std::string& host, std::uint16_t port) {
    error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (!error) return tcp::endpoint(address, port);
    asio::io_context context;
    tcp::resolver resolver(context);
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (error || found.empty())
        return fail(Issue::not_found, host, "This name has no address; write an IP address of this machine.");
    return found.begin()->endpoint();
}

error_code bind_and_listen(Acceptor& acceptor, const Endpoint& endpoint) {
    error_code error;
    acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

/// Makes way for a new socket where an earlier process left its file behind.
Result<void> clear_way(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return {};
    if (!S_ISSOCK(info.st_mode))
        return fail(Issue::conflict, path,
                    "There is a file of this name that is no socket; remove it or choose another path.");
    asio::io_context context;
    asio::local::stream_protocol::socket probe(context);
    error_code error;
    probe.connect(asio::local::stream_protocol::endpoint(path), error);
    if (!error)
        return fail(Issue::conflict, path, "Another process listens here; stop it or choose another path.",
                    Retry::later);
    if (error != asio::error::connection_refused) return unix_error(path, error);
    ::unlink(path.c_str());
    return {};
}

}  // namespace

Result<std::uint16_t> listen_tcp(Acceptor& acceptor, const std::string& host, std::uint16_t port) {
    const auto endpoint = resolve(host, port);
    if (!endpoint) return endpoint.error();
    const Endpoint generic(endpoint.value());
    error_code error;
    acceptor.open(generic.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) error = bind_and_listen(acceptor, generic);
    if (error) {
        error_code ignored;
        acceptor.close(ignored);
        return tcp_error(host, port, error);
    }
    const Endpoint local = acceptor.local_endpoint(error);
    sockaddr_storage address{};
    std::memcpy(&address, local.data(), local.size());
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Result<std::uint16_t> listen_unix(Acceptor& acceptor, const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        return fail(Issue::value, path, "The path of a Unix socket has at most 107 bytes; choose a shorter one.");
    if (auto clear = clear_way(path); !clear) return clear.error();
    const asio::local::stream_protocol::endpoint named(path);
    const Endpoint endpoint(named);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    // Linux gives the file the mode of the unbound socket: no moment in which others may connect.
    if (!error && ::fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0)
        error.assign(errno, boost::system::system_category());
    if (!error) error = bind_and_listen(acceptor, endpoint);
    if (!error) return std::uint16_t{0};
    error_code ignored;
    acceptor.close(ignored);
    return unix_error(path, error);
}

void remove_socket_file(const std::string& path) {
    ::unlink(path.c_str());
}

}  // namespace causeway::net
