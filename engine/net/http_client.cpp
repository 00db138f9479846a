#include <algorithm>

#include "core/text.hpp"
#include "net/http.hpp"
#include "net/http_buffer.hpp"
#include "net/http_syntax.hpp"

namespace causeway::net {
namespace {

constexpr std::size_t kMaxHead = 64 * 1024;
constexpr std::size_t kJoined = 64 * 1024;
constexpr Duration kLastWords = std::chrono::seconds(1);

/// The peer may have the request: only its own check for duplicates can tell.
Error unfinished(std::string what) {
    return fail(Issue::transient, "", std::move(what), Retry::later);
}

Error not_http(const HttpRefusal& refusal) {
    return fail(Issue::structure, refusal.why.where, "The answer cannot be understood: " + refusal.why.what);
}

Error too_long() {
    return fail(Issue::too_long, "body", "The answer is over the limit; raise it or ask for less.");
}

bool takes_body(std::string_view method) {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

Result<std::string> request_head(const HttpRequest& request, std::string_view host) {
    const auto& target = request.target;
    const bool plain = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!is_http_token(request.method) || !plain || target.empty() || host.empty() || !is_field_value(host))
        return fail(Issue::value, "request line", "Method, target or host cannot be sent; correct the address.");
    std::string head = request.method + " " + target + " HTTP/1.1\r\nHost: ";
    head += host;
    head += "\r\n";
    for (const auto& [name, value] : request.headers) {
        if (!is_http_token(name) || !is_field_value(value))
            return fail(Issue::value, "header", "A header cannot be sent; leave out control characters.");
        if (equals_ignoring_case(name, "Host") || equals_ignoring_case(name, "Content-Length") ||
            equals_ignoring_case(name, "Transfer-Encoding"))
            continue;
        head += name + ": " + value + "\r\n";
    }
    if (!request.body.empty() || takes_body(request.method))
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    head += "\r\n";
    return head;
}

/// Reads one response; lives as long as the exchange.
class Answer {
public:
    Answer(Stream& stream, Duration limit, std::size_t max_body)
        : buffer_(stream), deadline_(limit), max_body_(max_body) {}

    Async<HttpExchange> read(std::string_view method);
    Duration left() const { return deadline_.left(); }

private:
    Async<HttpHead> read_head();
    Async<HttpHead> read_final_head();
    Async<void> read_body(const HttpHead& head, std::string& body);
    Async<void> read_chunks(std::string& body);
    Async<void> read_sized(std::uint64_t length, std::string& body);
    Async<void> read_to_end(std::string& body);
    Async<void> more();

    HttpBuffer buffer_;
    const HttpDeadline deadline_;
    const std::size_t max_body_;
};

Async<void> Answer::more() {
    auto got = co_await buffer_.fill(deadline_.left());
    if (!got) co_return got.error();
    if (got.value() == 0)
        co_return unfinished(
            "The peer closed the connection before its answer was whole; see whether it restarts, or "
            "whether a proxy between gives up sooner.");
    co_return Result<void>();
}

Async<HttpHead> Answer::read_head() {
    HeadScanner scanner(kMaxHead);
    std::optional<std::size_t> size;
    for (;;) {
        if (auto refusal = scanner.scan(buffer_.view(), size)) co_return not_http(*refusal);
        if (size) break;
        auto got = co_await more();
        if (!got) co_return got.error();
    }
    HttpHead head;
    if (auto refusal = parse_response_head(buffer_.view().substr(0, *size), head)) co_return not_http(*refusal);
    buffer_.consume(*size);
    co_return head;
}

/// Interim answers (1xx) are skipped.
Async<HttpHead> Answer::read_final_head() {
    for (int interim = 0; interim < 8; ++interim) {
        auto head = co_await read_head();
        if (!head || head.value().status >= 200) co_return head;
        if (head.value().status == 101) break;
    }
    co_return fail(Issue::structure, "status line",
                   "The peer sends interim answers without end or changes the protocol.");
}

Async<HttpExchange> Answer::read(std::string_view method) {
    auto head = co_await read_final_head();
    if (!head) co_return head.error();
    HttpExchange exchange;
    const int status = head.value().status;
    const bool framed = head.value().chunked || head.value().length;
    const bool bodiless = method == "HEAD" || status == 204 || status == 304;
    if (!bodiless) {
        auto body = co_await read_body(head.value(), exchange.response.body);
        if (!body) co_return body.error();
    }
    exchange.keep = head.value().keep && (framed || bodiless) && buffer_.empty();
    exchange.response.status = status;
    exchange.response.headers = std::move(head.value().headers);
    exchange.response.close = !exchange.keep;
    co_return exchange;
}

Async<void> Answer::read_body(const HttpHead& head, std::string& body) {
    if (head.chunked) return read_chunks(body);
    if (head.length) return read_sized(*head.length, body);
    return read_to_end(body);
}

Async<void> Answer::read_chunks(std::string& body) {
    ChunkDecoder decoder(max_body_);
    for (;;) {
        std::size_t used = 0;
        if (auto refusal = decoder.feed(buffer_.view(), used, body)) {
            if (refusal->status == 413) co_return too_long();
            co_return not_http(*refusal);
        }
        buffer_.consume(used);
        if (decoder.done()) co_return Result<void>();
        auto got = co_await more();
        if (!got) co_return got.error();
    }
}

Async<void> Answer::read_sized(std::uint64_t length, std::string& body) {
    if (length > max_body_) co_return too_long();
    for (;;) {
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(length - body.size(), buffer_.view().size()));
        body.append(buffer_.view().substr(0, size));
        buffer_.consume(size);
        if (body.size() == length) co_return Result<void>();
        auto got = co_await more();
        if (!got) co_return got.error();
    }
}

Async<void> Answer::read_to_end(std::string& body) {
    for (;;) {
        body.append(buffer_.view());
        buffer_.consume(buffer_.view().size());
        if (body.size() > max_body_) co_return too_long();
        auto got = co_await buffer_.fill(deadline_.left());
        if (!got) co_return got.error();
        if (got.value() == 0) co_return Result<void>();
    }
}

}  // namespace

Async<HttpExchange> exchange_http(Stream& stream, const HttpRequest& request, std::string_view host, Duration limit,
                                  std::size_t max_body, bool& sent) {
    sent = false;
    auto head = request_head(request, host);
    if (!head) co_return head.error();
    if (stream.is_stale())
        co_return fail(Issue::transient, "", "The peer closed the connection while it was idle; connect again.",
                       Retry::now);
    Answer answer(stream, limit, max_body);
    const bool joined = request.body.size() <= kJoined;
    std::string first = std::move(head.value());
    if (joined) first += request.body;
    sent = true;
    auto written = co_await stream.write(first, answer.left());
    if (written && !joined) written = co_await stream.write(request.body, answer.left());
    if (written) co_return co_await answer.read(request.method);
    // A peer that has seen enough may refuse and close before it has read everything: its answer is there already.
    Answer refusal(stream, std::min(limit, kLastWords), max_body);
    auto exchange = co_await refusal.read(request.method);
    if (!exchange || exchange->response.status < 300) co_return written.error();
    exchange->keep = false;
    exchange->response.close = true;
    co_return exchange;
}

}  // namespace causeway::net
