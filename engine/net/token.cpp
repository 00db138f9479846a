#include "net/token.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <optional>
#include <unordered_set>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "net/jwks.hpp"
#include "net/used_tokens.hpp"

namespace causeway::net {

namespace asio = boost::asio;

namespace {

using rapidjson::Document;
using rapidjson::Value;

constexpr std::size_t kMaxToken = 16 * 1024;
constexpr std::size_t kMaxId = 256;
constexpr double kLastSecond = 253402300799.0;  ///< Of the year 9999.
constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

Error login(std::string what) {
    return fail(Issue::login, "Authorization", std::move(what));
}

/// "Bearer" and what follows it (RFC 6750 section 2.1).
std::string_view bearer(std::string_view authorization) {
    constexpr std::string_view kScheme = "Bearer ";
    if (!equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
    return trim(authorization.substr(kScheme.size()));
}

bool is_base64url(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

/// Two members of one name could be understood in two ways (RFC 7519 section 4).
bool has_double_names(const Value& object) {
    std::unordered_set<std::string_view> names;
    for (const auto& member : object.GetObject())
        if (!names.emplace(member.name.GetString(), member.name.GetStringLength()).second) return true;
    return false;
}

/// A base64url part of the token as a JSON object.
bool read_object(std::string_view part, Document& document) {
    const auto text = base64_decode(part, true);
    if (!text) return false;
    document.Parse<kParseFlags>(text->data(), text->size());
    return !document.HasParseError() && document.IsObject() && !has_double_names(document);
}

std::optional<std::string> text_of(const Value& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsString()) return std::nullopt;
    return std::string(member->value.GetString(), member->value.GetStringLength());
}

/// NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction.
std::optional<Instant> time_of(const Value& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsNumber()) return std::nullopt;
    const double seconds = member->value.GetDouble();
    if (!std::isfinite(seconds) || seconds < 0 || seconds > kLastSecond) return std::nullopt;
    return Instant(Duration(static_cast<std::int64_t>(seconds * 1e6)));
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    for (const auto word : split(text, ' '))
        if (!word.empty()) found.emplace_back(word);
    return found;
}

/// One list for each issuer and audience: a token that one channel took counts for no other.
std::filesystem::path list_of_used(const TokenRules& rules) {
    if (!rules.single_use || rules.used.empty()) return {};
    return rules.used / to_hex(as_view(sha256(rules.issuer + '\n' + rules.audience))).substr(0, 16);
}

class JwtChecker final : public TokenChecker {
public:
    explicit JwtChecker(TokenRules rules)
        : rules_(std::move(rules)),
          scopes_(words(rules_.required_scope)),
          keys_(rules_.keys),
          used_(list_of_used(rules_), rules_.max_remembered) {
        if (!list_of_used(rules_).empty()) disk_.emplace(1);
    }

    Result<void> load() {
        if (auto opened = used_.open(SystemClock().now()); !opened) return opened;
        return keys_.load();
    }
    Result<TokenClaims> check(std::string_view authorization_header, Instant now) override;
    Async<TokenClaims> check_apart(std::string authorization_header, Instant now) override {
        auto work = check_here(std::move(authorization_header), now);
        if (!disk_) co_return co_await std::move(work);
        co_return co_await asio::co_spawn(disk_->get_executor(), std::move(work), asio::use_awaitable);
    }

private:
    Async<TokenClaims> check_here(std::string authorization_header, Instant now) {
        co_return check(authorization_header, now);
    }
    Result<void> check_signature(std::string_view token, std::string_view header_part, std::string_view signature_part);
    Result<TokenClaims> read_claims(const Value& claims, Instant now) const;
    Result<void> check_times(const Value& claims, Instant now, TokenClaims& read) const;
    bool is_for_us(const Value& claims) const;

    const TokenRules rules_;
    const std::vector<std::string> scopes_;
    KeyFile keys_;
    UsedTokens used_;
    std::optional<asio::thread_pool> disk_;  ///< One thread, where uses are written down.
};

Result<TokenClaims> JwtChecker::check(std::string_view authorization_header, Instant now) {
    const auto token = bearer(authorization_header);
    if (token.empty()) return login("Send a bearer token in the Authorization header.");
    const auto parts = split(token, '.');
    if (token.size() > kMaxToken || parts.size() != 3 || !std::all_of(parts.begin(), parts.end(), is_base64url))
        return login("The token is no signed JWT; fetch a new one.");
    if (auto good = check_signature(token, parts[0], parts[2]); !good) return good.error();
    Document claims;
    if (!read_object(parts[1], claims)) return login("The claims of the token are no JSON object; fetch a new one.");
    auto read = read_claims(claims, now);
    if (!read || !rules_.single_use) return read;
    const auto& id = read.value().id;
    if (id.empty() || id.size() > kMaxId) return login("The token has no usable `jti`; fetch one that has.");
    if (auto first = used_.use(id, read.value().expires_at + rules_.leeway, now); !first) return first.error();
    return read;
}

Result<void> JwtChecker::check_signature(std::string_view token, std::string_view header_part,
                                         std::string_view signature_part) {
    Document header;
    if (!read_object(header_part, header)) return login("The header of the token is no JSON object; fetch a new one.");
    const auto algorithm = text_of(header, "alg").value_or("");
    if (algorithm != "RS384" && algorithm != "ES384")
        return login("Only tokens signed with RS384 or ES384 are accepted.");
    if (header.HasMember("crit")) return login("The token demands extensions that are not supported.");
    const bool names_key = header.HasMember("kid");
    const auto id = text_of(header, "kid").value_or("");
    const auto signature = base64_decode(signature_part, true);
    if (!signature) return login("The signature of the token is not base64url; fetch a new one.");
    const auto bytes = token.substr(0, token.rfind('.'));
    const auto keys = keys_.keys();
    for (const auto& key : *keys) {
        if (key.algorithm != algorithm || (names_key && key.id != id)) continue;
        if (verifies(key, bytes, *signature)) return {};
    }
    return login(
        "No known key made the signature of the token; see that the keys file holds the issuer's present keys.");
}

Result<void> JwtChecker::check_times(const Value& claims, Instant now, TokenClaims& read) const {
    const auto end = time_of(claims, "exp");
    if (!end) return login("The token has no valid `exp`; fetch a new one.");
    read.expires_at = *end;
    if (now >= *end + rules_.leeway)
        return fail(Issue::expired, "Authorization", "The token has expired; fetch a new one.");
    for (const char* name : {"nbf", "iat"}) {
        if (!claims.HasMember(name)) continue;
        const auto begin = time_of(claims, name);
        if (!begin || now + rules_.leeway < *begin)
            return login(std::string("The token is not valid yet (`") + name + "`); compare the clocks of both sides.");
    }
    return {};
}

bool JwtChecker::is_for_us(const Value& claims) const {
    const auto audience = claims.FindMember("aud");
    if (audience == claims.MemberEnd()) return false;
    const auto matches = [this](const Value& v) {
        return v.IsString() && std::string_view(v.GetString(), v.GetStringLength()) == rules_.audience;
    };
    if (!audience->value.IsArray()) return matches(audience->value);
    const auto list = audience->value.GetArray();
    return std::any_of(list.begin(), list.end(), matches);
}

Result<TokenClaims> JwtChecker::read_claims(const Value& claims, Instant now) const {
    TokenClaims read;
    if (auto good = check_times(claims, now, read); !good) return good.error();
    if (text_of(claims, "iss") != rules_.issuer)
        return login("The token comes from another issuer than the one configured.");
    if (!is_for_us(claims)) return login("The token is meant for another audience than the one configured.");
    const auto subject = text_of(claims, "sub").value_or("");
    read.client = text_of(claims, "client_id").value_or(subject);
    if (read.client.empty()) return login("The token names no client (`client_id` or `sub`).");
    read.scopes = words(text_of(claims, "scope").value_or(""));
    read.id = text_of(claims, "jti").value_or("");
    for (const auto& scope : scopes_)
        if (std::find(read.scopes.begin(), read.scopes.end(), scope) == read.scopes.end())
            return fail(Issue::forbidden, "Authorization",
                        "The token lacks the scope that this needs; ask the issuer for it.");
    return read;
}

}  // namespace

Result<std::shared_ptr<TokenChecker>> make_token_checker(TokenRules rules) {
    auto checker = std::make_shared<JwtChecker>(std::move(rules));
    if (auto loaded = checker->load(); !loaded) return loaded.error();
    return std::shared_ptr<TokenChecker>(std::move(checker));
}

}  // namespace causeway::net
