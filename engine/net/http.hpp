#pragma once
/// HTTP/1.1 and 1.0 over net::Stream (RFC 9110, RFC 9112): one server session, one client. Messages are parsed strictly
/// (http_syntax.hpp).

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "net/body_budget.hpp"
#include "net/stream.hpp"

namespace causeway::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// First value of a header, ignoring case; empty where absent.
std::string_view header(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
    std::string method;
    std::string target;  ///< "/fhir/Task/1?x=y"
    HttpHeaders headers;
    std::string body;  ///< Decoded from chunks and gzip.
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
    std::size_t max_inflate_ratio = 100;               ///< gzip: over this, 413.
    Duration header_limit = std::chrono::seconds(30);  ///< From the first byte of a request to the end of its head.
    Duration body_limit = std::chrono::seconds(120);
    Duration idle_limit = std::chrono::minutes(5);
    BodyBudgetPtr bodies = nullptr;  ///< Long bodies wait for their turn in it, inflated ones too. Null: none does.
};

/// What is asked before the body of a long request is read (over 64 KB, or of a length that is not told): a response
/// refuses it, and closes the connection. So a stranger cannot fill the memory. Null: everybody may send.
using HttpAdmit = std::function<boost::asio::awaitable<std::optional<HttpResponse>>(const HttpRequest& head)>;

/// Answers one request (HEAD too: its body is left out, its length is told). Date, Content-Length and Connection are
/// written by the session, not taken from the response. A refusal by the transport itself (malformed head, two lengths,
/// body over the limit) goes to `refuse`, which makes its body; the connection is closed after it.
struct HttpHandler {
    std::function<boost::asio::awaitable<HttpResponse>(HttpRequest request)> handle;
    std::function<HttpResponse(int status, const Error& why)> refuse;
    HttpAdmit admit = nullptr;
};

/// Serves requests one after the other until the peer or `stopping` ends it, then closes the stream. Refuses with 400
/// (malformed, two lengths, bare LF, folded header, no Host, bad chunk, bad gzip), 408, 413, 415, 417, 431, 501 or 505;
/// what follows a refused request is never read as another. While stopping, a request that has begun is answered with
/// `Connection: close`. `limits` and `handler` must outlive it.
boost::asio::awaitable<void> serve_http(Stream& stream, const HttpLimits& limits, const HttpHandler& handler,
                                        const std::atomic<bool>& stopping);

struct HttpExchange {
    HttpResponse response;
    bool keep = false;  ///< Can the connection be used again?
};

/// Sends one request and reads its response on a connected stream, all within `limit`. `host` becomes the Host header.
/// `sent` turns true before the first byte goes out: with it, an Error of any kind means that the peer may have the
/// request; without it, nothing was sent (Retry::now where only the kept connection was stale). A refusal that comes
/// before the whole request was sent is a response like any other. After an Error the stream cannot be used again.
Async<HttpExchange> exchange_http(Stream& stream, const HttpRequest& request, std::string_view host, Duration limit,
                                  std::size_t max_body, bool& sent);

/// "https://host:port/base?x=y" taken apart.
struct Url {
    std::string scheme;  ///< In lower case.
    std::string host;    ///< IPv6 without brackets.
    std::string port;    ///< By default that of http and https; else empty.
    std::string path;    ///< As written, with its query: empty, or from the first slash on.
};
/// Nothing where it is no such URL, or holds a user's name, a fragment, blanks or anything but ASCII.
std::optional<Url> parse_url(std::string_view text);
/// What goes into the Host header (RFC 9110 section 7.2): IPv6 in brackets, and the port where it is not the usual one.
std::string host_header(const Url& url);

}  // namespace causeway::net
