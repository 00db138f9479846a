#include <array>

#include "net/token.hpp"

namespace causeway::net {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array kFields = std::to_array<FieldSpec>({
    {"keys", FieldType::path, "JWKS file with the public keys of the issuer (RSA for RS384, EC P-384 for ES384)."},
    {"issuer", FieldType::text, "The `iss` that tokens must have."},
    {"audience", FieldType::text, "The `aud` that tokens must have or hold."},
    {"leeway", FieldType::duration, "How far the clocks of issuer and receiver may differ.", "30s"},
    {"required_scope", FieldType::text, "Scopes, separated by spaces, that a token must all have.", ""},
    {"single_use", FieldType::boolean,
     "Whether a token (by its `jti`) counts for one request only, also after a restart.", "false"},
});

}  // namespace

std::span<const FieldSpec> token_fields() {
    return kFields;
}

Result<std::shared_ptr<TokenChecker>> make_token_checker(const config::Settings& token, std::filesystem::path used) {
    if (!token.has("keys")) return std::shared_ptr<TokenChecker>();
    TokenRules rules;
    rules.keys = token.path("keys");
    rules.issuer = token.text("issuer");
    rules.audience = token.text("audience");
    rules.leeway = token.duration("leeway");
    rules.required_scope = token.text("required_scope");
    rules.single_use = token.boolean("single_use");
    rules.used = std::move(used);
    return make_token_checker(std::move(rules));
}

}  // namespace causeway::net
