#include "assurance/fetch.hpp"

#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <thread>

#include "core/child.hpp"
#include "net/http.hpp"

namespace causeway::assurance {

namespace asio = boost::asio;

namespace {

constexpr auto kConnect = std::chrono::seconds(10);
constexpr auto kAnswer = std::chrono::minutes(2);
constexpr std::size_t kLongest = 64u << 20;
constexpr auto kLook = std::chrono::milliseconds(20);

Async<net::HttpExchange> exchange(asio::any_io_executor executor, net::Url url, net::TlsClientPtr tls,
                                  std::string accept) {
    auto stream = co_await net::connect(executor, url.host, url.port, std::move(tls), kConnect);
    if (!stream) co_return stream.error();
    net::HttpRequest request;
    request.method = "GET";
    request.target = url.path.empty() ? "/" : url.path;
    request.headers.emplace_back("Accept", accept);
    bool sent = false;
    const auto host = net::host_header(url);
    co_return co_await net::exchange_http(**stream, request, host, kAnswer, kLongest, sent);
}

asio::awaitable<void> exchange_into(std::optional<Result<net::HttpExchange>>& into, asio::any_io_executor executor,
                                    net::Url url, net::TlsClientPtr tls, std::string accept) {
    into = co_await exchange(std::move(executor), std::move(url), std::move(tls), std::move(accept));
}

Error failed(std::string what) {
    return fail(Issue::transient, "census", std::move(what), Retry::later);
}

}  // namespace

Result<std::string> http_get(const std::string& url, const net::TlsClientPtr& tls, const std::string& accept) {
    const auto parsed = net::parse_url(url);
    if (!parsed || (parsed->scheme != "http" && parsed->scheme != "https"))
        return fail(Issue::value, "census", "Give a whole address that begins with https:// or http://.");
    auto context = tls;
    if (parsed->scheme == "https" && !context) {
        auto made = net::make_tls_client(net::TlsClientFiles{});
        if (!made) return made.error();
        context = std::move(*made);
    }
    asio::io_context io(1);
    std::optional<Result<net::HttpExchange>> done;
    asio::co_spawn(
        io, exchange_into(done, io.get_executor(), *parsed, parsed->scheme == "https" ? context : nullptr, accept),
        asio::detached);
    io.run();
    if (!done) return failed("The address gives no answer: see that it can be reached.");
    if (!*done) return (*done).error();
    auto& response = (*done)->response;
    if (response.status != 200)
        return failed("The address answers HTTP " + std::to_string(response.status) + ": see what it wants.");
    return std::move(response.body);
}

Result<FilePtr> run_command(const std::string& command, const GoOn& go_on, Duration limit) {
    FilePtr file(std::tmpfile());
    if (!file) return failed("No temporary file can be made: see that there is room.");
    auto child = Child::start({"/bin/sh", "-c", command}, -1, fileno(file.get()));
    if (!child) return child.error();
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;; std::this_thread::sleep_for(kLook)) {
        const auto status = child->ended();
        if (!status) return failed("The command was lost sight of: run it again.");
        if (*status && (!WIFEXITED(**status) || WEXITSTATUS(**status) != 0))
            return failed("The command failed with status " +
                          std::to_string(WIFEXITED(**status) ? WEXITSTATUS(**status) : 128 + WTERMSIG(**status)) +
                          ": run it by hand and mend it.");
        if (*status) break;
        if (go_on && !go_on()) return failed("This was cancelled; start it again.");
        if (std::chrono::steady_clock::now() >= end)
            return failed("The command did not end in time and was ended: run it by hand and make it faster.");
    }
    std::rewind(file.get());
    return file;
}

}  // namespace causeway::assurance
