#pragma once
/// Bearer tokens: JWT (RFC 7519) signed with RS384 or ES384, keys from a JWKS file (RFC 7517).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::net {

struct TokenClaims {
    std::string client;               ///< `client_id`, else `sub`.
    std::vector<std::string> scopes;  ///< `scope`, split at spaces.
    std::string id;                   ///< `jti`.
    Instant expires_at;
};

/// Fields of a listener's `token:` object: keys (JWKS file), issuer, audience, leeway, required_scope, single_use.
std::span<const config::FieldSpec> token_fields();

/// Threads: any.
class TokenChecker {
public:
    virtual ~TokenChecker() = default;
    /// Issue::login for no token, a wrong signature, `alg: none`, wrong audience or a replayed `jti`; Issue::expired;
    /// Issue::forbidden for a missing scope.
    virtual Result<TokenClaims> check(std::string_view authorization_header, Instant now) = 0;
};

/// Null where the object is absent from the file.
Result<std::shared_ptr<TokenChecker>> make_token_checker(const config::Settings& token);

}  // namespace causeway::net
