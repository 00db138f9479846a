#pragma once
/// How one process gives its listening sockets and its ledger to the next, over a Unix socket in the state folder.
///
///     the new process                        the running one
///     causeway 1 VERSION            ──▶
///                                   ◀──      socket NAME, with its descriptor; one line each
///                                   ◀──      sockets
///     go                            ──▶      lets deliveries and sessions end, closes its ledger, keeps its sockets
///                                   ◀──      yours
///     opens the ledger, listens
///     ready                         ──▶      ends
///
/// The new process asks when it has nothing left to prepare. Until `ready` the running one can go on: where the new one
/// ends, or says `failed WHY`, it opens its ledger again. At every moment one of them holds the sockets, and the
/// ledger's own lock keeps the two apart.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "core/error.hpp"
#include "net/descriptor_channel.hpp"
#include "net/socket_shelf.hpp"

namespace causeway::app {

/// Where a running engine is asked.
std::filesystem::path handover_socket(const std::filesystem::path& state);

/// The new process, as the running one sees it.
class Successor {
public:
    explicit Successor(net::DescriptorChannel channel) : channel_(std::move(channel)) {}

    long pid() const { return channel_.peer().pid; }
    /// The ledger is closed. Returns when the new process is ready; an Error says why it is not: go on.
    Result<void> hand_over();

private:
    net::DescriptorChannel channel_;
};

/// Listens for a new process, on a thread of its own, and gives it the sockets.
class HandoverPoint {
public:
    /// `on_go` is called once, on that thread, when a new process wants to go on from here.
    HandoverPoint(net::SocketShelfPtr sockets, std::function<void()> on_go)
        : sockets_(std::move(sockets)), on_go_(std::move(on_go)) {}
    HandoverPoint(const HandoverPoint&) = delete;
    HandoverPoint& operator=(const HandoverPoint&) = delete;
    ~HandoverPoint() { stop(); }

    Result<void> start(const std::filesystem::path& state);
    void stop();
    /// Who said go; after stop().
    std::optional<Successor> take_successor();

private:
    void listen();
    bool serve(net::DescriptorChannel& channel);

    const net::SocketShelfPtr sockets_;
    const std::function<void()> on_go_;
    net::SocketShelf::Lease lease_;
    net::Descriptor socket_, end_;
    std::thread thread_;
    std::optional<Successor> successor_;
};

/// The running process, as the new one sees it.
class Predecessor {
public:
    explicit Predecessor(net::DescriptorChannel channel) : channel_(std::move(channel)) {}

    /// Finds it and puts its sockets on the shelf; nothing where no engine runs there.
    static Result<std::optional<Predecessor>> find(const std::filesystem::path& state, net::SocketShelf& sockets);

    long pid() const { return channel_.peer().pid; }
    /// Returns when its ledger is closed, or it has died.
    Result<void> take_over();
    void tell_ready();
    /// It goes on.
    void tell_failed(const Error& why);

private:
    net::DescriptorChannel channel_;
};

}  // namespace causeway::app
