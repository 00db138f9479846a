#include "app/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <optional>

#include "api/servers.hpp"
#include "app/commands.hpp"
#include "net/http.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::app {

namespace asio = boost::asio;

namespace {

constexpr auto kConnectLimit = std::chrono::seconds(2);
constexpr auto kAnswerLimit = std::chrono::seconds(60);
constexpr std::size_t kLongestAnswer = 1u << 30;

/// Nobody listens; or somebody did, and said nothing.
Error no_engine(const std::string& socket) {
    return fail(Issue::transient, socket,
                "No engine answers here: start one with `causeway run`, or name its --config.");
}
Error no_answer(const std::string& socket) {
    return fail(Issue::transient, socket,
                "The engine has not answered within a minute, or ended meanwhile. It may have done what was asked: "
                "look before you ask again.");
}

net::Async<net::HttpExchange> ask(asio::any_io_executor executor, std::string socket, net::HttpRequest request) {
    auto stream = co_await net::connect_unix(executor, socket, kConnectLimit);
    if (!stream) co_return no_engine(socket);
    bool sent = false;
    auto answer = co_await net::exchange_http(**stream, request, "causeway", kAnswerLimit, kLongestAnswer, sent);
    if (!answer) co_return sent ? no_answer(socket) : no_engine(socket);
    co_return answer;
}

asio::awaitable<void> ask_into(std::optional<Result<net::HttpExchange>>& into, asio::any_io_executor executor,
                               std::string socket, net::HttpRequest request) {
    into = co_await ask(std::move(executor), std::move(socket), std::move(request));
}

}  // namespace

Client::Client(const Arguments& arguments)
    : socket_(api::management_socket(pipeline::state_folder(config_folder(arguments))).string()),
      json_(arguments.has("--json")) {
}

Result<Reply> Client::exchange(std::string method, std::string target, std::string body, bool as_json) const {
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers.emplace_back("Accept", as_json ? "application/json" : "text/plain");
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    asio::io_context io(1);
    std::optional<Result<net::HttpExchange>> done;
    asio::co_spawn(io, ask_into(done, io.get_executor(), socket_, std::move(request)), asio::detached);
    io.run();
    if (!done) return no_engine(socket_);
    if (!*done) return (*done).error();
    return Reply{(*done)->response.status, (*done)->response.body};
}

Result<Reply> Client::get(const std::string& target) const {
    return exchange("GET", target, "", json_);
}
Result<Reply> Client::get_json(const std::string& target) const {
    return exchange("GET", target, "", true);
}
Result<Reply> Client::post(const std::string& target, const std::string& body) const {
    return exchange("POST", target, body, json_);
}

Result<Reply> Client::post_json(const std::string& target, const std::string& body) const {
    return exchange("POST", target, body, true);
}

int print(const Result<Reply>& reply) {
    if (!reply) {
        std::cerr << "causeway: " << to_string(reply.error()) << '\n';
        return reply.error().issue == Issue::too_long ? kUsage : kUnreachable;
    }
    const bool good = reply->status < 300;
    (good ? std::cout : std::cerr) << reply->body;
    if (good) return kDone;
    return reply->status >= 500 ? kFailed : kProblems;
}

}  // namespace causeway::app
