#include <limits>

#include "net/listener.hpp"

namespace causeway::net {

Result<ListenOptions> read_listen_options(const config::Settings& settings, SocketShelfPtr shelf, std::string owner) {
    const auto port = settings.integer("port");
    if (port < 0 || port > std::numeric_limits<std::uint16_t>::max())
        return fail(Issue::value, settings.place("port"), "Give a port from 0 to 65535.");
    if (settings.integer("max_connections") < 1)
        return fail(Issue::value, settings.place("max_connections"), "Give at least 1 connection.");
    auto tls = make_tls_server(settings.object("tls"));
    if (!tls) return tls.error();
    ListenOptions options;
    options.host = settings.text("host");
    options.port = static_cast<std::uint16_t>(port);
    options.tls = std::move(*tls);
    options.max_connections = static_cast<std::size_t>(settings.integer("max_connections"));
    options.shelf = std::move(shelf);
    options.owner = std::move(owner);
    return options;
}

}  // namespace causeway::net
