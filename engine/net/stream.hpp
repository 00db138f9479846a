#pragma once
/// One byte stream for plain and TLS connections over TCP or Unix sockets, with a deadline on every step.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/async.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "net/tls.hpp"

namespace causeway::net {

using causeway::Async;

/// A connection. Not thread-safe: use it from its own strand. Destroying it closes it.
class Stream {
public:
    virtual ~Stream() = default;

    /// Reads at least one byte; 0 is the peer's orderly end. Issue::timeout after `limit` (zero: none).
    virtual Async<std::size_t> read_some(std::span<char> buffer, Duration limit) = 0;
    /// Writes all of it.
    virtual Async<void> write(std::string_view bytes, Duration limit) = 0;
    /// Has the peer closed, or sent something unasked, since the last read? (Half-open sockets: look before each send.)
    virtual bool is_stale() = 0;
    /// Sends nothing more: the peer reads an end, and what it still sends can be read. Nothing over TLS.
    virtual void finish() {}
    /// TLS close_notify where it applies, then closes. Never waits long.
    virtual boost::asio::awaitable<void> close() = 0;
    /// Closes at once from another coroutine of the same strand.
    virtual void abort() = 0;
    /// Subject of the verified peer certificate; empty without one.
    virtual std::string peer_subject() const = 0;
    /// User id at the other end of a Unix socket (SO_PEERCRED); -1 elsewhere.
    virtual long peer_uid() const = 0;
    virtual boost::asio::any_io_executor executor() const = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

/// Connects to host:port, with TLS where `tls` is given (and its host name verified).
Async<StreamPtr> connect(boost::asio::any_io_executor executor, std::string host, std::string port, TlsClientPtr tls,
                         Duration limit);
/// Goes on with TLS on a plain connection (STARTTLS); the server's certificate must hold `host`, or the name that `tls`
/// demands.
Async<StreamPtr> start_tls(StreamPtr plain, TlsClientPtr tls, std::string host, Duration limit);
/// Connects to a Unix socket.
Async<StreamPtr> connect_unix(boost::asio::any_io_executor executor, std::string path, Duration limit);

}  // namespace causeway::net
