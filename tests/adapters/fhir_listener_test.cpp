#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "net/http_test_support.hpp"
#include "support/adapters.hpp"
#include "support/peers.hpp"
#include "support/temp_dir.hpp"
#include "support/tokens.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using test::Tcp;

namespace {

constexpr auto kSoon = 5000ms;
const std::string kBundle = R"({"resourceType":"Bundle","type":"message","id":"b1"})";

/// The head and body of a response.
struct Response {
    std::string head, body;
    int status() const { return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0; }
    std::string header(std::string_view name) const {
        for (const auto line : split(head, '\n')) {
            const auto colon = line.find(':');
            if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name))
                return std::string(trim(line.substr(colon + 1)));
        }
        return {};
    }
    bool has(std::string_view text) const { return body.find(text) != std::string::npos; }
    bool is_outcome(std::string_view code) const {
        return has("\"OperationOutcome\"") && has("\"code\":\"" + std::string(code) + "\"");
    }
};

Response receive(Tcp& connection) {
    const auto all = test::read_http(connection).value_or("");
    const auto end = all.find("\r\n\r\n");
    return end == std::string::npos ? Response{all, ""} : Response{all.substr(0, end + 2), all.substr(end + 4)};
}

std::string request(std::string_view method, std::string_view target, std::string_view headers,
                    std::string_view body = "") {
    return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
           (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + std::string(body);
}

constexpr std::string_view kJson = "Content-Type: application/fhir+json\r\n";

struct Echo final : FhirService {
    boost::asio::awaitable<FhirResponse> handle(FhirRequest got) override {
        last = std::move(got);
        co_return FhirResponse{200, R"({"resourceType":"Task"})", {{"ETag", "W/\"1\""}}};
    }
    FhirRequest last;
};

struct Line {
    explicit Line(std::string_view options = "port: 0\n", const std::filesystem::path& base = ".",
                  test::Resources resources = {})
        : channel("fhir_listener", options, base, &service, std::move(resources)),
          peer(Tcp::connect(channel.start().port())) {}

    Response exchange(const std::string& bytes) {
        REQUIRE(peer.send(bytes));
        return receive(peer);
    }
    Response post(std::string_view body = kBundle, std::string_view headers = kJson,
                  std::string_view target = "/fhir/$process-message") {
        return exchange(request("POST", target, headers, body));
    }
    bool closes() { return peer.is_closed(kSoon); }

    Echo service;
    test::Inbound channel;
    Tcp peer;
};

/// A listener that asks for tokens with the scope referral.write, each used once.
struct Guarded {
    Guarded() {
        dir.write("keys.json", issuer.jwks());
        start();
    }
    /// Ends the listener before, if there is one.
    void start() {
        line.reset();
        line.emplace(
            "port: 0\ntoken: {keys: keys.json, issuer: https://issuer, audience: https://causeway, "
            "required_scope: referral.write, single_use: true}\n",
            dir.path(), test::Resources{0, dir / "state"});
    }
    static std::string claims(std::string_view id, int seconds, std::string_view scope = "referral.write") {
        const auto now =
            std::chrono::duration_cast<std::chrono::seconds>(SystemClock().now().time_since_epoch()).count();
        return R"({"iss":"https://issuer","aud":"https://causeway","sub":"gp-system","jti":")" + std::string(id) +
               R"(","scope":")" + std::string(scope) + R"(","exp":)" + std::to_string(now + seconds) + "}";
    }
    Response post(const std::string& token) {
        const auto bearer = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
        return line->post(kBundle, std::string(kJson) + bearer);
    }

    test::TempDir dir;
    test::TokenIssuer issuer{"ES384"};
    std::optional<Line> line;
};

Finding finding(Issue issue) {
    Finding made;
    made.issue = issue;
    made.expression = "Bundle.entry[0]";
    made.text = "Something is missing.";
    return made;
}

}  // namespace

TEST_CASE("a message is handed over as it came; the answer names its journey") {
    Line line;
    const auto response = line.post();
    CHECK(response.status() == 200);
    CHECK(response.header("Content-Type").starts_with("application/fhir+json"));
    CHECK(response.is_outcome("informational"));
    REQUIRE(line.channel.intake.accepted().size() == 1);
    const auto taken = line.channel.intake.accepted()[0];
    CHECK(taken.body.reveal() == kBundle);
    CHECK(taken.media_type == kFhirJson);
    CHECK(taken.operation == "$process-message");
    CHECK(response.header("Location").starts_with("/fhir/Task/"));
    CHECK(response.has("\"diagnostics\":\"Task/"));
}

TEST_CASE("a Bundle posted to the base is a transaction") {
    Line line;
    CHECK(line.post(kBundle, kJson, "/fhir").status() == 200);
    CHECK(line.post(R"({"resourceType":"Bundle"})", kJson, "/fhir/").status() == 200);
    REQUIRE(line.channel.intake.accepted().size() == 2);
    CHECK(line.channel.intake.accepted()[0].operation == "transaction");
}

TEST_CASE("nothing is answered before the commit") {
    Line line;
    line.channel.intake.hold();
    REQUIRE(line.peer.send(request("POST", "/fhir/$process-message", kJson, kBundle)));
    CHECK_FALSE(line.peer.receive(150ms));
    line.channel.intake.release();
    CHECK(receive(line.peer).status() == 200);
}

TEST_CASE("the ids of a request are repeated in its answer, and handed on") {
    Line line;
    const auto response =
        line.post(kBundle, "Content-Type: application/fhir+json\r\nX-Request-Id: r-1\r\nX-Correlation-Id: c-1\r\n");
    CHECK(response.header("X-Request-Id") == "r-1");
    CHECK(response.header("X-Correlation-Id") == "c-1");
    CHECK(line.channel.intake.accepted().at(0).request_id == "r-1");
    CHECK(line.post("{", "Content-Type: application/fhir+json\r\nX-Request-Id: r-2\r\n").header("X-Request-Id") ==
          "r-2");
}

TEST_CASE("reads, searches and the capability statement go to the service") {
    Line line;
    const auto response = line.exchange(request("GET", "/fhir/Task/123?_format=json", ""));
    CHECK(response.status() == 200);
    CHECK(response.header("ETag") == "W/\"1\"");
    CHECK(response.header("Content-Type") == "application/fhir+json");
    CHECK(line.service.last.path == "Task/123");
    CHECK(line.service.last.query == "_format=json");

    CHECK(line.exchange(request("POST", "/fhir/Task/_search", "Content-Type: application/x-www-form-urlencoded\r\n",
                                "identifier=1"))
              .status() == 200);
    CHECK(line.service.last.method == "POST");
    CHECK(line.service.last.body == "identifier=1");
}

TEST_CASE("other methods and other places are refused") {
    Line line;
    const auto response = line.exchange(request("PUT", "/fhir/Task/1", kJson, "{}"));
    CHECK(response.status() == 405);
    CHECK(response.header("Allow") == "GET, POST");
    CHECK(line.exchange(request("GET", "/other", "")).status() == 404);
    CHECK(line.exchange(request("GET", "/fhirx", "")).status() == 404);
}

TEST_CASE("row 12: a duplicate gets the same answer, byte for byte") {
    Line line;
    const auto first = line.post();
    const auto second = line.post();
    CHECK(second.status() == 200);
    CHECK(second.body == first.body);
    CHECK(second.header("Location") == first.header("Location"));
    CHECK(line.channel.intake.accepted().size() == 1);
}

TEST_CASE("row 16 and 25: what cannot be stored is answered 503 with Retry-After") {
    Line line;
    line.channel.intake.fail_with(fail(Issue::no_store, "", "The disk is full.", Retry::later));
    const auto response = line.post();
    CHECK(response.status() == 503);
    CHECK(response.is_outcome("no-store"));
    CHECK_FALSE(response.header("Retry-After").empty());
}

TEST_CASE("row 17: malformed JSON, a duplicate key and depth over 64 are 400 structure with line and column") {
    Line line;
    for (const std::string& body :
         {std::string("{\n  \"resourceType\": \"Bundle\",\n  oops\n}"),
          std::string(R"({"resourceType":"Bundle","id":"a","id":"b"})"),
          std::string(R"({"resourceType":"Bundle","entry":)") + std::string(70, '[') + std::string(70, ']') + "}"}) {
        const auto response = line.post(body);
        CHECK(response.status() == 400);
        CHECK(response.is_outcome("structure"));
        CHECK(response.has("operationoutcome-issue-line"));
        CHECK(response.has("operationoutcome-issue-col"));
    }
    CHECK(line.channel.intake.accepted().empty());
    CHECK(line.channel.intake.refused().size() == 3);
}

TEST_CASE("row 18: XML with a DOCTYPE is 400 structure and kept as refused") {
    Line line;
    const std::string xml = R"(<!DOCTYPE Bundle [<!ENTITY x SYSTEM "file:///etc/passwd">]><Bundle>&x;</Bundle>)";
    const auto response = line.post(xml, "Content-Type: application/fhir+xml\r\n");
    CHECK(response.status() == 400);
    CHECK(response.is_outcome("structure"));
    CHECK_FALSE(response.has("root:"));
    CHECK(line.channel.intake.refused().size() == 1);
    CHECK(line.post(xml).status() == 400);
}

TEST_CASE("row 19: two lengths, a length with chunks, and bare LF are 400, and the connection is closed") {
    const std::string body = "5\r\n{    \r\n0\r\n\r\n";
    for (const std::string& head :
         {std::string("POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") +
              body,
          std::string("POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
          std::string("POST /fhir HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc")}) {
        Line line;
        const auto response = line.exchange(head);
        CHECK(response.status() == 400);
        CHECK(response.has("OperationOutcome"));
        CHECK(line.closes());
        CHECK(line.channel.intake.calls() == 0);
    }
}

TEST_CASE("XML is handed over as XML, and who asks for XML is answered so") {
    Line line;
    const auto response = line.post("<Bundle xmlns=\"http://hl7.org/fhir\"/>",
                                    "Content-Type: application/fhir+xml\r\nAccept: application/fhir+xml\r\n");
    CHECK(response.status() == 200);
    CHECK(line.channel.intake.accepted().at(0).media_type == kFhirXml);
    CHECK(response.header("Content-Type") == "application/fhir+xml");
    CHECK(response.has("<OperationOutcome xmlns=\"http://hl7.org/fhir\"><issue>"));
    CHECK(response.has("<severity value=\"information\"/>"));
    const auto by_weight =
        line.post(kBundle, std::string(kJson) + "Accept: text/html, application/fhir+xml;q=0.9, */*;q=0.8\r\n");
    CHECK(by_weight.has("<OperationOutcome"));
}

TEST_CASE("$validate goes to the service with its query, format and channel") {
    Line line;
    const auto answer = line.exchange(request("POST", "/fhir/Patient/$validate?profile=x",
                                              "Content-Type: application/fhir+xml\r\nAccept: application/fhir+xml\r\n",
                                              "<Patient xmlns=\"http://hl7.org/fhir\"/>"));
    CHECK(answer.status() == 200);
    CHECK(line.service.last.path == "Patient/$validate");
    CHECK(line.service.last.query == "profile=x");
    CHECK(line.service.last.wants_xml);
    CHECK_FALSE(line.service.last.channel.empty());
}

TEST_CASE("row 20: a wrong Content-Type is 415, a wrong Accept 406; both are kept as refused") {
    Line line;
    for (const auto* type :
         {"Content-Type: text/plain\r\n", "", "Content-Type: application/fhir+xml; fhirVersion=3.0\r\n",
          "Content-Type: application/fhir+json; charset=iso-8859-1\r\n",
          "Content-Type: application/fhir+json; fhirVersion=3.0\r\n"}) {
        const auto response = line.post(kBundle, type);
        CHECK(response.status() == 415);
        CHECK(response.is_outcome("not-supported"));
    }
    const auto response = line.post(kBundle, std::string(kJson) + "Accept: text/turtle\r\n");
    CHECK(response.status() == 406);
    CHECK(response.is_outcome("not-supported"));
    CHECK(line.channel.intake.accepted().empty());
    CHECK(line.channel.intake.refused().size() == 6);
    CHECK(line.exchange(request("GET", "/fhir/Task/1?_format=ttl", "")).status() == 406);
}

TEST_CASE("row 20: the usual spellings are taken") {
    int number = 0;
    for (const auto* headers :
         {"Content-Type: application/json\r\n", "Content-Type: Application/FHIR+JSON;charset=UTF-8\r\n",
          "Content-Type: application/fhir+json; fhirVersion=4.0\r\nAccept: application/fhir+json;fhirVersion=4.0\r\n",
          "Content-Type: application/fhir+json\r\nAccept: text/html, */*;q=0.1\r\n"}) {
        Line line;
        CHECK(line.post(R"({"resourceType":"Bundle","id":"n)" + std::to_string(++number) + "\"}", headers).status() ==
              200);
    }
}

TEST_CASE("row 21: a body that unpacks to over a hundred times its size is 413 too-costly") {
    Line line;

    const auto packed = test::gzip(std::string(10'000'000, ' '));
    const auto response = line.post(packed, std::string(kJson) + "Content-Encoding: gzip\r\n");
    CHECK(response.status() == 413);
    CHECK(response.is_outcome("too-costly"));
    CHECK(line.closes());
    CHECK(line.channel.intake.calls() == 0);
}

TEST_CASE("row 21: a body over the limit is 413, and the connection is closed") {
    Line line("port: 0\nmax_body: 1000B\n");
    const auto response = line.post(std::string(5000, ' '));
    CHECK(response.status() == 413);
    CHECK(response.is_outcome("too-long"));
    CHECK(line.closes());
    CHECK(line.channel.intake.calls() == 0);
}

TEST_CASE("row 22: no token, a stranger's, an expired one, alg none and a replayed one are 401") {
    Guarded guarded;
    const auto good = guarded.issuer.token(guarded.claims("j1", 300));
    const auto stranger = test::TokenIssuer("ES384").token(guarded.claims("j2", 300));
    const auto expired = guarded.issuer.token(guarded.claims("j3", -300));
    const auto none = test::base64url(R"({"alg":"none"})") + "." + test::base64url(guarded.claims("j4", 300)) + ".";

    CHECK(guarded.post(good).status() == 200);
    CHECK(guarded.line->channel.intake.accepted().at(0).sender == "gp-system");
    for (const auto& token : {std::string(), stranger, none, good}) {
        const auto response = guarded.post(token);
        CHECK(response.status() == 401);
        CHECK(response.is_outcome("login"));
        CHECK(response.header("WWW-Authenticate").starts_with("Bearer"));
    }
    const auto response = guarded.post(expired);
    CHECK(response.status() == 401);
    CHECK(response.is_outcome("expired"));
    CHECK(guarded.line->channel.intake.calls() == 1);
}

TEST_CASE("a token that was used counts no more after a restart either") {
    Guarded guarded;
    const auto token = guarded.issuer.token(Guarded::claims("j1", 300));
    CHECK(guarded.post(token).status() == 200);
    guarded.start();
    CHECK(guarded.post(token).status() == 401);
    CHECK(guarded.post(guarded.issuer.token(Guarded::claims("j2", 300))).status() == 200);
}

TEST_CASE("row 22: a stranger is answered before it has sent a long body, and closed") {
    Guarded guarded;
    for (const auto* length : {"Content-Length: 50000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
        CAPTURE(length);
        auto peer = Tcp::connect(guarded.line->channel.port());
        REQUIRE(peer.send(
            request("POST", "/fhir/$process-message", std::string(kJson) + "X-Request-Id: r-1\r\n" + length)));
        const auto head = peer.receive_until("\r\n\r\n", kSoon);
        CHECK(head.starts_with("HTTP/1.1 401"));
        CHECK(head.find("X-Request-Id: r-1\r\n") != std::string::npos);
        CHECK(head.find("Connection: close\r\n") != std::string::npos);
    }
    CHECK(guarded.line->channel.intake.calls() == 0);
}

TEST_CASE("a long body of a client that is known is taken, with a token that counts once") {
    Guarded guarded;
    const auto token = guarded.issuer.token(guarded.claims("j1", 300));
    const auto bearer = std::string(kJson) + "Authorization: Bearer " + token + "\r\n";
    const auto body = R"({"resourceType":"Bundle","id":")" + std::string(100'000, 'x') + "\"}";
    CHECK(guarded.line->post(body, bearer).status() == 200);
    CHECK(guarded.line->channel.intake.accepted().at(0).sender == "gp-system");
    CHECK(guarded.line->post(body, bearer).status() == 401);
    CHECK(guarded.line->channel.intake.calls() == 1);
}

TEST_CASE("row 23: a token without the scope is 403") {
    Guarded guarded;
    const auto response = guarded.post(guarded.issuer.token(guarded.claims("j1", 300, "letter.read")));
    CHECK(response.status() == 403);
    CHECK(response.is_outcome("forbidden"));
    CHECK(guarded.line->channel.intake.calls() == 0);
}

TEST_CASE("row 23: a client that the channel does not know is 403") {
    Line line("port: 0\nclients: [somebody]\n");
    const auto response = line.post();
    CHECK(response.status() == 403);
    CHECK(response.is_outcome("forbidden"));
    CHECK(line.channel.intake.calls() == 0);
}

TEST_CASE("row 24: a refusal by a rule has intake's status, place and words") {
    Line line;
    line.channel.intake.refuse_with(finding(Issue::required), 422);
    const auto response = line.post();
    CHECK(response.status() == 422);
    CHECK(response.is_outcome("required"));
    CHECK(response.has("Bundle.entry[0]"));
    CHECK(response.header("Location").empty());
}

TEST_CASE("row 25: over the rate a client is answered 429 with Retry-After") {
    Line line("port: 0\nrate: 1\n");
    int refused = 0;
    Response last;
    for (int i = 0; i < 5; ++i) {
        auto response = line.exchange(request("GET", "/fhir/metadata", ""));
        if (response.status() != 429) continue;
        ++refused;
        last = response;
    }
    CHECK(refused >= 2);
    CHECK(last.is_outcome("throttled"));
    CHECK_FALSE(last.header("Retry-After").empty());
}

TEST_CASE("a stop lets the request in flight be answered") {
    Line line;
    line.channel.intake.hold();
    REQUIRE(line.peer.send(request("POST", "/fhir", kJson, kBundle)));
    REQUIRE(test::eventually([&] { return line.channel.intake.calls() == 1; }));
    auto stopped = line.channel.background.start(line.channel.adapter().stop(5s));
    std::this_thread::sleep_for(50ms);
    line.channel.intake.release();
    CHECK(receive(line.peer).status() == 200);
    REQUIRE(stopped.wait_for(5s) == std::future_status::ready);
}

TEST_CASE("a listener for others needs a certificate or token check") {
    const auto& spec = test::adapter_named("fhir_listener");
    CHECK_FALSE(spec.exposed(test::settings(spec, "port: 0\n")));
    CHECK(spec.exposed(test::settings(spec, "port: 0\nhost: 0.0.0.0\n")));
}
