#include "net/descriptor_channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace causeway::net {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kLongestLine = 4096;

Error closed() {
    return fail(Issue::transient, "", "The other process closed the connection.", Retry::later);
}

/// Room for one descriptor beside the bytes.
struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

bool is_readable(int socket, SteadyClock::time_point until) {
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now()).count();
        pollfd one{socket, POLLIN, 0};
        const int count = ::poll(&one, 1, static_cast<int>(std::max<long>(left, 0)));
        if (count > 0) return true;
        if (count == 0 || errno != EINTR) return false;
    }
}

Descriptor descriptor_in(msghdr& message) {
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(part), sizeof fd);
        return Descriptor(fd);
    }
    return {};
}

}  // namespace

DescriptorChannel::DescriptorChannel(Descriptor socket) : socket_(std::move(socket)) {
    const timeval patience{10, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Result<DescriptorChannel> DescriptorChannel::connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(Issue::value, path, "The path of a Unix socket has at most 107 bytes; choose a shorter one.");
    std::memcpy(address.sun_path, path.data(), path.size());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return DescriptorChannel(std::move(socket));
    if (errno == ENOENT || errno == ECONNREFUSED) return fail(Issue::not_found, path, "Nobody listens here.");
    return fail(Issue::forbidden, path, std::string("Connect as the engine's user: ") + std::strerror(errno) + ".");
}

Result<void> DescriptorChannel::send(std::string_view text, int descriptor) {
    std::string line(text);
    line += '\n';
    iovec bytes{line.data(), line.size()};
    Control control;
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
        auto* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    }
    ssize_t sent = -1;
    do sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent != static_cast<ssize_t>(line.size())) return closed();
    return {};
}

/// Byte by byte: a descriptor comes with the first byte of its line, and the lines are few and short.
Result<DescriptorChannel::Line> DescriptorChannel::receive(Duration limit) {
    const auto until = SteadyClock::now() + limit;
    Line line;
    while (line.text.size() < kLongestLine) {
        if (!is_readable(socket_.get(), until))
            return fail(Issue::timeout, "", "The other process does not answer.", Retry::later);
        char byte = 0;
        iovec bytes{&byte, 1};
        Control control;
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
        const auto got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return closed();
        if (auto descriptor = descriptor_in(message)) line.descriptor = std::move(descriptor);
        if (byte == '\n') return line;
        line.text += byte;
    }
    return fail(Issue::too_long, "", "The other process does not speak this protocol.");
}

DescriptorChannel::Peer DescriptorChannel::peer() const {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return {};
    return {static_cast<long>(who.uid), static_cast<long>(who.pid)};
}

}  // namespace causeway::net
