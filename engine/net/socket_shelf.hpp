#pragma once
/// Keeps listening sockets open while those who accept on them change: at a reload, and from one process to the next.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "net/acceptor.hpp"
#include "net/descriptor.hpp"

namespace causeway::net {

/// The listening sockets of a process, by address. Who accepts holds a lease; the socket of the last lease is closed,
/// unless somebody keeps the shelf meanwhile. So a connection that comes between two listeners waits in the kernel's
/// queue instead of being refused. Threads: any. Lifetime: made by std::make_shared; leases keep it alive.
class SocketShelf : public std::enable_shared_from_this<SocketShelf> {
public:
    /// The right to accept on a socket.
    class Lease {
    public:
        Lease() = default;
        Lease(std::shared_ptr<SocketShelf> shelf, std::string name)
            : shelf_(std::move(shelf)), name_(std::move(name)) {}
        Lease(Lease&& other) noexcept = default;
        Lease& operator=(Lease&& other) noexcept;
        ~Lease() { release(); }

        /// A descriptor of the caller's own.
        Descriptor descriptor() const;
        /// 0 on a Unix socket.
        std::uint16_t port() const;
        void release();

    private:
        std::shared_ptr<SocketShelf> shelf_;
        std::string name_;
    };

    /// While one lives no socket is closed. At the end of the last one what nobody leases is.
    class Keeping {
    public:
        explicit Keeping(std::shared_ptr<SocketShelf> shelf) : shelf_(std::move(shelf)) {}
        Keeping(Keeping&&) = default;
        Keeping& operator=(Keeping&&) = delete;
        ~Keeping() {
            if (shelf_) shelf_->end_keeping();
        }

    private:
        std::shared_ptr<SocketShelf> shelf_;
    };

    struct Socket {
        std::string name;
        Descriptor descriptor;
    };

    /// Opens what is not there yet. With port 0 every `owner` has a socket of its own, which it finds again.
    Result<Lease> lease_tcp(const std::string& host, std::uint16_t port, const std::string& owner);
    /// The file goes with the socket.
    Result<Lease> lease_unix(const std::string& path);

    Keeping keep();
    /// Takes over a socket of another process under the name that it had there.
    void adopt(std::string name, Descriptor socket);
    /// The same under the address that it listens on. Error where it does not listen.
    Result<void> adopt(Descriptor socket);
    /// All, with descriptors of the caller's own.
    std::vector<Socket> copies() const;
    /// Another process goes on with the sockets: closes all, and leaves their files to it. Leases end.
    void leave();

private:
    struct Entry {
        Descriptor socket;
        ListenAddress address;
        std::size_t leases = 0;
    };
    using Entries = std::map<std::string, Entry, std::less<>>;

    Result<Lease> lease(const std::string& name, const ListenAddress& address);
    Entries::iterator find_wildcard(const ListenAddress& address);
    void release(const std::string& name);
    void end_keeping();

    mutable std::mutex mutex_;
    Entries entries_;
    std::size_t keepers_ = 0;
};
using SocketShelfPtr = std::shared_ptr<SocketShelf>;

}  // namespace causeway::net
