#include <array>
#include <ctime>

#include "core/text.hpp"
#include "net/http.hpp"
#include "net/http_buffer.hpp"
#include "net/http_syntax.hpp"

namespace causeway::net {
namespace {

namespace asio = boost::asio;

constexpr auto kLastLook = std::chrono::milliseconds(50);  ///< For a request on its way when the listener retires.
constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::size_t kLingerBytes = 64u << 20;
constexpr std::size_t kJoined = 64 * 1024;  ///< Bodies up to this size go out in one write with their head.
constexpr std::size_t kShortBody = 64 * 1024;
constexpr int kMaxEmptyLines = 8;  ///< Before a request line.

/// RFC 9110 section 5.6.7.
std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

bool is_ours(std::string_view name) {
    for (const auto* own : {"Content-Length", "Transfer-Encoding", "Connection", "Date"})
        if (equals_ignoring_case(name, own)) return true;
    return false;
}

std::string response_head(const HttpResponse& response, bool keep) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head += reason_phrase(response.status);
    head += "\r\nDate: " + http_date() + "\r\n";
    for (const auto& [name, value] : response.headers)
        if (!is_ours(name) && is_http_token(name) && is_field_value(value)) head += name + ": " + value + "\r\n";
    if (response.status != 204 && response.status != 304)
        head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    head += keep ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

/// One connection. Every step says whether to go on; what it refuses, it has answered.
class Session {
public:
    Session(Stream& stream, const HttpLimits& limits, const HttpHandler& handler, const std::atomic<bool>& stopping)
        : stream_(stream),
          buffer_(stream),
          limits_(limits),
          handler_(handler),
          stopping_(stopping),
          share_(limits.bodies) {}

    asio::awaitable<void> run() {
        bool open = true;
        while (open) open = co_await serve_one();
        co_await stream_.close();
    }

private:
    asio::awaitable<bool> serve_one();
    asio::awaitable<bool> read_head(HttpHead& head);
    asio::awaitable<bool> may_send(const HttpHead& head, const HttpRequest& request);
    asio::awaitable<bool> read_body(const HttpHead& head, std::string& body);
    asio::awaitable<bool> read_sized(std::uint64_t length, HttpDeadline& deadline, std::string& body);
    asio::awaitable<bool> read_chunks(HttpDeadline& deadline, std::string& body);
    asio::awaitable<bool> inflate(std::string& body);
    asio::awaitable<bool> room_for(std::size_t size, HttpDeadline* deadline);
    asio::awaitable<bool> more(Duration limit, std::string_view part);
    asio::awaitable<bool> refuse(HttpRefusal refusal);
    asio::awaitable<bool> send(HttpResponse response, bool keep, bool with_body);
    asio::awaitable<void> linger();

    Stream& stream_;
    HttpBuffer buffer_;
    const HttpLimits& limits_;
    const HttpHandler& handler_;
    const std::atomic<bool>& stopping_;
    bool woken_ = false;
    bool looked_ = false;
    BodyBudget::Share share_;  ///< What the body takes until it is handled.
};

asio::awaitable<bool> Session::serve_one() {
    HttpHead head;
    if (!co_await read_head(head)) co_return false;
    HttpRequest request;
    request.method = std::move(head.method);
    request.target = std::move(head.target);
    request.headers = std::move(head.headers);
    if (!co_await may_send(head, request)) co_return false;
    if (!co_await read_body(head, request.body)) co_return false;
    const bool with_body = request.method != "HEAD";
    const bool keep = head.keep;
    if (head.gzip)
        std::erase_if(request.headers, [](const auto& h) { return equals_ignoring_case(h.first, "Content-Encoding"); });
    auto handled = handler_.handle(std::move(request));
    HttpResponse response = co_await std::move(handled);
    share_.give_back();
    const bool open = keep && !response.close && !stopping_;
    const bool sent = co_await send(std::move(response), open, with_body);
    co_return sent&& open;
}

asio::awaitable<bool> Session::may_send(const HttpHead& head, const HttpRequest& request) {
    if (!handler_.admit || (!head.chunked && head.length.value_or(0) <= kShortBody)) co_return true;
    auto asked = handler_.admit(request);
    auto refusal = co_await std::move(asked);
    if (!refusal) co_return true;
    const bool sent = co_await send(std::move(*refusal), false, true);
    if (sent) co_await linger();
    co_return false;
}

asio::awaitable<bool> Session::read_head(HttpHead& head) {
    HeadScanner scanner(limits_.max_header);
    std::optional<std::size_t> size;
    std::optional<HttpDeadline> deadline;
    int empty_lines = 0;
    for (;;) {
        while (!deadline && buffer_.view().starts_with("\r\n") && empty_lines++ < kMaxEmptyLines) buffer_.consume(2);
        const bool waits_for_lf = !deadline && buffer_.view() == "\r";
        MaybeRefusal refusal;
        if (!buffer_.empty() && !waits_for_lf) {
            if (!deadline) deadline.emplace(limits_.header_limit);
            refusal = scanner.scan(buffer_.view(), size);
            if (!refusal && size) refusal = parse_request_head(buffer_.view().substr(0, *size), head);
        }
        if (refusal) co_return co_await refuse(std::move(*refusal));
        if (size) break;
        const bool last_look = !deadline && stopping_;
        if (last_look && std::exchange(looked_, true)) co_return false;
        const auto limit = deadline ? deadline->left() : last_look ? Duration(kLastLook) : limits_.idle_limit;
        const std::string_view part = deadline ? "header" : "";
        if (!co_await more(limit, part)) co_return false;
    }
    buffer_.consume(*size);
    co_return true;
}

/// Reads on; `part` is what the peer owes (408 where it does not come in time), empty between requests.
asio::awaitable<bool> Session::more(Duration limit, std::string_view part) {
    auto got = co_await buffer_.fill(limit);
    if (got && got.value() != 0) co_return true;
    if (part.empty()) co_return !got && stopping_ && !looked_;
    if (!got && got.error().issue == Issue::timeout) {
        HttpRefusal late{
            408, fail(Issue::timeout, std::string(part), "The request did not come whole in time; send it again.")};
        co_return co_await refuse(std::move(late));
    }
    if (got && part == "body") {
        HttpRefusal cut{400, fail(Issue::structure, "body", "The body is shorter than announced; send it again.")};
        co_return co_await refuse(std::move(cut));
    }
    // The listener wakes reads when it stops; a request that has begun is still read to its end.
    const bool go_on = !got && stopping_ && !woken_;
    woken_ = true;
    co_return go_on;
}

asio::awaitable<bool> Session::read_body(const HttpHead& head, std::string& body) {
    if (!head.chunked && head.length.value_or(0) == 0) co_return true;
    if (head.length.value_or(0) > limits_.max_body) {
        HttpRefusal large{413, fail(Issue::too_long, "body", "The body is over the limit; send less at a time.")};
        co_return co_await refuse(std::move(large));
    }
    HttpDeadline deadline(limits_.body_limit);
    if (head.expects_continue && buffer_.empty()) {
        auto sent = co_await stream_.write("HTTP/1.1 100 Continue\r\n\r\n", deadline.left());
        if (!sent) co_return false;
    }
    bool whole = false;
    if (head.chunked)
        whole = co_await read_chunks(deadline, body);
    else
        whole = co_await read_sized(*head.length, deadline, body);
    if (whole && head.gzip) whole = co_await inflate(body);
    share_.finish(body.size());
    co_return whole;
}

/// Waits for the memory that the body takes; `deadline` waits too, for the peer is not read from meanwhile.
asio::awaitable<bool> Session::room_for(std::size_t size, HttpDeadline* deadline) {
    if (share_.take(size)) co_return true;
    const auto since = std::chrono::steady_clock::now();
    const auto room = co_await share_.wait();
    if (deadline) deadline->extend(std::chrono::steady_clock::now() - since);
    co_return room.has_value();
}

asio::awaitable<bool> Session::inflate(std::string& body) {
    Gunzip gunzip(std::move(body), limits_.max_body, limits_.max_inflate_ratio);
    while (!gunzip.done()) {
        const bool room = co_await room_for(gunzip.size(), nullptr);
        if (!room) co_return false;
        if (auto refusal = gunzip.next()) co_return co_await refuse(std::move(*refusal));
    }
    body = gunzip.take();
    co_return true;
}

asio::awaitable<bool> Session::read_sized(std::uint64_t length, HttpDeadline& deadline, std::string& body) {
    share_.expect(static_cast<std::size_t>(length));
    for (;;) {
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(length - body.size(), buffer_.view().size()));
        body.append(buffer_.view().substr(0, size));
        buffer_.consume(size);
        if (body.size() == length) co_return true;
        const bool room = co_await room_for(body.size() + HttpBuffer::kBlock, &deadline);
        if (!room) co_return false;
        if (!co_await more(deadline.left(), "body")) co_return false;
    }
}

asio::awaitable<bool> Session::read_chunks(HttpDeadline& deadline, std::string& body) {
    ChunkDecoder decoder(limits_.max_body);
    for (;;) {
        std::size_t used = 0;
        if (auto refusal = decoder.feed(buffer_.view(), used, body)) co_return co_await refuse(std::move(*refusal));
        buffer_.consume(used);
        if (decoder.done()) co_return true;
        const bool room = co_await room_for(body.size() + HttpBuffer::kBlock, &deadline);
        if (!room) co_return false;
        if (!co_await more(deadline.left(), "body")) co_return false;
    }
}

asio::awaitable<bool> Session::refuse(HttpRefusal refusal) {
    HttpResponse response;
    if (handler_.refuse) response = handler_.refuse(refusal.status, refusal.why);
    response.status = refusal.status;
    const bool sent = co_await send(std::move(response), false, true);
    if (sent) co_await linger();
    co_return false;
}

asio::awaitable<bool> Session::send(HttpResponse response, bool keep, bool with_body) {
    std::string head = response_head(response, keep);
    const bool bodiless = !with_body || response.status == 204 || response.status == 304;
    const bool joined = bodiless || response.body.size() <= kJoined;
    if (!bodiless && joined) head += response.body;
    const HttpDeadline deadline(limits_.body_limit);
    auto sent = co_await stream_.write(head, deadline.left());
    if (sent && !joined) sent = co_await stream_.write(response.body, deadline.left());
    co_return sent.has_value();
}

/// Closing while bytes are unread resets the connection, and the peer might never see the answer.
asio::awaitable<void> Session::linger() {
    const HttpDeadline deadline(kLinger);
    std::size_t dropped = buffer_.view().size();
    buffer_.consume(dropped);
    while (dropped < kLingerBytes) {
        auto got = co_await buffer_.fill(deadline.left());
        if (!got || got.value() == 0) co_return;
        dropped += got.value();
        buffer_.consume(got.value());
    }
}

}  // namespace

asio::awaitable<void> serve_http(Stream& stream, const HttpLimits& limits, const HttpHandler& handler,
                                 const std::atomic<bool>& stopping) {
    Session session(stream, limits, handler, stopping);
    co_await session.run();
}

}  // namespace causeway::net
