#pragma once
/// HTTP/1.1 over net::Stream: one server session, one client. Parsing is Beast's; nothing else here sees Beast.

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "net/stream.hpp"

namespace causeway::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// First value of a header, ignoring case; empty where absent.
std::string_view header(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
    std::string method;
    std::string target;  ///< "/fhir/Task/1?x=y"
    HttpHeaders headers;
    std::string body;    ///< Decoded from chunks and gzip.
};

struct HttpResponse {
    int status = 200;
    HttpHeaders headers;
    std::string body;
    bool close = false;  ///< Close the connection after this response.
};

struct HttpLimits {
    std::size_t max_header = 16 * 1024;
    std::size_t max_body = 64u << 20;
    std::size_t max_inflate_ratio = 100;  ///< gzip: over this, 413.
    Duration header_limit = std::chrono::seconds(30);  ///< From the first byte of a request to the end of its head.
    Duration body_limit = std::chrono::seconds(120);
    Duration idle_limit = std::chrono::minutes(5);
};

/// Answers one request. A refusal by the transport itself (malformed head, two lengths, body over the limit) goes to
/// `refuse`, which makes its body; the connection is closed after it.
struct HttpHandler {
    std::function<boost::asio::awaitable<HttpResponse>(HttpRequest request)> handle;
    std::function<HttpResponse(int status, const Error& why)> refuse;
};

/// Serves requests one after the other until the peer or `stopping` ends it.
boost::asio::awaitable<void> serve_http(Stream& stream, const HttpLimits& limits, const HttpHandler& handler,
                                        const std::atomic<bool>& stopping);

/// Sends one request and reads its response on a connected stream. `keep` tells whether the connection can be used again.
/// An Error with Issue::timeout or Issue::transient after the first byte was sent means that the peer may have it;
/// `sent` tells which.
struct HttpExchange {
    HttpResponse response;
    bool keep = false;
};
Async<HttpExchange> exchange_http(Stream& stream, const HttpRequest& request, std::string_view host, Duration limit, std::size_t max_body,
                                  bool& sent);

/// "https://host:port/base" taken apart.
struct Url {
    std::string scheme, host, port, path;
};
std::optional<Url> parse_url(std::string_view text);

}  // namespace causeway::net
