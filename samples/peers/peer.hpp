#pragma once
/// What the simulated peers share: options, a folder that keeps what arrived, a clean end.

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "net/listener.hpp"

namespace causeway::samples {

/// `--name value` pairs of a command line.
using Options = std::map<std::string, std::string>;
Options read_options(int argc, char** argv);

/// Keeps every message that arrived as a file, named so that the order of names is the order of arrival.
class Keeper {
public:
    /// An empty folder keeps nothing.
    explicit Keeper(std::filesystem::path folder);
    void keep(const std::string& name, const std::string& suffix, std::string_view bytes);

private:
    const std::filesystem::path folder_;
    int count_ = 0;
};

/// Listens on 127.0.0.1:`port` until SIGTERM or SIGINT; gives the exit status.
int serve(const std::string& name, std::uint16_t port, net::Listener::Session session);

}  // namespace causeway::samples
