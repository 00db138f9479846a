#pragma once
/// The engine's own two servers: the management API on a Unix socket, health and metrics on TCP.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>

#include "api/management.hpp"
#include "api/ops.hpp"
#include "net/listener.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

/// The longest request that the management API takes: a new version of a message, in base64.
inline constexpr std::size_t kLongestRequest = 160u << 20;

/// Where the management API of an engine with this state folder is.
std::filesystem::path management_socket(const std::filesystem::path& state);

/// Threads: start and stop one at a time.
class Servers {
public:
    /// `sockets` keeps the listening sockets for a successor.
    Servers(pipeline::Engine& engine, const net::SocketShelfPtr& sockets);

    /// Further pages of the management API; before start().
    void add(std::unique_ptr<Pages> pages) { management_.add(std::move(pages)); }

    Result<void> start();
    /// "127.0.0.1:8090", or empty where health and metrics are off.
    std::string ops_address() const;
    boost::asio::awaitable<void> stop(Duration deadline);

private:
    boost::asio::awaitable<void> serve_management(net::StreamPtr stream, const std::atomic<bool>& stopping);
    boost::asio::awaitable<void> serve_ops(net::StreamPtr stream, const std::atomic<bool>& stopping);

    pipeline::Engine& engine_;
    Management management_;
    Operations operations_;
    std::unique_ptr<net::Listener> socket_, ops_;
};

}  // namespace causeway::api
