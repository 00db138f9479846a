#pragma once
/// Connections of a sender: a bounded number in use, idle ones kept for the next attempt.

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "net/stream.hpp"

namespace causeway::net {

struct Endpoint {
    std::string host;
    std::string port;
    TlsClientPtr tls;  ///< Null: plain.
};

struct PoolOptions {
    std::size_t connections = 1;  ///< In use at once to one endpoint; further attempts wait their turn.
    Duration wait_limit = std::chrono::seconds(30);
    Duration connect_limit = std::chrono::seconds(10);
    Duration idle_limit{};  ///< An idle connection older than this is not used again; zero: none.
};

/// Reads `connections` and `connect_limit`, which every connecting adapter has; `wait_limit` is the time that it gives
/// an answer. Errors name the field.
Result<PoolOptions> read_pool_options(const config::Settings& settings, Duration wait_limit);

struct PoolState;

/// Not thread-safe: everything happens on `strand`. Lifetime: leases keep the pool.
class Pool {
public:
    /// The right to use one connection. Without keep() its end closes the connection.
    class Lease {
    public:
        Lease() = default;
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&& other) noexcept;
        ~Lease() { end(); }

        Stream& stream() const { return *stream_; }
        /// Lets the next attempt use the connection.
        void keep();

    private:
        friend class Pool;
        void end();
        std::shared_ptr<PoolState> state_;
        std::string key_;
        StreamPtr stream_;
    };

    Pool(boost::asio::any_io_executor strand, PoolOptions options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// A connection to `endpoint` on which nothing is in flight. An Error (Retry::later) means that nothing was sent.
    Async<Lease> take(Endpoint endpoint);
    std::size_t in_use() const noexcept;
    /// Gives no more leases, closes idle connections, waits for those in use until `deadline`, then aborts them.
    boost::asio::awaitable<void> stop(Duration deadline);

private:
    std::shared_ptr<PoolState> state_;
};

}  // namespace causeway::net
