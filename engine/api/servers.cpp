#include "api/servers.hpp"

#include <pwd.h>
#include <sys/types.h>

#include <array>
#include <boost/asio/use_awaitable.hpp>

#include "api/assurance_pages.hpp"

namespace causeway::api {

namespace asio = boost::asio;

namespace {

/// Of the pages of health and metrics, where nobody is asked who they are and nothing is sent.
constexpr std::size_t kLongestQuestion = 1024;

std::string user_name(long uid) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    getpwuid_r(static_cast<uid_t>(uid), &entry, buffer.data(), buffer.size(), &found);
    return found ? std::string(found->pw_name) : "uid " + std::to_string(uid);
}

net::HttpResponse refuse(int status, const Error& why) {
    net::HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    response.body = to_string(why) + '\n';
    return response;
}

}  // namespace

std::filesystem::path management_socket(const std::filesystem::path& state) {
    return state / "causeway.sock";
}

Servers::Servers(pipeline::Engine& engine, const net::SocketShelfPtr& sockets)
    : engine_(engine), management_(engine), operations_(engine) {
    management_.add(std::make_unique<AssurancePages>(engine));
    const auto configuration = engine.configuration();
    const auto& settings = configuration->engine;
    net::ListenOptions unix_options;
    unix_options.unix_path = management_socket(settings.state).string();
    unix_options.shelf = sockets;
    socket_ = net::make_listener(engine.executor(), unix_options,
                                 [this](net::StreamPtr stream, const std::atomic<bool>& stopping) {
                                     return serve_management(std::move(stream), stopping);
                                 });
    if (settings.ops_host.empty()) return;
    net::ListenOptions tcp;
    tcp.host = settings.ops_host;
    tcp.port = settings.ops_port;
    tcp.shelf = sockets;
    tcp.owner = "ops";
    ops_ = net::make_listener(engine.executor(), tcp, [this](net::StreamPtr stream, const std::atomic<bool>& stopping) {
        return serve_ops(std::move(stream), stopping);
    });
}

Result<void> Servers::start() {
    if (auto started = socket_->start(); !started) return started;
    return ops_ ? ops_->start() : Result<void>();
}

std::string Servers::ops_address() const {
    return ops_ ? engine_.configuration()->engine.ops_host + ':' + std::to_string(ops_->port()) : std::string();
}

asio::awaitable<void> Servers::stop(Duration deadline) {
    if (ops_) co_await ops_->stop(deadline);
    co_await socket_->stop(deadline);
}

asio::awaitable<void> Servers::serve_management(net::StreamPtr stream, const std::atomic<bool>& stopping) {
    const auto who = user_name(stream->peer_uid());
    net::HttpHandler handler;
    handler.handle = [this, who](net::HttpRequest request) { return management_.handle(std::move(request), who); };
    handler.refuse = refuse;
    net::HttpLimits limits;
    limits.max_body = kLongestRequest;
    limits.bodies = engine_.bodies();
    co_await net::serve_http(*stream, limits, handler, stopping);
}

asio::awaitable<void> Servers::serve_ops(net::StreamPtr stream, const std::atomic<bool>& stopping) {
    net::HttpHandler handler;
    handler.handle = [this](net::HttpRequest request) { return operations_.handle(std::move(request)); };
    handler.refuse = refuse;
    net::HttpLimits limits;
    limits.max_body = kLongestQuestion;
    co_await net::serve_http(*stream, limits, handler, stopping);
}

}  // namespace causeway::api
