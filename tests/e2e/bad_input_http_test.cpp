/// Rows 17 to 25 of the table "Bad input and its answer": FHIR over HTTP.
#include <doctest/doctest.h>
#include <zlib.h>

#include "bad_input_world.hpp"
#include "support/engine_fixture.hpp"
#include "support/tokens.hpp"

namespace causeway::test {
namespace {

constexpr auto kMessages = "/fhir/$process-message";

/// A referral with the canary as its patient's name.
std::string referral(const Referral& r = {}) {
    auto text = json(r);
    const std::string name = "TESTPATIENT";
    text.replace(text.find(name), name.size(), kCanary);
    return text;
}

Finding first_issue(const HttpAnswer& answer) {
    const auto outcome = outcome_from_json(answer.body);
    return outcome.issues.empty() ? Finding{} : outcome.issues.front();
}

/// Status and issue in one line: "400 structure".
std::string heard(const HttpAnswer& answer) {
    return std::to_string(answer.status) + ' ' + std::string(to_code(first_issue(answer).issue));
}

/// One refused message: what the sender hears, and that it is kept byte for byte.
Finding check_refused(const std::string& body, const std::string& expected, const std::string& headers = {}) {
    CAPTURE(expected);
    World world;
    const auto answer = world.http(post(kMessages, body, headers));
    CHECK(heard(answer) == expected);
    CHECK(answer.header("Content-Type").starts_with("application/fhir+json"));
    CHECK_FALSE(answer.closed);
    CHECK(world.delivered().empty());
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "refused");
    CHECK(stored.front().message.body.reveal() == body);
    CHECK(stored.front().http_status == answer.status);
    return first_issue(answer);
}

void check_place(const Finding& finding, std::uint32_t line, std::uint32_t column) {
    CHECK(finding.line == line);
    CHECK(finding.column == column);
}

/// What breaks off before there is a whole message: answered and closed, with nothing to store.
void check_cut(const std::string& bytes, const std::string& expected, const std::string& channel = {}) {
    CAPTURE(expected);
    World world({}, channel);
    const auto answer = world.http(bytes);
    CHECK(heard(answer) == expected);
    CHECK(answer.closed);
    CHECK(world.stop().empty());
}

std::string gzip(const std::string& text) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&z, text.size()), '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

/// A FHIR channel that asks for tokens of two issuers' keys.
class Tokens {
public:
    explicit Tokens(const std::string& more = {}, const std::string& channel = {})
        : world_({},
                 "token:\n  keys: keys.json\n  issuer: https://issuer.example\n  audience: causeway\n" + more + channel,
                 {}, {{"keys.json", "{\"keys\":[" + es_.jwk() + "," + rs_.jwk() + "]}"}}) {}

    /// Claims that hold, but for the time from now to their end.
    static std::string claims(const std::string& id, int seconds = 300, const std::string& scope = "referral.write") {
        return R"({"iss":"https://issuer.example","aud":"causeway","sub":"gp-system","scope":")" + scope +
               R"(","jti":")" + id + R"(","exp":)" + std::to_string(std::time(nullptr) + seconds) + "}";
    }
    HttpAnswer send(const std::string& token, const Referral& r = {}) {
        const auto headers = token.empty() ? token : "Authorization: Bearer " + token + "\r\n";
        return world_.http(post(kMessages, referral(r), headers));
    }
    const TokenIssuer& es() const { return es_; }
    const TokenIssuer& rs() const { return rs_; }
    World& world() { return world_; }

private:
    TokenIssuer es_{"ES384", "es"}, rs_{"RS384", "rs"};
    World world_;
};

TEST_CASE("row 17: malformed JSON, a duplicate key and depth over 64 are answered 400 structure with line and column") {
    check_place(check_refused("{\"resourceType\":\"Bundle\",\n  \"id\": " + kCanary + "\n}", "400 structure"), 2, 9);
    check_place(
        check_refused("{\"resourceType\":\"Bundle\",\n\"id\":\"a\",\n  \"id\":\"" + kCanary + "\"}", "400 structure"),
        3, 8);  // The value that repeats the name.
    std::string deep = "{\"resourceType\":\"Bundle\",\n";
    for (int depth = 1; depth <= 64; ++depth) deep += "\"a\":{";
    const auto end = "\"a\":\"" + kCanary + '"' + std::string(65, '}');
    check_place(check_refused(deep + end, "400 structure"), 2, 64 * 5);
    check_place(check_refused("", "400 structure"), 1, 1);
    check_place(check_refused(referral().substr(0, 40), "400 structure"), 1, 40);  // The text that never ends.
}

TEST_CASE("row 18: XML with a DOCTYPE is answered 400 structure, and XML that is no referral 422") {
    const auto xml =
        "<Patient xmlns=\"http://hl7.org/fhir\"><name><family value=\"" + kCanary + "\"/></name></Patient>";
    const std::string doctype = "<!DOCTYPE Patient SYSTEM \"http://127.0.0.1:9/x.dtd\">";
    const std::string type = "Content-Type: application/fhir+xml\r\n";
    check_refused(doctype + xml, "400 structure", type);
    check_refused("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"" + kCanary + "\">]>" + xml, "400 structure",
                  "Content-Type: text/xml\r\n");
    check_refused(xml, "422 structure", type);
}

TEST_CASE("row 19: a request whose end can be read in two ways is answered 400, and the connection is closed") {
    const std::string head = "POST /fhir/$process-message HTTP/1.1\r\nHost: localhost\r\nX-Name: " + kCanary + "\r\n";
    check_cut(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "400 structure");
    check_cut(head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", "400 structure");
    check_cut(head + "Content-Length: 2, 2\r\n\r\n{}", "400 structure");
    check_cut("POST /fhir/$process-message HTTP/1.1\nHost: localhost\nContent-Length: 2\n\n{}", "400 structure");
}

TEST_CASE("row 20: a wrong Content-Type is answered 415, a wrong Accept 406") {
    check_refused(referral(), "415 not-supported", "Content-Type: text/plain\r\n");
    check_refused(referral(), "415 not-supported", "Content-Type: application/fhir+json; charset=utf-16\r\n");
    check_refused(referral(), "406 not-supported", "Accept: text/turtle\r\n");
}

TEST_CASE("row 21: a body over the limit is answered 413 too-long, a gzip bomb 413 too-costly, and both are closed") {
    const auto large = "{\"resourceType\":\"" + kCanary + "\"," + std::string(200'000, ' ') + '}';
    check_cut(post(kMessages, large), "413 too-long", "max_body: 64KB\n");
    const auto chunked =
        "POST /fhir/$process-message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n20000\r\n" +
        std::string(0x20000, ' ') + "\r\n0\r\n\r\n";
    check_cut(chunked, "413 too-long", "max_body: 64KB\n");
    check_cut(post(kMessages, gzip(std::string(4'000'000, ' ')), "Content-Encoding: gzip\r\n"), "413 too-costly");
}

TEST_CASE("row 22: no token, a forged, unsigned, expired or replayed one is answered 401 login or expired") {
    Tokens sender("  leeway: 0s\n  single_use: true\n");
    const auto none = sender.send("");
    CHECK(heard(none) == "401 login");
    CHECK(none.header("WWW-Authenticate").starts_with("Bearer"));
    CHECK(heard(sender.send("not-a-token")) == "401 login");
    for (const auto* issuer : {&sender.es(), &sender.rs()}) {
        CHECK(heard(sender.send(issuer->token(Tokens::claims("old", -10)))) == "401 expired");
        const auto unsigned_token = base64url(R"({"alg":"none"})") + '.' + base64url(Tokens::claims("none")) + '.';
        CHECK(heard(sender.send(unsigned_token)) == "401 login");
        CHECK(heard(sender.send(issuer->token(R"({"alg":"none"})", Tokens::claims("none")))) == "401 login");
        auto forged = issuer->token(Tokens::claims("forged"));
        forged[forged.size() - 20] = forged[forged.size() - 20] == 'A' ? 'B' : 'A';
        CHECK(heard(sender.send(forged)) == "401 login");
    }
    CHECK(heard(sender.send(TokenIssuer("ES384", "es").token(Tokens::claims("stranger")))) == "401 login");
    CHECK(sender.world().delivered().empty());

    const auto es = sender.es().token(Tokens::claims("once-es")), rs = sender.rs().token(Tokens::claims("once-rs"));
    CHECK(sender.send(es, {.id = "b1"}).status == 200);
    CHECK(sender.send(rs, {.id = "b2", .ubrn = "000049070006"}).status == 200);
    CHECK(heard(sender.send(es, {.id = "b3"})) == "401 login");
    CHECK(heard(sender.send(rs, {.id = "b3"})) == "401 login");
    CHECK(dispositions(sender.world().stop()) == "accepted accepted");
}

TEST_CASE("row 23: a wrong scope, and a client that may not use the channel, are answered 403 forbidden") {
    Tokens scope("  required_scope: referral.write\n");
    const auto answer = scope.send(scope.es().token(Tokens::claims("a", 300, "document.read")));
    CHECK(heard(answer) == "403 forbidden");
    CHECK(answer.header("WWW-Authenticate").find("insufficient_scope") != std::string::npos);
    CHECK(scope.world().stop().empty());

    Tokens channel({}, "clients: [another-system]\n");
    CHECK(heard(channel.send(channel.rs().token(Tokens::claims("b")))) == "403 forbidden");
    CHECK(channel.world().stop().empty());
}

TEST_CASE("row 24: what breaks a profile or a pathway rule is answered 422 with an expression") {
    auto no_subject = referral();
    const std::string subject = R"("subject":{"reference":"urn:uuid:5d4f1c20-0503-4c63-9f2a-0a1b2c3d4e5f"},)";
    no_subject.erase(no_subject.find(subject), subject.size());
    CHECK_FALSE(check_refused(no_subject, "422 required").expression.empty());

    auto no_date = referral();
    no_date.replace(no_date.find("1966-09-09"), 10, "09/09/1966");
    // In FHIR's hierarchy of issue types `value` is a kind of `invalid`.
    CHECK(check_refused(no_date, "422 value").expression.ends_with("birthDate"));

    const auto incomplete = check_refused(referral({.reason = ""}), "422 required");
    CHECK(incomplete.expression.ends_with("reasonCode"));
    CHECK(incomplete.rule.find("complete-reason") != std::string::npos);
    const auto excluded = check_refused(referral({.reason = R"([{"text":"Maternity"}])"}), "422 business-rule");
    CHECK(excluded.expression == "Bundle.entry[1].resource.reasonCode[0]");
    CHECK(excluded.rule.find("exclusion-maternity") != std::string::npos);
}

TEST_CASE("row 25: over the rate the answer is 429 throttled, without a store 503 no-store, both with Retry-After") {
    World limited({}, "rate: 1\n");
    HttpAnswer last;
    const auto body = "{\"resourceType\":\"" + kCanary + "\"}";
    for (int i = 0; i < 10 && last.status != 429; ++i) last = limited.http(post(kMessages, body));
    CHECK(heard(last) == "429 throttled");
    CHECK(std::stoi(last.header("Retry-After")) >= 1);
    limited.stop();

    World full({}, {}, "min_free_disk: 900000GB\n");
    for (const auto& sent : {referral(), std::string("{")}) {
        const auto answer = full.http(post(kMessages, sent));
        CHECK(heard(answer) == "503 no-store");
        CHECK(std::stoi("0" + answer.header("Retry-After")) >= 1);
    }
    CHECK(full.stop().empty());
}

}  // namespace
}  // namespace causeway::test
