#include "net/socket_shelf.hpp"

#include <fcntl.h>

#include <algorithm>

#include "core/log.hpp"

namespace causeway::net {
namespace {

Descriptor copy_of(const Descriptor& socket) {
    return Descriptor(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
}

bool is_wildcard(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

void remove_file(const ListenAddress& address) {
    if (!address.unix_path.empty()) ::unlink(address.unix_path.c_str());
}

}  // namespace

SocketShelf::Lease& SocketShelf::Lease::operator=(Lease&& other) noexcept {
    std::swap(shelf_, other.shelf_);
    std::swap(name_, other.name_);
    return *this;
}

Descriptor SocketShelf::Lease::descriptor() const {
    if (!shelf_) return {};
    const std::lock_guard lock(shelf_->mutex_);
    const auto found = shelf_->entries_.find(name_);
    return found == shelf_->entries_.end() ? Descriptor() : copy_of(found->second.socket);
}

std::uint16_t SocketShelf::Lease::port() const {
    if (!shelf_) return 0;
    const std::lock_guard lock(shelf_->mutex_);
    const auto found = shelf_->entries_.find(name_);
    return found == shelf_->entries_.end() ? std::uint16_t{0} : found->second.address.port;
}

void SocketShelf::Lease::release() {
    if (const auto shelf = std::exchange(shelf_, nullptr)) shelf->release(name_);
}

Result<SocketShelf::Lease> SocketShelf::lease_tcp(const std::string& host, std::uint16_t port,
                                                  const std::string& owner) {
    const auto address = find_address(host, port);
    if (!address) return address.error();
    return lease(port == 0 ? address->text() + " " + owner : address->text(), *address);
}

Result<SocketShelf::Lease> SocketShelf::lease_unix(const std::string& path) {
    const ListenAddress address{{}, 0, path};
    return lease(address.text(), address);
}

Result<SocketShelf::Lease> SocketShelf::lease(const std::string& name, const ListenAddress& address) {
    const std::lock_guard lock(mutex_);
    auto found = entries_.find(name);
    if (found == entries_.end()) found = find_wildcard(address);
    if (found == entries_.end()) {
        auto opened = address.unix_path.empty() ? listen_tcp(address) : listen_unix(address.unix_path);
        if (!opened) return opened.error();
        const auto bound = listens_on(opened->get());
        found = entries_.emplace(name, Entry{std::move(*opened), bound.value_or(address), 0}).first;
    }
    ++found->second.leases;
    return Lease(shared_from_this(), found->first);
}

/// systemd listens on [::] for both families where the unit names only a port.
SocketShelf::Entries::iterator SocketShelf::find_wildcard(const ListenAddress& address) {
    if (!is_wildcard(address.host) || address.port == 0) return entries_.end();
    return std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
        return is_wildcard(entry.second.address.host) && entry.second.address.port == address.port;
    });
}

SocketShelf::Keeping SocketShelf::keep() {
    const std::lock_guard lock(mutex_);
    ++keepers_;
    return Keeping(shared_from_this());
}

void SocketShelf::adopt(std::string name, Descriptor socket) {
    auto address = listens_on(socket.get());
    if (!address) return;
    const std::lock_guard lock(mutex_);
    entries_.insert_or_assign(std::move(name), Entry{std::move(socket), std::move(*address), 0});
}

Result<void> SocketShelf::adopt(Descriptor socket) {
    const auto address = listens_on(socket.get());
    if (!address)
        return fail(Issue::not_supported, "LISTEN_FDS",
                    "Hand over listening stream sockets only (ListenStream= in the socket unit).");
    adopt(address->text(), std::move(socket));
    return {};
}

std::vector<SocketShelf::Socket> SocketShelf::copies() const {
    const std::lock_guard lock(mutex_);
    std::vector<Socket> all;
    for (const auto& [name, entry] : entries_) all.push_back({name, copy_of(entry.socket)});
    return all;
}

void SocketShelf::leave() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
}

void SocketShelf::release(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || --found->second.leases > 0 || keepers_ > 0) return;
    remove_file(found->second.address);
    entries_.erase(found);
}

void SocketShelf::end_keeping() {
    const std::lock_guard lock(mutex_);
    if (--keepers_ > 0) return;
    std::erase_if(entries_, [](const auto& entry) {
        if (entry.second.leases > 0) return false;
        log::info("listener.closed", {{"address", entry.first}});
        remove_file(entry.second.address);
        return true;
    });
}

}  // namespace causeway::net
