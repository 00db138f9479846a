#include "net/listener.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <list>

#include "core/log.hpp"
#include "core/text.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_context.hpp"

namespace causeway::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = asio::steady_timer::clock_type;

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr auto kPause = std::chrono::milliseconds(100);  ///< After a failed accept, as without descriptors.
constexpr std::size_t kMostEnding = 16;                  ///< Connections that make room and have not gone yet.
constexpr auto kAborted = std::chrono::seconds(1);       ///< For sessions to end after they were aborted.

/// One accepted connection. `stream` is set and read on the connection's own strand.
struct Connection {
    explicit Connection(asio::any_io_executor e) : executor(std::move(e)) {}

    const asio::any_io_executor executor;
    std::shared_ptr<SocketStream*> stream;
    asio::cancellation_signal cancel;
    const std::shared_ptr<std::atomic<std::int64_t>> quiet_since =
        std::make_shared<std::atomic<std::int64_t>>(SocketStream::kBusy);
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// What the acceptor and its sessions share; lives until the last of them has ended. All but the atomics belongs to
/// the acceptor's strand.
class Hub : public std::enable_shared_from_this<Hub> {
public:
    Hub(asio::any_io_executor executor, ListenOptions options, Listener::Session session)
        : executor_(std::move(executor)),
          strand_(asio::make_strand(executor_)),
          options_(std::move(options)),
          session_(std::move(session)),
          shelf_(options_.shelf ? options_.shelf : std::make_shared<SocketShelf>()),
          acceptor_(strand_) {}

    Result<void> start();
    asio::awaitable<void> retire();
    asio::awaitable<void> stop(Duration deadline);
    /// Closes everything without waiting; any thread.
    void abandon();

    std::uint16_t port() const { return port_; }
    std::size_t connections() const { return count_; }
    std::size_t turned_away() const { return turned_away_; }

private:
    static asio::awaitable<void> accept_all(std::shared_ptr<Hub> self);
    static asio::awaitable<void> serve(std::shared_ptr<Hub> self, Socket socket, ConnectionPtr connection);
    static asio::awaitable<void> cease(std::shared_ptr<Hub> self);
    static asio::awaitable<void> wind_up(std::shared_ptr<Hub> self, Duration deadline);

    Result<void> open();
    void admit(Socket socket);
    bool make_room();
    void leave(const ConnectionPtr& connection, const std::exception_ptr& thrown);
    void close_acceptor();
    /// No session, and none can come any more.
    bool is_empty() const { return open_.empty() && !accepting_; }
    void tell_waiting();
    void wake_all();
    void abort_all();
    asio::awaitable<void> wait_until_empty(SteadyClock::time_point end);

    const asio::any_io_executor executor_;
    const asio::any_io_executor strand_;
    const ListenOptions options_;
    const Listener::Session session_;
    const SocketShelfPtr shelf_;
    SocketShelf::Lease lease_;
    Acceptor acceptor_;
    bool accepting_ = false;
    bool woken_ = false;
    bool told_full_ = false;
    std::list<ConnectionPtr> open_;
    std::list<asio::steady_timer*> waiting_;  ///< Stops that wait for the last session.
    std::atomic<bool> started_ = false;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::uint16_t> port_ = 0;
    std::atomic<std::size_t> count_ = 0;
    std::atomic<std::size_t> turned_away_ = 0;
};

Result<void> Hub::start() {
    if (started_.exchange(true))
        return fail(Issue::conflict, options_.host, "This listener was started before; make a new one.");
    if (auto opened = open(); !opened) return opened;
    accepting_ = true;
    asio::co_spawn(strand_, accept_all(shared_from_this()), asio::detached);
    return {};
}

int family_of(int socket) {
    int family = AF_INET;
    socklen_t size = sizeof family;
    ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family;
}

Result<void> Hub::open() {
    auto leased = options_.unix_path.empty() ? shelf_->lease_tcp(options_.host, options_.port, options_.owner)
                                             : shelf_->lease_unix(options_.unix_path);
    if (!leased) return leased.error();
    auto socket = leased->descriptor();
    const asio::generic::stream_protocol protocol(family_of(socket.get()), 0);
    error_code error;
    acceptor_.assign(protocol, socket.get(), error);
    if (error)
        return fail(Issue::exception, options_.host, "Cannot listen (" + error.message() + "); raise ulimit -n.",
                    Retry::later);
    socket.release();
    lease_ = std::move(*leased);
    port_ = lease_.port();
    return {};
}

/// The next one may well be good: the peer has gone before it was accepted.
bool concerns_one_peer(const error_code& error) {
    return error == asio::error::connection_aborted || error == asio::error::connection_reset;
}

/// A connection that the kernel gave out before the acceptor was closed is still served.
asio::awaitable<void> Hub::accept_all(std::shared_ptr<Hub> self) {
    bool told = false;
    while (!self->stopping_) {
        const asio::any_io_executor strand = asio::make_strand(self->executor_);
        auto [error, socket] = co_await self->acceptor_.async_accept(strand, kToken);
        if (!error) {
            told = false;
            self->admit(std::move(socket));
            continue;
        }
        if (self->stopping_ || error == asio::error::operation_aborted) break;
        if (concerns_one_peer(error)) continue;
        if (!std::exchange(told, true))
            log::warning("listener.cannot_accept", {{"port", int{self->port_}}, {"reason", error.message()}});
        asio::steady_timer pause(self->strand_, kPause);
        co_await pause.async_wait(kToken);
    }
    self->accepting_ = false;
    self->tell_waiting();
}

/// Ends the connection that was forgotten for longest, if there is one; the new one need not wait until it has gone.
bool Hub::make_room() {
    if (open_.size() >= options_.max_connections + kMostEnding) return false;
    const auto quiet = [](const ConnectionPtr& one) { return one->quiet_since->load(std::memory_order_relaxed); };
    const auto longest =
        std::min_element(open_.begin(), open_.end(), [&](const auto& a, const auto& b) { return quiet(a) < quiet(b); });
    const auto limit = (SteadyClock::now() - options_.forgotten_after).time_since_epoch().count();
    if (longest == open_.end() || quiet(*longest) > limit) return false;
    const auto connection = *longest;
    connection->quiet_since->store(SocketStream::kBusy, std::memory_order_relaxed);
    asio::post(connection->executor, [connection] {
        if (connection->stream && *connection->stream) (*connection->stream)->abort();
    });
    return true;
}

void Hub::admit(Socket socket) {
    if (open_.size() >= options_.max_connections && !make_room()) {
        ++turned_away_;
        if (options_.turned_away) options_.turned_away->add();
        if (!std::exchange(told_full_, true))
            log::warning("listener.full", {{"port", int{port_}}, {"connections", open_.size()}});
        return;
    }
    const auto connection = std::make_shared<Connection>(socket.get_executor());
    open_.push_back(connection);
    ++count_;
    auto ended = [self = shared_from_this(), connection](const std::exception_ptr& thrown) {
        self->leave(connection, thrown);
    };
    asio::co_spawn(
        connection->executor, serve(shared_from_this(), std::move(socket), connection),
        asio::bind_cancellation_slot(connection->cancel.slot(), asio::bind_executor(strand_, std::move(ended))));
}

void Hub::leave(const ConnectionPtr& connection, const std::exception_ptr& thrown) {
    if (thrown && !stopping_) log::error("listener.session_failed", {{"port", int{port_}}});
    open_.remove(connection);
    if (open_.size() < options_.max_connections / 2) told_full_ = false;
    --count_;
    tell_waiting();
}

void Hub::tell_waiting() {
    if (is_empty())
        for (auto* timer : waiting_) timer->cancel();
}

std::string name_of(const Socket& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return {};
    if (endpoint.protocol().family() == AF_UNIX) return "unix";
    asio::ip::tcp::endpoint address;
    std::memcpy(address.data(), endpoint.data(), std::min(endpoint.size(), address.capacity()));
    return address.address().to_string() + ":" + std::to_string(address.port());
}

asio::awaitable<void> Hub::serve(std::shared_ptr<Hub> self, Socket socket, ConnectionPtr connection) {
    const std::string peer = name_of(socket);
    StreamPtr stream;
    if (self->options_.tls) {
        auto tls = std::make_unique<TlsStream>(std::move(socket), self->options_.tls, peer);
        connection->stream = tls->self();
        tls->tell_quiet(connection->quiet_since);
        tls->prepare();
        const auto shaken = co_await tls->handshake(asio::ssl::stream_base::server, self->options_.handshake_limit);
        if (!shaken) {
            log::info("listener.handshake_failed", {{"peer", peer}, {"reason", shaken.error().what}});
            co_return;
        }
        stream = std::move(tls);
    } else {
        auto plain = std::make_unique<PlainStream>(std::move(socket), peer);
        connection->stream = plain->self();
        plain->tell_quiet(connection->quiet_since);
        plain->prepare();
        stream = std::move(plain);
    }
    auto session = self->session_(std::move(stream), self->stopping_);
    co_await std::move(session);
}

/// Not close(): the shelf's copy keeps the socket open, and epoll would go on reporting it.
void Hub::close_acceptor() {
    if (!acceptor_.is_open()) return;
    error_code ignored;
    const Descriptor mine(acceptor_.release(ignored));
    lease_.release();
}

/// Once: a session takes a second one for the end of its patience.
void Hub::wake_all() {
    if (std::exchange(woken_, true)) return;
    for (const auto& connection : open_)
        asio::post(connection->executor, [connection] {
            if (connection->stream && *connection->stream) (*connection->stream)->wake();
        });
}

void Hub::abort_all() {
    // On the connection's strand, where Asio passes the cancellation on in place: it must not outlive the connection.
    for (const auto& connection : open_)
        asio::post(connection->executor, [connection] {
            if (connection->stream && *connection->stream) (*connection->stream)->abort();
            connection->cancel.emit(asio::cancellation_type::terminal);
        });
}

asio::awaitable<void> Hub::retire() {
    stopping_ = true;
    return asio::co_spawn(strand_, cease(shared_from_this()), asio::use_awaitable);
}

asio::awaitable<void> Hub::cease(std::shared_ptr<Hub> self) {
    self->close_acceptor();
    self->wake_all();
    co_return;
}

asio::awaitable<void> Hub::stop(Duration deadline) {
    stopping_ = true;
    return asio::co_spawn(strand_, wind_up(shared_from_this(), deadline), asio::use_awaitable);
}

asio::awaitable<void> Hub::wind_up(std::shared_ptr<Hub> self, Duration deadline) {
    const auto end = SteadyClock::now() + deadline;
    self->close_acceptor();
    self->wake_all();
    co_await self->wait_until_empty(end);
    if (self->is_empty()) co_return;
    self->abort_all();
    co_await self->wait_until_empty(SteadyClock::now() + kAborted);
    if (!self->open_.empty())
        log::error("listener.sessions_left", {{"port", int{self->port_}}, {"sessions", self->open_.size()}});
}

asio::awaitable<void> Hub::wait_until_empty(SteadyClock::time_point end) {
    while (!is_empty() && SteadyClock::now() < end) {
        asio::steady_timer timer(strand_, end);
        waiting_.push_back(&timer);
        co_await timer.async_wait(kToken);
        waiting_.remove(&timer);
    }
}

void Hub::abandon() {
    stopping_ = true;
    asio::post(strand_, [self = shared_from_this()] {
        self->close_acceptor();
        self->abort_all();
    });
}

class HubListener final : public Listener {
public:
    explicit HubListener(std::shared_ptr<Hub> hub) : hub_(std::move(hub)) {}
    ~HubListener() override { hub_->abandon(); }

    Result<void> start() override { return hub_->start(); }
    std::uint16_t port() const override { return hub_->port(); }
    std::size_t connections() const override { return hub_->connections(); }
    std::size_t turned_away() const override { return hub_->turned_away(); }
    asio::awaitable<void> retire() override { return hub_->retire(); }
    asio::awaitable<void> stop(Duration deadline) override { return hub_->stop(deadline); }

private:
    const std::shared_ptr<Hub> hub_;
};

}  // namespace

bool is_loopback(std::string_view host) {
    if (equals_ignoring_case(host, "localhost")) return true;
    error_code error;
    const auto address = asio::ip::make_address(std::string(host), error);
    return !error && address.is_loopback();
}

std::unique_ptr<Listener> make_listener(asio::any_io_executor executor, ListenOptions options,
                                        Listener::Session session) {
    return std::make_unique<HubListener>(
        std::make_shared<Hub>(std::move(executor), std::move(options), std::move(session)));
}

}  // namespace causeway::net
