#pragma once
/// An HTTP server that tells what it understood, and a client that sends bytes as they are.

#include <zlib.h>

#include <span>
#include <string>
#include <vector>

#include "net/http.hpp"
#include "net/net_test_support.hpp"

namespace causeway::test {

/// Answers "METHOD target|body|header"; /slow takes a while, /close closes, /nothing is 204, /large is large.
inline awaitable<net::HttpResponse> answer(net::HttpRequest request) {
    if (request.target == "/slow") co_await pause(150ms);
    net::HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/plain");
    response.body = request.method + " " + request.target + "|" + request.body + "|" +
                    std::string(net::header(request.headers, "x-test"));
    if (request.target == "/close") response.close = true;
    if (request.target == "/nothing") response.status = 204;
    if (request.target == "/large") response.body.assign(300'000, 'L');
    if (request.target == "/inject") response.headers.emplace_back("X-Bad", "a\r\nInjected: yes");
    co_return response;
}

inline net::HttpResponse refusal(int status, const Error& why) {
    net::HttpResponse response;
    response.body = "refused " + std::to_string(status) + " " + std::string(to_code(why.issue));
    return response;
}

class HttpServer {
public:
    explicit HttpServer(net::HttpLimits limits = {})
        : limits_(limits), server_([this](net::StreamPtr stream, const std::atomic<bool>& stopping) {
              return serve(std::move(stream), &limits_, &handler_, &stopping);
          }) {}

    std::string port() const { return server_.port(); }
    Server& server() { return server_; }

private:
    static awaitable<void> serve(net::StreamPtr stream, const net::HttpLimits* limits, const net::HttpHandler* handler,
                                 const std::atomic<bool>* stopping) {
        co_await net::serve_http(*stream, *limits, *handler, *stopping);
    }

    const net::HttpLimits limits_;
    const net::HttpHandler handler_{answer, refusal};
    Server server_;
};

/// Sends the pieces one by one, then reads until the server closes (or `size` bytes came).
inline awaitable<std::string> send_pieces(std::string port, std::vector<std::string> pieces, Duration between,
                                          std::size_t size) {
    auto stream = co_await connect_to(port);
    if (!stream) co_return "not connected";
    for (const auto& piece : pieces) {
        auto sent = co_await stream.value()->write(piece, kPatience);
        if (!sent) break;
        if (between > Duration::zero()) co_await pause(std::chrono::duration_cast<std::chrono::milliseconds>(between));
    }
    auto all = co_await read_all(*stream.value(), size);
    co_return all;
}

inline std::string talk(const HttpServer& server, std::string bytes) {
    return run(send_pieces(server.port(), {std::move(bytes)}, Duration::zero(), SIZE_MAX));
}

inline std::string gzip(const std::string& text) {
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, static_cast<uLong>(text.size())) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

inline bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

inline std::size_t times(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

}  // namespace causeway::test
