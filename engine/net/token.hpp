#pragma once
/// Bearer tokens: JWT (RFC 7519) signed with RS384 or ES384 (RFC 7518), keys from a JWKS file (RFC 7517).

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "core/async.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::net {

struct TokenClaims {
    std::string client;               ///< `client_id`, else `sub`.
    std::vector<std::string> scopes;  ///< `scope`, split at spaces.
    std::string id;                   ///< `jti`.
    Instant expires_at;
};

/// What a token must satisfy.
struct TokenRules {
    std::filesystem::path keys;  ///< JWKS file; read again when it changes, the old keys stay while it cannot be read.
    std::string issuer;          ///< `iss` must be this.
    std::string audience;        ///< `aud` must be this or hold it.
    Duration leeway = std::chrono::seconds(30);  ///< Between this clock and the issuer's.
    std::string required_scope;                  ///< Scopes, split at spaces, that must all be there.
    bool single_use = false;                     ///< A `jti` counts once until its token expires.
    std::size_t max_remembered = 100'000;        ///< `jti`s of live tokens; further tokens are Issue::throttled.
    std::filesystem::path used;                  ///< Folder that keeps the used ones; empty: a restart forgets them.
};

/// Fields of a listener's `token:` object: keys (JWKS file), issuer, audience, leeway, required_scope, single_use.
std::span<const config::FieldSpec> token_fields();

/// Threads: any.
class TokenChecker {
public:
    virtual ~TokenChecker() = default;
    /// Waits for the disk where a token counts once. Issue::login for no token, a wrong signature, `alg: none`, wrong
    /// audience or a replayed `jti`; Issue::expired; Issue::forbidden for a missing scope; Issue::no_store where a use
    /// could not be written down.
    virtual Result<TokenClaims> check(std::string_view authorization_header, Instant now) = 0;
    /// The same, on a thread of its own where it waits for the disk: who asks waits, his thread does not.
    virtual Async<TokenClaims> check_apart(std::string authorization_header, Instant now) = 0;
};

/// An unreadable or unusable keys file is an Error that names it.
Result<std::shared_ptr<TokenChecker>> make_token_checker(TokenRules rules);
/// Null where the object is absent from the file. `used` as above.
Result<std::shared_ptr<TokenChecker>> make_token_checker(const config::Settings& token,
                                                         std::filesystem::path used = {});

}  // namespace causeway::net
