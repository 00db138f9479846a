#include "net/http.hpp"
#include "net/http_test_support.hpp"

#include <doctest/doctest.h>

using namespace causeway;
using namespace causeway::test;
using net::HttpExchange;
using net::HttpRequest;

namespace {

/// Reads a request's first bytes, then sends `script` and closes; a script of "hang" sends nothing.
awaitable<void> play(net::StreamPtr stream, std::string script, const std::atomic<bool>* stopping) {
    auto request = co_await read_all(*stream, 1);
    if (request.empty()) co_return;
    while (script == "hang" && !*stopping) co_await pause(5ms);
    for (const char c : script) {
        const std::string byte(1, c);
        auto sent = co_await stream->write(byte, kPatience);
        if (!sent) co_return;
    }
    co_await stream->close();
}

/// Answers after the first bytes and closes; what else was sent is never read.
awaitable<void> refuse_early(net::StreamPtr stream) {
    auto request = co_await read_all(*stream, 1);
    const std::string refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    auto sent = co_await stream->write(refusal, kPatience);
    CHECK(sent.has_value());
    co_await stream->close();
}

net::Listener::Session playing(std::string script) {
    return [script](net::StreamPtr stream, const std::atomic<bool>& stopping) {
        return play(std::move(stream), script, &stopping);
    };
}

struct Outcome {
    Result<HttpExchange> exchange = HttpExchange{};
    bool sent = false;
};

awaitable<Outcome> exchange(std::string port, HttpRequest request, Duration limit, std::size_t max_body) {
    auto stream = co_await connect_to(port);
    Outcome outcome;
    outcome.exchange = co_await net::exchange_http(*stream.value(), request, "h", limit, max_body, outcome.sent);
    co_return outcome;
}

Outcome ask(const std::string& script, const std::string& method = "GET", Duration limit = kPatience) {
    const Server server(playing(script));
    return run(exchange(server.port(), HttpRequest{method, "/x", {}, ""}, limit, 1000));
}

awaitable<void> twice_then_stale(std::string port) {
    auto stream = co_await connect_to(port);
    for (int i = 0; i < 2; ++i) {
        HttpRequest request{"POST", "/p", {{"X-Test", "t"}}, "abc"};
        bool sent = false;
        auto got = co_await net::exchange_http(*stream.value(), request, "h", kPatience, 1000, sent);
        CHECK(got.value().response.status == 200);
        CHECK(got.value().response.body == "POST /p|abc|t");
        CHECK(got.value().keep);
        CHECK(sent);
    }
    HttpRequest last{"GET", "/close", {}, ""};
    bool sent = false;
    auto closed = co_await net::exchange_http(*stream.value(), last, "h", kPatience, 1000, sent);
    CHECK_FALSE(closed.value().keep);
    co_await pause(50ms);
    auto stale = co_await net::exchange_http(*stream.value(), last, "h", kPatience, 1000, sent);
    CHECK(stale.error().retry == Retry::now);
    CHECK_FALSE(sent);
}

}  // namespace

TEST_CASE("http client: a kept connection is used again until the server closes it, and a stale one sends nothing") {
    const HttpServer server;
    run(twice_then_stale(server.port()));
}

TEST_CASE("http client: a large body goes out and comes back") {
    const HttpServer server;
    const std::string body(2'000'000, 'b');
    const auto got = run(exchange(server.port(), HttpRequest{"POST", "/p", {}, body}, kPatience, 3'000'000));
    CHECK(got.exchange.value().response.body == "POST /p|" + body + "|");
}

TEST_CASE("http client: a refusal that comes before the whole request was sent is heard") {
    const Server server(
        [](net::StreamPtr stream, const std::atomic<bool>&) { return refuse_early(std::move(stream)); });
    const std::string body(30'000'000, 'b');
    const auto got = run(exchange(server.port(), HttpRequest{"POST", "/p", {}, body}, kPatience, 1000));
    REQUIRE(got.exchange);
    CHECK(got.exchange->response.status == 413);
    CHECK_FALSE(got.exchange->keep);
}

TEST_CASE("http client: bodies by length, by chunks and up to the end of the connection are read") {
    const struct {
        const char* script;
        const char* body;
        bool keep;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello", true},
        {"HTTP/1.1 200 OK\r\n\r\nhello", "hello", false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "", true},
        {"HTTP/1.1 204 No Content\r\n\r\n", "", true},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.script);
        const auto got = ask(c.script);
        REQUIRE(got.exchange);
        CHECK(got.exchange.value().response.body == c.body);
        CHECK(got.exchange.value().keep == c.keep);
    }
    CHECK(ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD").exchange.value().response.body.empty());
    const auto refused = ask("HTTP/1.1 422 No\r\nX-A: b\r\nContent-Length: 0\r\n\r\n").exchange.value();
    CHECK(refused.response.status == 422);
    CHECK(net::header(refused.response.headers, "x-a") == "b");
}

TEST_CASE("http client: an answer that is cut, malformed, late or too long is an error after sending") {
    const struct {
        const char* script;
        Issue issue;
    } cases[] = {
        {"", Issue::transient},
        {"HTTP/1.1 200 O", Issue::transient},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", Issue::transient},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", Issue::transient},
        {"hang", Issue::timeout},
        {"MSH|^~\\&|\r\n\r\n", Issue::structure},
        {"HTTP/1.1 2x0 OK\r\n\r\n", Issue::structure},
        {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", Issue::structure},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Issue::structure},
        {"HTTP/1.1 101 Switching\r\n\r\n", Issue::structure},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", Issue::too_long},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", Issue::too_long},
    };
    for (const auto& c : cases) {
        CAPTURE(c.script);
        const auto got = ask(c.script, "GET", 500ms);
        REQUIRE_FALSE(got.exchange);
        CHECK(got.exchange.error().issue == c.issue);
        CHECK(got.sent);
    }
}

TEST_CASE("http client: what cannot be written as HTTP is never sent") {
    const HttpServer server;
    const HttpRequest bad[] = {
        {"GET", "/a b", {}, ""}, {"GET", "/a\r\nX: y", {}, ""},          {"GE T", "/", {}, ""},
        {"GET", "", {}, ""},     {"GET", "/", {{"X", "a\r\nY: b"}}, ""}, {"GET", "/", {{"X:", "a"}}, ""}};
    for (const auto& request : bad) {
        const auto got = run(exchange(server.port(), request, kPatience, 1000));
        CHECK(got.exchange.error().issue == Issue::value);
        CHECK_FALSE(got.sent);
    }
}

TEST_CASE("url: scheme, host, port and path are taken apart") {
    const struct {
        const char* text;
        const char* parts;
    } cases[] = {
        {"http://h", "http h 80 "},
        {"HTTPS://gp.example:8443/fhir/R4?x=y", "https gp.example 8443 /fhir/R4?x=y"},
        {"https://[::1]:9/", "https ::1 9 /"},
        {"https://[::1]", "https ::1 443 "},
        {"http://h?x", "http h 80 ?x"},
        {"mllp://pas:2575", "mllp pas 2575 "},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const auto url = net::parse_url(c.text);
        REQUIRE(url);
        CHECK(url->scheme + " " + url->host + " " + url->port + " " + url->path == c.parts);
    }
}

TEST_CASE("url: what is no plain URL is not taken") {
    for (const char* text : {"", "h", "//h", "http:/h", "http://", "http://:80", "http://h:", "http://h:0",
                             "http://h:65536", "http://h:8a", "http://u:p@h/", "http://h/#f", "http://h/a b",
                             "http://h\\x", "http://[::1", "http://[::1]x", "://h", "ht tp://h", "http://h/\xc3\xa9"}) {
        CAPTURE(text);
        CHECK_FALSE(net::parse_url(text));
    }
}

TEST_CASE("an IPv6 address stands in brackets in the Host header") {
    const auto host = [](std::string_view url) { return net::host_header(net::parse_url(url).value()); };
    CHECK(host("http://[::1]:8080/fhir") == "[::1]:8080");
    CHECK(host("https://[::1]/fhir") == "[::1]");
    CHECK(host("https://pas:443/fhir") == "pas");
    CHECK(host("http://pas:443/fhir") == "pas:443");
}
