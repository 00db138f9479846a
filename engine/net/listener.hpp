#pragma once
/// Accepts connections on TCP or a Unix socket and runs one coroutine a connection.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "core/error.hpp"
#include "core/metrics.hpp"
#include "core/time.hpp"
#include "net/socket_shelf.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace causeway::net {

struct ListenOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string unix_path;  ///< Instead of host and port; created with mode 0600.
    TlsServerPtr tls;
    /// Beyond these, the connection from which nothing came for longest makes room where that is more than a minute
    /// (one that its peer forgot to close, above all); otherwise the new one is closed at once and counted.
    std::size_t max_connections = 1000;
    metrics::Counter* turned_away = nullptr;  ///< Counts them too.
    Duration forgotten_after = std::chrono::minutes(1);
    Duration handshake_limit = std::chrono::seconds(10);
    SocketShelfPtr shelf;  ///< Keeps the socket for whoever accepts on it next; null: it goes with the listener.
    std::string owner;     ///< Whose socket it is on the shelf where `port` is 0.
};

/// Reads `host`, `port`, `max_connections` and `tls`, which every listening adapter has. Errors name the field.
/// `shelf` and `owner` as above.
Result<ListenOptions> read_listen_options(const config::Settings& settings, SocketShelfPtr shelf, std::string owner);

/// Is this a loopback address ("127.0.0.0/8", "::1", "localhost")?
bool is_loopback(std::string_view host);

/// Threads: start, stop and port may be called from any; sessions run on strands of `executor`.
class Listener {
public:
    /// Serves one connection until it returns; on a strand of its own. `stopping` turns true when the listener retires:
    /// a session then ends at its next quiet point. A read that waits at that moment ends with Issue::transient and the
    /// stream stays usable, so that an idle session ends at once and one in the middle of a message may read on.
    using Session = std::function<boost::asio::awaitable<void>(StreamPtr stream, const std::atomic<bool>& stopping)>;

    virtual ~Listener() = default;
    /// Listens; once. Errors say what to do (port in use, not permitted, no such address).
    virtual Result<void> start() = 0;
    /// The port that it got; 0 unstarted and on a Unix socket.
    virtual std::uint16_t port() const = 0;
    virtual std::size_t connections() const = 0;
    /// How many connections were closed at once because there were too many. Safe from any thread.
    virtual std::size_t turned_away() const = 0;
    /// Accepts nothing more and wakes sessions that are idle; returns without waiting for any. On a shelf that somebody
    /// keeps, connections that come from now on wait for the next listener. Safe unstarted and twice.
    virtual boost::asio::awaitable<void> retire() = 0;
    /// Retires, waits for sessions until `deadline`, then aborts their streams and cancels their coroutines. Safe
    /// unstarted and twice.
    virtual boost::asio::awaitable<void> stop(Duration deadline) = 0;
};

std::unique_ptr<Listener> make_listener(boost::asio::any_io_executor executor, ListenOptions options,
                                        Listener::Session session);

}  // namespace causeway::net
