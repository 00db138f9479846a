#include "net/stream.hpp"

#include <sys/un.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <vector>

#include "net/socket_stream.hpp"
#include "net/tls_context.hpp"

namespace causeway::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = asio::steady_timer::clock_type;
using Endpoints = std::vector<tcp::endpoint>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

/// A point in time that several steps share.
class Deadline {
public:
    explicit Deadline(Duration limit) : limited_(limit > Duration::zero()), at_(SteadyClock::now() + limit) {}

    bool limited() const { return limited_; }
    SteadyClock::time_point at() const { return at_; }
    /// What is left, at least a microsecond; zero where there is no limit.
    Duration left(std::size_t shares = 1) const {
        if (!limited_) return Duration::zero();
        const auto rest = std::chrono::duration_cast<Duration>(at_ - SteadyClock::now()) / static_cast<long>(shares);
        return std::max(rest, Duration(1));
    }

private:
    const bool limited_;
    const SteadyClock::time_point at_;
};

/// A name look-up cannot be interrupted; it is left behind when its time is over.
struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

    tcp::resolver resolver;
    asio::steady_timer done;
    bool finished = false;
    error_code error;
    Endpoints endpoints;
};

void start(const std::shared_ptr<Lookup>& lookup, const std::string& host, const std::string& port) {
    lookup->resolver.async_resolve(host, port,
                                   [lookup](const error_code& error, const tcp::resolver::results_type& found) {
                                       lookup->finished = true;
                                       lookup->error = error;
                                       for (const auto& entry : found) lookup->endpoints.push_back(entry.endpoint());
                                       lookup->done.cancel();
                                   });
}

Async<Endpoints> look_up(asio::any_io_executor executor, std::string host, std::string port, const Deadline& deadline) {
    const std::string where = host + ":" + port;
    const auto lookup = std::make_shared<Lookup>(executor);
    start(lookup, host, port);
    lookup->done.expires_at(deadline.limited() ? deadline.at() : SteadyClock::time_point::max());
    if (!lookup->finished) co_await lookup->done.async_wait(kToken);
    if (!lookup->finished)
        co_return fail(Issue::timeout, where, "The name server did not answer in time; see whether DNS works.",
                       Retry::later);
    if (lookup->error || lookup->endpoints.empty())
        co_return fail(Issue::transient, where, "The host name is unknown; correct it or see whether DNS works.",
                       Retry::later);
    co_return lookup->endpoints;
}

/// An address given as digits needs no resolver (which costs a thread).
std::optional<tcp::endpoint> numeric(const std::string& host, const std::string& port) {
    error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error || port.empty() || port.size() > 5) return std::nullopt;
    unsigned number = 0;
    for (const char c : port) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    if (number > 65535) return std::nullopt;
    return tcp::endpoint(address, static_cast<std::uint16_t>(number));
}

Async<void> connect_any(SocketStream& stream, Endpoints endpoints, const Deadline& deadline) {
    Result<void> last = fail(Issue::exception, "", "There is no address to connect to.");
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        const asio::generic::stream_protocol::endpoint endpoint(endpoints[i]);
        last = co_await stream.connect(endpoint, deadline.left(endpoints.size() - i));
        if (last) break;
    }
    co_return last;
}

}  // namespace

Async<StreamPtr> connect(asio::any_io_executor executor, std::string host, std::string port, TlsClientPtr tls,
                         Duration limit) {
    const Deadline deadline(limit);
    const std::string peer = host + ":" + port;
    Endpoints endpoints;
    if (const auto endpoint = numeric(host, port)) {
        endpoints.push_back(*endpoint);
    } else {
        auto found = co_await look_up(executor, host, port, deadline);
        if (!found) co_return found.error();
        endpoints = std::move(found.value());
    }
    if (!tls) {
        auto plain = std::make_unique<PlainStream>(Socket(executor), peer);
        auto connected = co_await connect_any(*plain, endpoints, deadline);
        if (!connected) co_return connected.error();
        co_return StreamPtr(std::move(plain));
    }
    auto stream = std::make_unique<TlsStream>(Socket(executor), tls, peer);
    auto expected = stream->expect(tls->server_name.empty() ? host : tls->server_name);
    if (!expected) co_return expected.error();
    auto connected = co_await connect_any(*stream, endpoints, deadline);
    if (!connected) co_return connected.error();
    auto shaken = co_await stream->handshake(asio::ssl::stream_base::client, deadline.left());
    if (!shaken) co_return shaken.error();
    co_return StreamPtr(std::move(stream));
}

Async<StreamPtr> start_tls(StreamPtr plain, TlsClientPtr tls, std::string host, Duration limit) {
    auto* socket_stream = dynamic_cast<PlainStream*>(plain.get());
    if (socket_stream == nullptr || !tls)
        co_return fail(Issue::exception, host, "This connection cannot change to TLS; it has it already.");
    auto secure = std::make_unique<TlsStream>(socket_stream->release(), tls, host);
    auto expected = secure->expect(tls->server_name.empty() ? host : tls->server_name);
    if (!expected) co_return expected.error();
    auto shaken = co_await secure->handshake(asio::ssl::stream_base::client, limit);
    if (!shaken) co_return shaken.error();
    co_return StreamPtr(std::move(secure));
}

Async<StreamPtr> connect_unix(asio::any_io_executor executor, std::string path, Duration limit) {
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        co_return fail(Issue::value, path, "The path of a Unix socket has at most 107 bytes; choose a shorter one.");
    auto stream = std::make_unique<PlainStream>(Socket(executor), path);
    const asio::local::stream_protocol::endpoint address(path);
    const asio::generic::stream_protocol::endpoint endpoint(address);
    auto connected = co_await stream->connect(endpoint, limit);
    if (!connected) co_return connected.error();
    co_return StreamPtr(std::move(stream));
}

}  // namespace causeway::net
