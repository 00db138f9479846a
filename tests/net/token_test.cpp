#include "net/token.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <openssl/hmac.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <optional>
#include <thread>

#include "support/result.hpp"
#include "support/settings.hpp"
#include "support/temp_dir.hpp"
#include "support/tokens.hpp"

using namespace causeway;
using namespace causeway::test;
using namespace std::chrono_literals;
using net::TokenRules;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
const Instant kInstant{std::chrono::seconds(kNow)};

/// Key pairs are costly: one of each for all cases.
const TokenIssuer& rsa() {
    static const TokenIssuer issuer("RS384", "rsa-1");
    return issuer;
}
const TokenIssuer& ec() {
    static const TokenIssuer issuer("ES384", "ec-1");
    return issuer;
}
const TokenIssuer& stranger() {
    static const TokenIssuer issuer("ES384", "ec-1");
    return issuer;
}

std::string in(std::int64_t seconds) {
    return std::to_string(kNow + seconds);
}

/// Good claims, then `more`.
std::string claims(const std::string& more = "", const std::string& exp = in(300)) {
    return R"({"iss":"https://issuer","aud":"https://causeway","sub":"gp-system","jti":"j1","exp":)" + exp + more + "}";
}

class Checker {
public:
    explicit Checker(TokenRules rules = {}, std::string jwks = R"({"keys":[)" + rsa().jwk() + "," + ec().jwk() + "]}") {
        rules.keys = dir_.write("keys.json", jwks);
        rules.issuer = "https://issuer";
        rules.audience = "https://causeway";
        checker_ = net::make_token_checker(rules).value();
    }

    Result<net::TokenClaims> operator()(const std::string& token, Instant now = kInstant) const {
        return checker_->check("Bearer " + token, now);
    }
    net::TokenChecker& raw() const { return *checker_; }
    const TempDir& dir() const { return dir_; }

private:
    TempDir dir_;
    std::shared_ptr<net::TokenChecker> checker_;
};

Issue issue_of(const Result<net::TokenClaims>& result) {
    return result.has_error() ? result.error().issue : Issue::informational;
}

Error load_error(const std::string& jwks) {
    const TempDir dir;
    TokenRules rules;
    rules.keys = dir.write("keys.json", jwks);
    const auto made = net::make_token_checker(rules);
    REQUIRE(made.has_error());
    CHECK(made.error().where == rules.keys.string());
    return made.error();
}

/// A token signed with HMAC under what an attacker knows: the public key.
std::string confused(const std::string& secret) {
    const std::string body = base64url(R"({"alg":"HS384","kid":"rsa-1"})") + "." + base64url(claims());
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha384(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac, &size);
    return body + "." + base64url({reinterpret_cast<const char*>(mac), size});
}

}  // namespace

TEST_CASE("token: while a use waits for the disk the thread that asked goes on") {
    const TempDir dir;
    TokenRules rules;
    rules.single_use = true;
    rules.used = dir / "tokens";
    const Checker check(rules);
    std::filesystem::path list;
    for (const auto& entry : std::filesystem::directory_iterator(dir / "tokens"))
        if (entry.path().extension() == ".lock") list = entry.path();
    const int busy = ::open(list.c_str(), O_RDWR);  // As another engine that writes into the list.
    REQUIRE(::flock(busy, LOCK_EX) == 0);

    boost::asio::io_context thread;
    std::optional<Result<net::TokenClaims>> answer;
    auto asked = check.raw().check_apart("Bearer " + rsa().token(claims()), kInstant);
    boost::asio::co_spawn(thread, std::move(asked),
                          [&](std::exception_ptr, Result<net::TokenClaims> claims) { answer = std::move(claims); });
    bool went_on = false;
    boost::asio::post(thread, [&] {
        went_on = !answer;
        ::flock(busy, LOCK_UN);
    });
    thread.run();
    ::close(busy);
    CHECK(went_on);
    REQUIRE(answer);
    CHECK(answer->has_value());
    CHECK(issue_of(check(rsa().token(claims()))) == Issue::login);
}

TEST_CASE("token: RS384 and ES384 tokens of the configured keys give their claims") {
    const Checker check;
    for (const auto* issuer : {&rsa(), &ec()}) {
        const auto read = check(issuer->token(claims(R"(,"scope":"referral.write  letter.read")")));
        REQUIRE(read);
        CHECK(read.value().client == "gp-system");
        CHECK(read.value().id == "j1");
        CHECK(read.value().scopes == std::vector<std::string>{"referral.write", "letter.read"});
        CHECK(read.value().expires_at == kInstant + 300s);
    }
    CHECK(check(ec().token(claims(R"(,"client_id":"c-7")"))).value().client == "c-7");
    CHECK(check.raw().check("bearer " + ec().token(claims()), kInstant));
}

TEST_CASE("token: without a kid every key of the algorithm is tried, with one only that key") {
    const Checker check;
    CHECK(check(ec().token(R"({"alg":"ES384"})", claims())));
    CHECK(issue_of(check(ec().token(R"({"alg":"ES384","kid":"rsa-1"})", claims()))) == Issue::login);
    CHECK(issue_of(check(ec().token(R"({"alg":"ES384","kid":"ec-2"})", claims()))) == Issue::login);
    CHECK(issue_of(check(ec().token(R"({"alg":"ES384","kid":7})", claims()))) == Issue::login);
}

TEST_CASE("token: what is not signed by a known key with an allowed algorithm is refused") {
    const Checker check;
    const std::string good = ec().token(claims());
    const auto last_dot = good.rfind('.');
    const std::string body = good.substr(0, last_dot);
    const std::string none = base64url(R"({"alg":"none"})") + "." + base64url(claims());
    const std::string other_claims =
        base64url(R"({"alg":"ES384","kid":"ec-1"})") + "." + base64url(claims(R"(,"x":1)"));
    const struct {
        const char* name;
        std::string token;
    } cases[] = {
        {"nothing", ""},
        {"no JWT", "secret"},
        {"two parts", body},
        {"four parts", good + ".x"},
        {"an empty signature", body + "."},
        {"alg none", none + "."},
        {"alg none with a signature", none + good.substr(last_dot)},
        {"a stranger's signature under a known kid", stranger().token(claims())},
        {"the signature of another token", other_claims + good.substr(last_dot)},
        {"a signature in DER", body + "." + base64url(std::string("\x30\x06\x02\x01\x01\x02\x01\x01"))},
        {"a signature of zeros", body + "." + base64url(std::string(96, '\0'))},
        {"a cut signature", good.substr(0, good.size() - 4)},
        {"HMAC with the public key", confused(rsa().jwk())},
        {"HMAC with the keys file", confused(R"({"keys":[)" + rsa().jwk() + "," + ec().jwk() + "]}")},
        {"RS384 said of an EC key", ec().token(R"({"alg":"RS384","kid":"ec-1"})", claims())},
        {"ES384 said of an RSA key", rsa().token(R"({"alg":"ES384","kid":"rsa-1"})", claims())},
        {"RS256", rsa().token(R"({"alg":"RS256","kid":"rsa-1"})", claims())},
        {"no alg", ec().token(R"({"kid":"ec-1"})", claims())},
        {"alg twice", ec().token(R"({"alg":"ES384","alg":"none"})", claims())},
        {"crit", ec().token(R"({"alg":"ES384","crit":["b64"],"b64":false})", claims())},
        {"a header that is a list", ec().token(R"(["ES384"])", claims())},
        {"claims that are a list", ec().token("[1]")},
        {"claims that are no JSON", ec().token("{")},
        {"blanks inside", good.substr(0, 10) + " " + good.substr(10)},
        {"padding", body + "=" + good.substr(last_dot)},
        {"a token of 20 KB", ec().token(claims(R"(,"x":")" + std::string(20'000, 'x') + "\""))},
    };
    REQUIRE(check(good));
    for (const auto& c : cases) {
        CAPTURE(c.name);
        CHECK(issue_of(check(c.token)) == Issue::login);
    }
    for (const auto* authorization : {"", "Basic Z3A6eA==", "Bearer", "Bearer ", "Token x"})
        CHECK(issue_of(check.raw().check(authorization, kInstant)) == Issue::login);
}

TEST_CASE("token: claims decide, with leeway on times") {
    TokenRules rules;
    rules.leeway = 30s;
    const Checker check(rules);
    const auto with = [](const std::string& text) { return ec().token(text); };
    const std::string base = R"({"iss":"https://issuer","aud":"https://causeway","sub":"s")";
    const struct {
        const char* name;
        std::string claims;
        Issue issue;
    } cases[] = {
        {"just expired, within the leeway", claims("", in(-29)), Issue::informational},
        {"expired", claims("", in(-30)), Issue::expired},
        {"no exp", base + "}", Issue::login},
        {"exp as text", claims("", "\"" + in(300) + "\""), Issue::login},
        {"exp beyond all years", claims("", "1e300"), Issue::login},
        {"exp with a fraction", claims("", in(300) + ".5"), Issue::informational},
        {"nbf within the leeway", claims(R"(,"nbf":)" + in(30)), Issue::informational},
        {"not yet", claims(R"(,"nbf":)" + in(31)), Issue::login},
        {"issued in the future", claims(R"(,"iat":)" + in(31)), Issue::login},
        {"iat that is no number", claims(R"(,"iat":null)"), Issue::login},
        {"another issuer", R"({"iss":"https://other","aud":"https://causeway","sub":"s","exp":)" + in(9) + "}",
         Issue::login},
        {"no issuer", R"({"aud":"https://causeway","sub":"s","exp":)" + in(9) + "}", Issue::login},
        {"another audience", R"({"iss":"https://issuer","aud":"x","sub":"s","exp":)" + in(9) + "}", Issue::login},
        {"an audience with NUL behind",
         R"({"iss":"https://issuer","aud":"https://causeway\u0000x","sub":"s","exp":)" + in(9) + "}", Issue::login},
        {"no audience", R"({"iss":"https://issuer","sub":"s","exp":)" + in(9) + "}", Issue::login},
        {"one of several audiences",
         R"({"iss":"https://issuer","aud":["x","https://causeway"],"sub":"s","exp":)" + in(9) + "}",
         Issue::informational},
        {"no client", R"({"iss":"https://issuer","aud":"https://causeway","exp":)" + in(9) + "}", Issue::login},
        {"exp twice", base + R"(,"exp":)" + in(-999) + R"(,"exp":)" + in(9) + "}", Issue::login},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        CHECK(issue_of(check(with(c.claims))) == c.issue);
    }
}

TEST_CASE("token: every required scope must be there") {
    TokenRules rules;
    rules.required_scope = "referral.write letter.read";
    const Checker check(rules);
    CHECK(check(ec().token(claims(R"(,"scope":"letter.read x referral.write")"))));
    CHECK(issue_of(check(ec().token(claims(R"(,"scope":"letter.read")")))) == Issue::forbidden);
    CHECK(issue_of(check(ec().token(claims(R"(,"scope":"letter.readreferral.write")")))) == Issue::forbidden);
    CHECK(issue_of(check(ec().token(claims()))) == Issue::forbidden);
}

TEST_CASE("token: single_use takes each jti once until its token has expired") {
    TokenRules rules;
    rules.single_use = true;
    rules.max_remembered = 2;
    const Checker check(rules);
    const auto token = [](const std::string& id, std::int64_t end) {
        return ec().token(R"({"iss":"https://issuer","aud":"https://causeway","sub":"s","jti":")" + id + R"(","exp":)" +
                          in(end) + "}");
    };
    const auto once = token("a", 60);
    CHECK(check(once));
    CHECK(issue_of(check(once)) == Issue::login);
    CHECK(issue_of(check(token("", 60))) == Issue::login);
    CHECK(issue_of(check(token(std::string(300, 'j'), 60))) == Issue::login);
    CHECK(check(token("b", 600)));
    CHECK(issue_of(check(token("c", 600))) == Issue::throttled);
    CHECK(issue_of(check(token("b", 600), kInstant + 100s)) == Issue::login);
    CHECK(check(token("c", 600), kInstant + 100s));

    const Checker again;
    CHECK(again(once));
    CHECK(again(once));
}

TEST_CASE("token: one use is one use, also when it comes on several threads at once") {
    TokenRules rules;
    rules.single_use = true;
    const Checker check(rules);
    const auto token = ec().token(claims());
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 5; ++n) good += check(token).has_value() ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 1);
}

TEST_CASE("token: a changed keys file is read again, and a broken one changes nothing") {
    const Checker check({}, ec().jwks());
    CHECK(check(ec().token(claims())));
    CHECK_FALSE(check(rsa().token(claims())));

    check.dir().write("keys.json", rsa().jwks());
    CHECK(check(rsa().token(claims())));
    CHECK_FALSE(check(ec().token(claims())));

    check.dir().write("keys.json", "{");
    CHECK(check(rsa().token(claims())));
}

TEST_CASE("token: keys are renewed by a file of the same age and length in the place of the old one") {
    const Checker check({}, ec().jwks());
    const auto keys = check.dir() / "keys.json";
    const auto next = check.dir().write("next.json", stranger().jwks());
    REQUIRE(std::filesystem::file_size(next) == std::filesystem::file_size(keys));
    std::filesystem::last_write_time(next, std::filesystem::last_write_time(keys));
    std::filesystem::rename(next, keys);

    CHECK(check(stranger().token(claims())));
    CHECK_FALSE(check(ec().token(claims())));
}

TEST_CASE("token: a keys file that serves no purpose is refused with its name") {
    const TokenIssuer p256("ES384", "p", "P-256");
    const TokenIssuer weak("RS384", "w", "", 1024);
    for (const auto& text :
         {std::string("{"), std::string("[]"), std::string(R"({"keys":{}})"), std::string(R"({"keys":[]})"),
          std::string(R"({"keys":[{"kty":"oct","kid":"k","k":"c2VjcmV0","alg":"HS384"}]})"),
          R"({"keys":[)" + p256.jwk() + "]}", R"({"keys":[)" + weak.jwk() + "]}",
          R"({"keys":[)" + ec().jwk(R"(,"use":"enc")") + "]}", R"({"keys":[)" + ec().jwk(R"(,"alg":"ES256")") + "]}",
          R"({"keys":[)" + ec().jwk(R"(,"key_ops":["sign"])") + "]}"})
        load_error(text);
    CHECK(load_error(R"({"keys":[)" + ec().jwk(R"(,"d":"x")") + "]}").what.find("private key") != std::string::npos);
    CHECK(load_error(R"({"keys":[)" + ec().jwk() + "," + stranger().jwk() + "]}").what.find("same `kid`") !=
          std::string::npos);
    TokenRules rules;
    rules.keys = "/nowhere/keys.json";
    CHECK(net::make_token_checker(rules).error().issue == Issue::not_found);
}

TEST_CASE("token: the checker comes from configuration, and is absent where that is") {
    const TempDir dir;
    const auto keys = dir.write("keys.json", ec().jwks());
    std::vector<config::Mistake> mistakes;
    const auto yaml = "keys: " + keys.string() + "\nissuer: https://issuer\naudience: https://causeway\nleeway: 5s\n";
    const auto made = net::make_token_checker(settings(yaml, net::token_fields(), mistakes));
    CHECK(texts(mistakes).empty());
    REQUIRE(made);
    CHECK(made.value()->check("Bearer " + ec().token(claims("", in(-4))), kInstant));
    CHECK_FALSE(made.value()->check("Bearer " + ec().token(claims("", in(-5))), kInstant));

    const config::FieldSpec outer[] = {{"token", config::FieldType::object, "", "", {}, net::token_fields()}};
    const auto absent = settings("{}", outer, mistakes);
    CHECK(net::make_token_checker(absent.object("token")).value() == nullptr);
    CHECK(texts(mistakes).empty());
}
