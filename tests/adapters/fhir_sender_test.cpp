#include <doctest/doctest.h>

#include <string>

#include "support/adapters.hpp"
#include "support/certificates.hpp"
#include "support/peers.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using Outcome = Receipt::Outcome;
using test::http_response;
using test::Reply;

namespace {

const std::string kBundle = R"({"resourceType":"Bundle","type":"document"})";

Delivery delivery(std::string obligation = "O1") {
    Delivery made;
    made.obligation = std::move(obligation);
    made.message = "M1";
    made.media_type = kFhirJson;
    made.payload = Payload(kBundle);
    return made;
}

std::string url_of(const test::Peer& peer) {
    return "http://127.0.0.1:" + std::to_string(peer.port()) + "/fhir";
}

struct Line {
    explicit Line(test::Peer::Answer answer, std::string_view options = "", const std::filesystem::path& base = ".")
        : peer(test::read_http, std::move(answer)),
          sender("fhir_sender", "url: " + url_of(peer) + "\n" + std::string(options), base) {}

    test::Peer peer;
    test::Outbound sender;
};

test::Peer::Answer always(int status, std::string body = "{}", std::string headers = "") {
    return [=](const std::string&) { return Reply{http_response(status, body, headers)}; };
}

std::string header_of(const std::string& request, std::string_view name) {
    for (const auto line : split(request, '\n')) {
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name))
            return std::string(trim(line.substr(colon + 1)));
    }
    return {};
}

}  // namespace

TEST_CASE("a bundle is posted with its media type and ids that stay the same in every attempt") {
    Line line(always(200, R"({"resourceType":"Bundle"})"), "path: $process-message\n");
    const auto receipt = line.sender.deliver(delivery()).value();
    CHECK(receipt.outcome == Outcome::confirmed);
    CHECK(receipt.detail == "HTTP 200");
    CHECK(receipt.answer.reveal() == R"({"resourceType":"Bundle"})");
    REQUIRE(line.sender.deliver(delivery()).has_value());
    const auto requests = line.peer.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].starts_with("POST /fhir/$process-message HTTP/1.1\r\n"));
    CHECK(requests[0].ends_with(kBundle));
    CHECK(header_of(requests[0], "Content-Type") == "application/fhir+json");
    CHECK(header_of(requests[0], "X-Request-Id").size() == 36);
    CHECK(header_of(requests[0], "X-Correlation-Id").size() == 36);
    CHECK(header_of(requests[0], "X-Request-Id") == header_of(requests[1], "X-Request-Id"));
    CHECK(line.peer.connections() == 1);
}

TEST_CASE("every 2xx confirms") {
    for (const int status : {200, 201, 202})
        CHECK(Line(always(status)).sender.deliver(delivery()).value().outcome == Outcome::confirmed);
}

TEST_CASE("an answer that refuses what HTTP took is never counted as delivered") {
    const auto outcome = [](std::string_view severity) {
        return R"({"resourceType":"OperationOutcome","issue":[{"severity":")" + std::string(severity) +
               R"(","code":"required","diagnostics":"Miss Test has no postcode"}]})";
    };
    const auto message = [](std::string_view code) {
        return R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader",)"
               R"("response":{"identifier":"1","code":")" +
               std::string(code) + R"("}}}]})";
    };
    const auto batch = [](std::string_view status) {
        return R"({"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"201 Created"}},)"
               R"({"response":{"status":")" +
               std::string(status) + R"("}}]})";
    };
    const struct {
        std::string answer, detail;
        Outcome outcome;
        bool transient = false;
    } cases[] = {
        {outcome("information"), "HTTP 200", Outcome::confirmed},
        {outcome("warning"), "HTTP 200", Outcome::confirmed},
        {outcome("error"), "HTTP 200 required", Outcome::refused},
        {outcome("fatal"), "HTTP 200 required", Outcome::refused},
        {message("ok"), "HTTP 200", Outcome::confirmed},
        {message("fatal-error"), "HTTP 200, response fatal-error", Outcome::refused},
        {message("transient-error"), "HTTP 200, response transient-error", Outcome::refused, true},
        {batch("304"), "HTTP 200", Outcome::confirmed},
        {batch("409 Miss Test"), "HTTP 200, entry 2: 409", Outcome::refused},
        {batch("Miss Test"), "HTTP 200, entry 2 failed", Outcome::refused},
        {"resourceType", "HTTP 200", Outcome::confirmed},
        {R"(<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="value"/></issue>)"
         "</OperationOutcome>",
         "HTTP 200 value", Outcome::refused},
    };
    for (const auto& c : cases) {
        CAPTURE(c.answer);
        const auto receipt = Line(always(200, c.answer)).sender.deliver(delivery()).value();
        CHECK(receipt.outcome == c.outcome);
        CHECK(receipt.detail == c.detail);
        CHECK(receipt.transient == c.transient);
        CHECK(receipt.answer.reveal() == c.answer);
    }
}

TEST_CASE("401, 408, 429, 502, 503 and 504 refuse for now, with the pause that the peer asks for") {
    for (const int status : {401, 408, 429, 502, 503, 504}) {
        Line line(always(status, "", "Retry-After: 7\r\n"));
        const auto receipt = line.sender.deliver(delivery()).value();
        CHECK(receipt.outcome == Outcome::refused);
        CHECK(receipt.transient);
        CHECK(receipt.retry_after == 7s);
    }
}

TEST_CASE("any other status refuses; the detail has the issue codes and never the text") {
    const std::string outcome =
        R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required",)"
        R"("details":{"text":"Miss Test has no postcode"}},{"severity":"error","code":"Miss Test"}]})";
    Line line(always(422, outcome));
    const auto receipt = line.sender.deliver(delivery()).value();
    CHECK(receipt.outcome == Outcome::refused);
    CHECK_FALSE(receipt.transient);
    CHECK(receipt.detail == "HTTP 422 processing,required");
    for (const int status : {302, 400, 403, 404, 409, 500})
        CHECK(Line(always(status)).sender.deliver(delivery()).value().detail == "HTTP " + std::to_string(status));
}

TEST_CASE("it says whether each organisation has an address of its own") {
    const auto& spec = test::adapter_named("fhir_sender");
    CHECK(spec.by_organisation(test::settings(spec, "url: directory\n")));
    CHECK_FALSE(spec.by_organisation(test::settings(spec, "url: https://pas/fhir\n")));
}

TEST_CASE("the directory's address is used, and its absence is an error") {
    test::Peer peer(test::read_http, always(200));
    test::Outbound sender("fhir_sender", "url: directory\n");
    CHECK(sender.deliver(delivery()).has_error());
    auto addressed = delivery();
    addressed.address = url_of(peer) + "/R4/";
    CHECK(sender.deliver(addressed).value().outcome == Outcome::confirmed);
    REQUIRE(peer.requests().size() == 1);
    CHECK(peer.requests()[0].starts_with("POST /fhir/R4 HTTP/1.1\r\n"));
}

TEST_CASE("the token is read from its file for each attempt") {
    const test::TempDir dir;
    dir.write("token", "one\n");
    Line line(always(200), "token: file:token\n", dir.path());
    REQUIRE(line.sender.deliver(delivery()).has_value());
    dir.write("token", "two\n");
    REQUIRE(line.sender.deliver(delivery()).has_value());
    CHECK(header_of(line.peer.requests()[0], "Authorization") == "Bearer one");
    CHECK(header_of(line.peer.requests()[1], "Authorization") == "Bearer two");
}

TEST_CASE("nobody listens: nothing was sent, and a later attempt may work") {
    std::uint16_t port = 0;
    { port = test::TcpServer().port(); }
    test::Outbound sender("fhir_sender", "url: http://127.0.0.1:" + std::to_string(port) + "/fhir\n");
    const auto receipt = sender.deliver(delivery());
    REQUIRE(receipt.has_error());
    CHECK(receipt.error().retry == Retry::later);
}

TEST_CASE("a connection that ends, or stays silent, after the request leaves the outcome unknown") {
    Line closing([](const std::string&) { return Reply{"", true}; });
    CHECK(closing.sender.deliver(delivery()).value().outcome == Outcome::unknown);
    Line half([](const std::string&) { return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", true}; });
    CHECK(half.sender.deliver(delivery()).value().outcome == Outcome::unknown);
    Line silent([](const std::string&) { return Reply{}; }, "answer_limit: 200ms\n");
    CHECK(silent.sender.deliver(delivery()).value().outcome == Outcome::unknown);
}

TEST_CASE("an answer that cannot be read leaves the outcome unknown, and the detail says why") {
    const auto detail = [](std::string answer, std::string_view options = "") {
        Line line([answer](const std::string&) { return Reply{answer, true}; }, options);
        const auto receipt = line.sender.deliver(delivery()).value();
        CHECK(receipt.outcome == Outcome::unknown);
        return receipt.detail;
    };
    CHECK(detail("") == "the connection failed before the answer");
    CHECK(detail("SSH-2.0-peer\r\n\r\n") == "the answer is not HTTP");
    CHECK(detail(http_response(200, std::string(2000, 'x')), "max_answer: 1KB\n") ==
          "the answer is longer than max_answer");
}

TEST_CASE("an answer that nobody asked for is never credited to the next request") {
    bool first = true;
    Line line([&](const std::string&) {
        const auto refusal = http_response(422, "{}");
        return Reply{std::exchange(first, false) ? http_response(200, "{}") + http_response(200, "{}") : refusal};
    });
    CHECK(line.sender.deliver(delivery("O1")).value().outcome == Outcome::confirmed);
    std::this_thread::sleep_for(50ms);
    CHECK(line.sender.deliver(delivery("O2")).value().outcome == Outcome::refused);
}

TEST_CASE("an address that cannot be sent to is said when the sender is made") {
    for (const auto* url : {"practice", "ftp://practice/fhir", "https://practice/fhir?x=y"}) {
        CAPTURE(url);
        CHECK_THROWS(test::Outbound("fhir_sender", "url: \"" + std::string(url) + "\"\n"));
    }
}

TEST_CASE("http with tls is a mistake, and http to another machine is warned of") {
    CHECK_THROWS(test::Outbound("fhir_sender", "url: http://pas/fhir\ntls: {}\n"));
    const auto& spec = test::adapter_named("fhir_sender");
    CHECK_FALSE(spec.advice(test::settings(spec, "url: http://pas/fhir\n")).empty());
    for (const auto* url : {"http://127.0.0.1:8080/fhir", "https://pas/fhir", "directory"}) {
        CAPTURE(url);
        CHECK(spec.advice(test::settings(spec, "url: " + std::string(url) + "\n")).empty());
    }
}

TEST_CASE("https without further settings trusts the machine's own authorities, and not a stranger's") {
    test::Authority authority;
    const auto own = authority.server();
    test::Inbound listener("fhir_listener", "port: 0\ntls: {certificate: " + own.certificate.string() +
                                                ", key: " + own.key.string() + "}\n");
    const auto url = "url: " + listener.start().address() + "\n";
    test::Outbound stranger("fhir_sender", url);
    CHECK(stranger.deliver(delivery()).has_error());
    test::Outbound trusting("fhir_sender", url + "tls: {ca: " + authority.file().string() + "}\n");
    CHECK(trusting.deliver(delivery()).value().outcome == Outcome::confirmed);
    CHECK(listener.intake.accepted().size() == 1);
}
