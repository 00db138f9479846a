#include "net/acceptor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <cstring>

namespace causeway::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Error tcp_error(const ListenAddress& address, const error_code& error) {
    const auto where = address.text();
    const auto number = std::to_string(address.port);
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

error_code last_error() {
    return {errno, boost::system::system_category()};
}

/// A new socket that listens on `address`; an empty one where it does not, and errno says why.
Descriptor open_listening(const sockaddr* address, std::size_t size) {
    Descriptor socket(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return {};
    const int on = 1;
    const int fd = socket.get();
    // Linux gives the file the mode of the unbound socket: no moment in which others may connect.
    const bool prepared = address->sa_family == AF_UNIX
                              ? ::fchmod(fd, S_IRUSR | S_IWUSR) == 0
                              : ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    const bool listens = prepared && ::bind(fd, address, static_cast<socklen_t>(size)) == 0 &&
                         ::listen(fd, asio::socket_base::max_listen_connections) == 0;
    if (listens) return socket;
    const int why = errno;
    socket = Descriptor();
    errno = why;
    return {};
}

bool is_listening_stream(int socket) {
    int listens = 0, type = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0) return false;
    return ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && listens != 0 && type == SOCK_STREAM;
}

std::string ip_text(int family, const void* address) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family, address, text, sizeof text);
    return text;
}

}  // namespace

std::string ListenAddress::text() const {
    if (!unix_path.empty()) return "unix:" + unix_path;
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<ListenAddress> find_address(const std::string& host, std::uint16_t port) {
    error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (!error) return ListenAddress{address.to_string(), port, {}};
    asio::io_context context;
    tcp::resolver resolver(context);
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (error || found.empty())
        return fail(Issue::not_found, host, "This name has no address; write an IP address of this machine.");
    return ListenAddress{found.begin()->endpoint().address().to_string(), port, {}};
}

std::optional<ListenAddress> listens_on(int socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (!is_listening_stream(socket) || ::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return std::nullopt;
    if (storage.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
        return ListenAddress{ip_text(AF_INET, &v4.sin_addr), ntohs(v4.sin_port), {}};
    }
    if (storage.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        return ListenAddress{ip_text(AF_INET6, &v6.sin6_addr), ntohs(v6.sin6_port), {}};
    }
    const auto& local = reinterpret_cast<const sockaddr_un&>(storage);
    if (storage.ss_family != AF_UNIX || local.sun_path[0] == 0) return std::nullopt;
    return ListenAddress{{}, 0, local.sun_path};
}

Result<Descriptor> listen_tcp(const ListenAddress& address) {
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    auto socket = open_listening(endpoint.data(), endpoint.size());
    if (!socket) return tcp_error(address, last_error());
    return socket;
}

Result<Descriptor> listen_unix(const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        return fail(Issue::value, path, "The path of a Unix socket has at most 107 bytes; choose a shorter one.");
    if (auto clear = clear_way(path); !clear) return clear.error();
    const asio::local::stream_protocol::endpoint endpoint(path);
    auto socket = open_listening(endpoint.data(), endpoint.size());
    if (!socket) return unix_error(path, last_error());
    return socket;
}

}  // namespace causeway::net
