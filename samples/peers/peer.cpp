#include "samples/peers/peer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace causeway::samples {

namespace asio = boost::asio;

Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    return options;
}

Keeper::Keeper(std::filesystem::path folder) : folder_(std::move(folder)) {
    if (!folder_.empty()) std::filesystem::create_directories(folder_);
}

void Keeper::keep(const std::string& name, const std::string& suffix, std::string_view bytes) {
    if (folder_.empty()) return;
    char number[16];
    std::snprintf(number, sizeof number, "%06d-", ++count_);
    // A reader never sees half a file: it appears whole under its name.
    const auto path = folder_ / (number + name + suffix);
    const auto partial = path.string() + ".part";
    std::ofstream(partial, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::filesystem::rename(partial, path);
}

namespace {

asio::awaitable<void> stop(asio::io_context& io, net::Listener& listener) {
    co_await listener.stop(std::chrono::seconds(1));
    io.stop();
}

}  // namespace

int serve(const std::string& name, std::uint16_t port, net::Listener::Session session) {
    std::signal(SIGPIPE, SIG_IGN);
    asio::io_context io(1);
    net::ListenOptions options;
    options.port = port;
    const auto listener = net::make_listener(io.get_executor(), options, std::move(session));
    if (const auto started = listener->start(); !started) {
        std::cerr << name << ": " << to_string(started.error()) << '\n';
        return 1;
    }
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait(
        [&](const boost::system::error_code&, int) { asio::co_spawn(io, stop(io, *listener), asio::detached); });
    std::cout << name << " listens on 127.0.0.1:" << listener->port() << std::endl;
    io.run();
    return 0;
}

}  // namespace causeway::samples
