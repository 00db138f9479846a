#include "net/socket_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <tuple>

namespace causeway::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr auto kOnceMore = std::chrono::milliseconds(50);
/// A peer that never stops sending does not keep a thread from the other connections.
constexpr int kReadsInARow = 16;

/// Nothing is wrong with the connection: a signal came, or there is nothing yet.
bool is_passing(const error_code& error) {
    return error == asio::error::would_block || error == asio::error::interrupted;
}

void set_option(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

/// A dead peer is noticed after about two minutes even where nothing is sent.
void tune_tcp(int fd) {
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 5);
}

int family_of(int fd) {
    int family = AF_UNSPEC;
    socklen_t size = sizeof family;
    ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family;
}

}  // namespace

SocketStream::SocketStream(asio::any_io_executor executor, std::string peer)
    : executor_(std::move(executor)),
      peer_(std::move(peer)),
      timer_(executor_),
      self_(std::make_shared<SocketStream*>(this)) {
}

SocketStream::~SocketStream() {
    *self_ = nullptr;
}

void SocketStream::prepare() {
    error_code ignored;
    socket().non_blocking(true, ignored);
    const int fd = socket().native_handle();
    if (const int family = family_of(fd); family == AF_INET || family == AF_INET6) tune_tcp(fd);
}

void SocketStream::abort() {
    aborted_ = true;
    error_code ignored;
    socket().close(ignored);
}

void SocketStream::wake() {
    if (!operations_[kReading].running || operations_[kWriting].running) return;
    woken_ = true;
    error_code ignored;
    socket().cancel(ignored);
}

long SocketStream::peer_uid() const {
    const int fd = const_cast<SocketStream*>(this)->socket().native_handle();
    if (family_of(fd) != AF_UNIX) return -1;
    ::ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return -1;
    return static_cast<long>(who.uid);
}

Async<void> SocketStream::connect(asio::generic::stream_protocol::endpoint endpoint, Duration limit) {
    const Step step(*this, kWriting, limit);
    auto [error] = co_await socket().async_connect(endpoint, kToken);
    if (error) {
        Error why = step.error(error);
        error_code ignored;
        socket().close(ignored);
        co_return why;
    }
    prepare();
    co_return Result<void>();
}

void SocketStream::set_quiet(Direction direction, std::int64_t since) const {
    if (quiet_since_ && direction == kReading) quiet_since_->store(since, std::memory_order_relaxed);
}

void SocketStream::arm(TimePoint at) {
    if (armed_ <= at) return;
    armed_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = self_](const error_code& error) {
        if (!error && *self != nullptr) (*self)->ring();
    });
}

void SocketStream::ring() {
    armed_ = TimePoint::max();
    const auto now = asio::steady_timer::clock_type::now();
    auto next = TimePoint::max();
    for (auto& operation : operations_) {
        if (!operation.running) continue;
        if (operation.deadline <= now) operation.expired = true;
        // Between the parts of a TLS operation, or of a long write, there is nothing to cancel: then once more.
        next = std::min(next, operation.expired ? now + kOnceMore : operation.deadline);
    }
    if (std::any_of(operations_.begin(), operations_.end(), [](const auto& o) { return o.running && o.expired; })) {
        error_code ignored;
        socket().cancel(ignored);
    }
    if (next != TimePoint::max()) arm(next);
}

SocketStream::Step::Step(SocketStream& stream, Direction direction, Duration limit)
    : stream_(stream), direction_(direction) {
    auto& operation = stream_.operations_[direction];
    operation = Operation{};
    operation.running = true;
    stream_.set_quiet(direction_, asio::steady_timer::clock_type::now().time_since_epoch().count());
    if (limit <= Duration::zero()) return;
    operation.deadline = asio::steady_timer::clock_type::now() + limit;
    stream_.arm(operation.deadline);
}

SocketStream::Step::~Step() {
    stream_.set_quiet(direction_, kBusy);
    stream_.operations_[direction_].running = false;
    stream_.woken_ = false;
}

Error SocketStream::Step::error(const error_code& code) const {
    if (stream_.operations_[direction_].expired)
        return fail(Issue::timeout, stream_.peer_,
                    "The peer took too long; see whether it hangs or the limit is too short.", Retry::later);
    if (stream_.aborted_)
        return fail(Issue::transient, stream_.peer_, "This side closed the connection.", Retry::later);
    if (stream_.woken_) return fail(Issue::transient, stream_.peer_, "This side is stopping.", Retry::later);
    return fail(Issue::transient, stream_.peer_,
                "The connection failed (" + code.message() +
                    "); see whether the peer runs at this address, and whether a firewall or proxy between cuts it.",
                Retry::later);
}

PlainStream::PlainStream(Socket socket, std::string peer)
    : SocketStream(socket.get_executor(), std::move(peer)), socket_(std::move(socket)) {
}

/// What is there already is read at once: to wait for it would wake another thread for nothing.
Async<std::size_t> PlainStream::read_some(std::span<char> buffer, Duration limit) {
    const Step step(*this, kReading, limit);
    const auto into = asio::buffer(buffer.data(), buffer.size());
    error_code error = asio::error::would_block;
    std::size_t size = 0;
    if (++reads_in_a_row_ < kReadsInARow) size = socket_.read_some(into, error);
    if (is_passing(error)) {
        reads_in_a_row_ = 0;
        std::tie(error, size) = co_await socket_.async_read_some(into, kToken);
    }
    if (!error) co_return size;
    if (error == asio::error::eof) co_return std::size_t{0};
    co_return step.error(error);
}

void PlainStream::finish() {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

Async<void> PlainStream::write(std::string_view bytes, Duration limit) {
    const Step step(*this, kWriting, Duration::zero());
    std::unique_ptr<Step> waiting;  // Most writes fit into the socket's buffer: the timer is only for the others.
    while (!bytes.empty()) {
        error_code error;
        bytes.remove_prefix(socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error));
        if (!error) continue;
        if (!is_passing(error)) co_return step.error(error);
        if (!waiting) waiting = std::make_unique<Step>(*this, kWriting, limit);
        auto [failed] = co_await socket_.async_wait(Socket::wait_write, kToken);
        if (failed) co_return step.error(failed);
    }
    co_return Result<void>();
}

bool PlainStream::is_stale() {
    char byte = 0;
    const auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

asio::awaitable<void> PlainStream::close() {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
    co_return;
}

}  // namespace causeway::net
