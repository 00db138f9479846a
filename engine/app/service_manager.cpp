#include "app/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/log.hpp"

namespace causeway::app {
namespace {

constexpr int kFirst = 3;

int number_in(const char* variable) {
    const char* text = std::getenv(variable);
    int number = 0;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
    return number;
}

}  // namespace

void tell_service_manager(std::string_view state) {
    const char* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path == nullptr || *path == 0 || std::strlen(path) >= sizeof address.sun_path) return;
    const auto length = std::strlen(path);
    std::memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = 0;  // An abstract name.
    const net::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    const auto sent = ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), size);
    if (sent < 0) log::warning("service_manager.not_told", {{"reason", std::strerror(errno)}});
}

Result<void> adopt_service_sockets(net::SocketShelf& sockets) {
    const bool ours = number_in("LISTEN_PID") == ::getpid();
    const int count = ours ? number_in("LISTEN_FDS") : 0;
    for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(variable);
    for (int fd = kFirst; fd < kFirst + count; ++fd) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (auto adopted = sockets.adopt(net::Descriptor(fd)); !adopted) return adopted;
    }
    return {};
}

}  // namespace causeway::app
