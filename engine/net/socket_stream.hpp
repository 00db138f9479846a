#pragma once
/// The streams behind stream.hpp, as the listener and connect() make them.

#include <array>
#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "net/stream.hpp"

namespace causeway::net {

using Socket = boost::asio::generic::stream_protocol::socket;

/// What plain and TLS streams share: the socket's options, deadlines, and being ended from outside. A deadline is one
/// timer a stream, which is armed only when an operation ends before it rings, so that a busy stream seldom touches it.
class SocketStream : public Stream {
public:
    SocketStream(boost::asio::any_io_executor executor, std::string peer);
    ~SocketStream() override;
    SocketStream(const SocketStream&) = delete;
    SocketStream& operator=(const SocketStream&) = delete;

    void abort() override;
    std::string peer_subject() const override { return {}; }
    long peer_uid() const override;
    boost::asio::any_io_executor executor() const override { return executor_; }

    /// Ends a read that waits with Issue::transient; the stream stays usable. Nothing happens to a write.
    void wake();
    Async<void> connect(boost::asio::generic::stream_protocol::endpoint endpoint, Duration limit);
    /// To be called once when connected.
    void prepare();

    /// Keeps there since when a read waits for the peer (steady clock); kBusy while none does.
    void tell_quiet(std::shared_ptr<std::atomic<std::int64_t>> since) { quiet_since_ = std::move(since); }
    static constexpr std::int64_t kBusy = INT64_MAX;

    /// Points to this stream until it is destroyed, then to nothing. To be read on the stream's strand.
    std::shared_ptr<SocketStream*> self() const { return self_; }

protected:
    enum Direction { kReading, kWriting };

    /// One operation with its limit, from construction to destruction.
    class Step {
    public:
        Step(SocketStream& stream, Direction direction, Duration limit);
        ~Step();
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        /// What the failed operation returns.
        Error error(const boost::system::error_code& code) const;

    private:
        SocketStream& stream_;
        const Direction direction_;
    };

    virtual const Socket& socket() const = 0;
    Socket& socket() { return const_cast<Socket&>(static_cast<const SocketStream*>(this)->socket()); }
    const std::string& peer() const { return peer_; }

private:
    using TimePoint = boost::asio::steady_timer::time_point;

    struct Operation {
        TimePoint deadline = TimePoint::max();
        bool running = false;
        bool expired = false;
    };

    void set_quiet(Direction direction, std::int64_t since) const;
    void arm(TimePoint at);
    void ring();

    const boost::asio::any_io_executor executor_;
    const std::string peer_;
    boost::asio::steady_timer timer_;
    TimePoint armed_ = TimePoint::max();
    std::array<Operation, 2> operations_;
    bool woken_ = false;
    bool aborted_ = false;
    std::shared_ptr<std::atomic<std::int64_t>> quiet_since_;
    std::shared_ptr<SocketStream*> self_;
};

class PlainStream final : public SocketStream {
public:
    explicit PlainStream(Socket socket, std::string peer);

    Async<std::size_t> read_some(std::span<char> buffer, Duration limit) override;
    Async<void> write(std::string_view bytes, Duration limit) override;
    void finish() override;
    bool is_stale() override;
    boost::asio::awaitable<void> close() override;
    /// Gives the socket away; only the destructor may be called afterwards.
    Socket release() { return std::move(socket_); }

private:
    const Socket& socket() const override { return socket_; }
    using SocketStream::socket;

    Socket socket_;
    int reads_in_a_row_ = 0;  ///< Without waiting.
};

class TlsStream final : public SocketStream {
public:
    TlsStream(Socket socket, TlsServerPtr context, std::string peer);
    TlsStream(Socket socket, TlsClientPtr context, std::string peer);

    /// Names the server (SNI) and demands that its certificate holds that name or address.
    Result<void> expect(const std::string& host);
    Async<void> handshake(boost::asio::ssl::stream_base::handshake_type type, Duration limit);

    Async<std::size_t> read_some(std::span<char> buffer, Duration limit) override;
    Async<void> write(std::string_view bytes, Duration limit) override;
    bool is_stale() override;
    boost::asio::awaitable<void> close() override;
    std::string peer_subject() const override;

private:
    const Socket& socket() const override { return tls_.next_layer(); }
    using SocketStream::socket;

    const std::shared_ptr<const void> context_;  ///< Outlives the stream.
    mutable boost::asio::ssl::stream<Socket> tls_;
};

}  // namespace causeway::net
