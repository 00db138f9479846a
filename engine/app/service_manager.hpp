#pragma once
/// systemd, where it started this process: what to tell it (sd_notify(3)) and sockets from it (sd_listen_fds(3)).

#include <string_view>

#include "core/error.hpp"
#include "net/socket_shelf.hpp"

namespace causeway::app {

/// "READY=1", "MAINPID=4711", ... Nothing happens where nobody wants to know.
void tell_service_manager(std::string_view state);

/// Puts the sockets of a socket unit on the shelf; what listens on one of their addresses uses them. They outlive the
/// process, so a restart refuses nobody.
Result<void> adopt_service_sockets(net::SocketShelf& sockets);

}  // namespace causeway::app
