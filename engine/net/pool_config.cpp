#include "net/pool.hpp"

namespace causeway::net {

Result<PoolOptions> read_pool_options(const config::Settings& settings, Duration wait_limit) {
    if (settings.integer("connections") < 1)
        return fail(Issue::value, settings.place("connections"), "Give at least 1 connection.");
    PoolOptions options;
    options.connections = static_cast<std::size_t>(settings.integer("connections"));
    options.connect_limit = settings.duration("connect_limit");
    options.wait_limit = wait_limit;
    return options;
}

}  // namespace causeway::net
