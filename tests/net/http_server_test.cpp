#include "net/http.hpp"
#include "net/http_test_support.hpp"

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

using namespace causeway;
using namespace causeway::test;

namespace {

const std::string kClose = "Connection: close\r\n\r\n";

std::string get(const std::string& target, const std::string& rest = kClose) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + rest;
}

std::string post(const std::string& headers, const std::string& body) {
    return "POST /p HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
}

std::string sized(const std::string& body, const std::string& headers = "") {
    return post(headers + "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n", body);
}

std::string status_of(const std::string& answer) {
    return answer.substr(0, 12);
}

std::string body_of(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "no answer" : answer.substr(end + 4);
}

const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

struct Refused {
    const char* name;
    std::string request;
    const char* status;
};

const Refused kRefused[] = {
    {"two lengths", post("Content-Length: 3\r\nContent-Length: 5\r\n", "abc" + kSmuggled), "400"},
    {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), "400"},
    {"a list of lengths", post("Content-Length: 3, 3\r\n", "abc"), "400"},
    {"length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kSmuggled), "400"},
    {"chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n" + kSmuggled), "400"},
    {"a signed length", post("Content-Length: +3\r\n", "abc"), "400"},
    {"a hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), "400"},
    {"a negative length", post("Content-Length: -1\r\n", ""), "400"},
    {"an empty length", post("Content-Length: \r\n", ""), "400"},
    {"a length of 30 digits", post("Content-Length: 000000000000000000000000000003\r\n", "abc"), "400"},
    {"two transfer codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400"},
    {"an unknown transfer coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), "400"},
    {"chunked that is not last", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), "501"},
    {"gzip as transfer coding", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "501"},
    {"a blank before the colon", post("Content-Length : 3\r\n", "abc"), "400"},
    {"a vertical tab in a coding",
     post("Transfer-Encoding: \x0b"
          "chunked\r\n",
          "0\r\n\r\n"),
     "400"},
    {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
    {"LF after the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n", "400"},
    {"LF after a header", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", "400"},
    {"LF as last line", "GET / HTTP/1.1\r\nHost: h\r\n\n", "400"},
    {"CR inside a header", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", "400"},
    {"NUL inside a header", std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 35), "400"},
    {"a folded header", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", "400"},
    {"a blank before the first header", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "400"},
    {"a header without colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", "400"},
    {"a header without name", "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", "400"},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", "400"},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
    {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
    {"no version", "GET /\r\nHost: h\r\n\r\n", "400"},
    {"two blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
    {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
    {"no path", "GET x HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
    {"CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
    {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
    {"lower-case http", "GET / http/1.1\r\nHost: h\r\n\r\n", "400"},
    {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 12), "400"},
    {"another expectation", post("Expect: 200-maybe\r\n", ""), "417"},
    {"deflate", sized("abc", "Content-Encoding: deflate\r\n"), "415"},
    {"gzip of gzip", sized("abc", "Content-Encoding: gzip, gzip\r\n"), "415"},
    {"long headers", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", "431"},
    {"101 headers",
     "GET / HTTP/1.1\r\nHost: h\r\n" +
         [] {
             std::string many;
             for (int i = 0; i < 100; ++i) many += "X: y\r\n";
             return many;
         }() +
         "\r\n",
     "431"},
    {"a chunk size that is no number", post("Transfer-Encoding: chunked\r\n", "x\r\nabc\r\n0\r\n\r\n"), "400"},
    {"a chunk size with 0x", post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n"), "400"},
    {"a negative chunk size", post("Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"), "400"},
    {"a chunk size that overflows", post("Transfer-Encoding: chunked\r\n", "10000000000000003\r\nabc\r\n0\r\n\r\n"),
     "400"},
    {"a chunk line that ends with LF", post("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"), "400"},
    {"an extension with LF", post("Transfer-Encoding: chunked\r\n", "3;a\nb\r\nabc\r\n0\r\n\r\n"), "400"},
    {"a blank after the chunk size", post("Transfer-Encoding: chunked\r\n", "3 \r\nabc\r\n0\r\n\r\n"), "400"},
    {"a chunk longer than its size", post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"), "400"},
    {"chunk data that end with LF", post("Transfer-Encoding: chunked\r\n", "3\r\nabc\n0\r\n\r\n"), "400"},
    {"a folded trailer", post("Transfer-Encoding: chunked\r\n", "0\r\nX: a\r\n b\r\n\r\n"), "400"},
    {"long extensions", post("Transfer-Encoding: chunked\r\n", "3;" + std::string(5000, 'e') + "\r\nabc\r\n0\r\n\r\n"),
     "400"},
    {"a body over the limit", post("Content-Length: 2000001\r\n", "abc"), "413"},
    {"chunks over the limit", post("Transfer-Encoding: chunked\r\n", "1e8481\r\nabc"), "413"},
    {"a gzip bomb", sized(gzip(std::string(1'000'000, 'x')), "Content-Encoding: gzip\r\n"), "413"},
    {"no gzip", sized("not gzip at all", "Content-Encoding: gzip\r\n"), "400"},
    {"half a gzip", sized(gzip("some text").substr(0, 20), "Content-Encoding: gzip\r\n"), "400"},
    {"gzip with something behind", sized(gzip("some text") + "behind", "Content-Encoding: gzip\r\n"), "400"},
};

net::HttpLimits small_limits() {
    net::HttpLimits limits;
    limits.max_body = 2'000'000;
    return limits;
}

}  // namespace

TEST_CASE("http server: every malformed or oversized request is refused once and the connection closed") {
    const HttpServer server(small_limits());
    // All at once: for each refusal the server waits two seconds for its peer to close.
    std::vector<std::future<std::string>> answers;
    for (const auto& c : kRefused)
        answers.push_back(std::async(std::launch::async, [&server, &c] { return talk(server, c.request); }));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& c = kRefused[i];
        CAPTURE(c.name);
        const auto answer = answers[i].get();
        CHECK(status_of(answer) == "HTTP/1.1 " + std::string(c.status));
        CHECK(times(answer, "HTTP/1.1 ") == 1);
        CHECK(holds(answer, "Connection: close\r\n"));
        CHECK(holds(answer, "\r\n\r\nrefused " + std::string(c.status)));
    }
}

TEST_CASE("http server: requests are answered one after the other on one connection") {
    const HttpServer server;
    const auto answer =
        talk(server, get("/a", "\r\n") + post("Content-Length: 3\r\nX-Test: t\r\n", "abc") + get("/b?x=y"));
    CHECK(times(answer, "HTTP/1.1 200 OK\r\n") == 3);
    CHECK(times(answer, "Connection: keep-alive") == 2);
    CHECK(times(answer, "Connection: close") == 1);
    const auto first = answer.find("GET /a||");
    const auto second = answer.find("POST /p|abc|t");
    const auto third = answer.find("GET /b?x=y||");
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third != std::string::npos);
    CHECK(holds(answer, "Content-Type: text/plain\r\n"));
    CHECK(holds(answer, " GMT\r\n"));
}

TEST_CASE("http server: the body is the same however its chunks are cut") {
    const HttpServer server;
    const std::string request =
        post("Transfer-Encoding: Chunked\r\nConnection: close\r\n",
             "5;name=\"value\"\r\nhello\r\n00001\r\n \r\n05 ; x\r\nworld\r\n0\r\nTrailer: t\r\n\r\n");
    CHECK(body_of(talk(server, request)) == "POST /p|hello world|");
    std::vector<std::string> bytes;
    for (const char c : request) bytes.emplace_back(1, c);
    CHECK(body_of(run(send_pieces(server.port(), bytes, Duration::zero(), SIZE_MAX))) == "POST /p|hello world|");
    for (std::size_t at = 1; at < request.size(); at += 7) {
        const std::vector<std::string> two{request.substr(0, at), request.substr(at)};
        CHECK(body_of(run(send_pieces(server.port(), two, 1ms, SIZE_MAX))) == "POST /p|hello world|");
    }
}

TEST_CASE("http server: a gzip body is inflated") {
    const HttpServer server;
    CHECK(body_of(talk(server, sized(gzip("a letter"), "Content-Encoding: gzip\r\n"))) == "POST /p|a letter|");
    CHECK(body_of(talk(server, sized(gzip("a ") + gzip("letter"), "Content-Encoding: x-gzip\r\n"))) ==
          "POST /p|a letter|");
}

TEST_CASE("http server: large bodies wait for memory, however they are sent, and every one is answered") {
    metrics::Registry metrics;
    net::HttpLimits limits;
    limits.bodies = std::make_shared<net::BodyBudget>(net::BodyBudget::kWeight << 20, metrics, "in");
    std::string body;
    for (int i = 0; body.size() < 0xc0000; ++i) body += std::to_string(i);
    body.resize(0xc0000);
    const std::string requests[] = {
        sized(body), sized(gzip(body), "Content-Encoding: gzip\r\n"),
        post("Transfer-Encoding: chunked\r\nConnection: close\r\n", "c0000\r\n" + body + "\r\n0\r\n\r\n")};
    const HttpServer server(limits);
    std::vector<std::future<std::string>> answers;
    for (int i = 0; i < 9; ++i) {
        auto request = requests[i % 3];
        request.replace(0, 7, "POST /slow");
        answers.push_back(std::async(std::launch::async, [&server, request] { return talk(server, request); }));
    }
    for (auto& answer : answers) {
        const bool is_whole = body_of(answer.get()) == "POST /slow|" + body + "|";
        CHECK(is_whole);
    }
    CHECK(metrics.counter("causeway_body_waits_total", "", {{"direction", "in"}}).value() > 0);
    CHECK(metrics.gauge("causeway_body_bytes", "", {{"direction", "in"}}).value() == 0);
}

TEST_CASE("http server: HTTP/1.0 is answered and closed unless it asks to be kept") {
    const HttpServer server;
    const auto closed = talk(server, "GET /old HTTP/1.0\r\n\r\n");
    CHECK(body_of(closed) == "GET /old||");
    CHECK(holds(closed, "Connection: close"));
    const auto kept = talk(server, "GET /old HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /older HTTP/1.0\r\n\r\n");
    CHECK(holds(kept, "Connection: keep-alive"));
    CHECK(holds(kept, "GET /older||"));
}

TEST_CASE("http server: HEAD and 204 have no body, and a large body comes whole") {
    const HttpServer server;
    const auto head = talk(server, "HEAD /x HTTP/1.1\r\nHost: h\r\n" + kClose);
    CHECK(body_of(head).empty());
    CHECK(holds(head, "Content-Length: 9\r\n"));
    const auto nothing = talk(server, get("/nothing"));
    CHECK(status_of(nothing) == "HTTP/1.1 204");
    CHECK(body_of(nothing).empty());
    CHECK_FALSE(holds(nothing, "Content-Length"));
    CHECK(body_of(talk(server, get("/large"))) == std::string(300'000, 'L'));
}

TEST_CASE(
    "http server: an absolute target, empty lines before a request and the handler's wish to close are understood") {
    const HttpServer server;
    CHECK(body_of(talk(server, get("http://h:80/abs?q=1"))) == "GET /abs?q=1||");
    CHECK(body_of(talk(server, "\r\n\r\n" + get("/after"))) == "GET /after||");
    CHECK(times(talk(server, get("/close", "\r\n") + get("/never")), "HTTP/1.1 ") == 1);
    CHECK_FALSE(holds(talk(server, get("/inject")), "Injected"));
}

TEST_CASE("http server: 100 Continue is sent before a body that waits for it, never before a refusal") {
    const HttpServer server(small_limits());
    const std::string head =
        "POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ";
    const auto good = run(send_pieces(server.port(), {head + "3\r\n\r\n", "abc"}, 100ms, SIZE_MAX));
    CHECK(good.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    CHECK(status_of(talk(server, head + "3000000\r\n\r\n")) == "HTTP/1.1 413");
}

TEST_CASE("http server: what does not come in time is 408, an idle connection just ends") {
    net::HttpLimits limits;
    limits.header_limit = 80ms;
    limits.body_limit = 80ms;
    limits.idle_limit = 80ms;
    const HttpServer server(limits);
    CHECK(status_of(talk(server, "GET / HTTP/1.1\r\nHo")) == "HTTP/1.1 408");
    CHECK(status_of(talk(server, post("Content-Length: 10\r\n", "abc"))) == "HTTP/1.1 408");
    CHECK(status_of(talk(server, post("Transfer-Encoding: chunked\r\n", "3\r\nab"))) == "HTTP/1.1 408");
    CHECK(talk(server, "").empty());
    const std::vector<std::string> trickle{"GET / HT", "TP", "/1", ".1", "\r\n", "Ho", "st", ": ", "h\r", "\n\r\n"};
    CHECK(status_of(run(send_pieces(server.port(), trickle, 20ms, SIZE_MAX))) == "HTTP/1.1 408");
}

TEST_CASE("http server: while stopping, what is in flight is answered with close and idle connections end at once") {
    HttpServer server;
    boost::asio::io_context context;
    auto idle = run(context, connect_to(server.port()));
    auto busy = run(context, connect_to(server.port()));
    auto begun = run(context, connect_to(server.port()));
    REQUIRE(run(context, busy.value()->write(get("/slow", "\r\n"), kPatience)));
    REQUIRE(run(context, begun.value()->write("GET /beg", kPatience)));
    run(pause(50ms));

    std::thread rest([&] {
        std::this_thread::sleep_for(50ms);
        CHECK(run(context, begun.value()->write("un HTTP/1.1\r\nHost: h\r\n\r\n", kPatience)));
    });
    server.server().stop(10s);
    rest.join();

    CHECK(run(context, read_all(*idle.value())).empty());
    const auto answer = run(context, read_all(*busy.value()));
    CHECK(holds(answer, "GET /slow||"));
    CHECK(holds(answer, "Connection: close"));
    const auto late = run(context, read_all(*begun.value()));
    CHECK(holds(late, "GET /begun||"));
    CHECK(server.server().listener().connections() == 0);
}
