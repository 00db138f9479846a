/// Any bytes as a keys file and as a bearer token: no accident is let in.

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "net/jwks.hpp"
#include "net/token.hpp"

using namespace causeway;

namespace {

/// The keys of the corpus; whoever had the private ones has thrown them away.
constexpr std::string_view kKeys =
    R"({"keys": [{"kty": "EC", "kid": "ec-1", "crv": "P-384", "x": "YlYRMIX9qATwqfgn59NNUjqQRG0pFJPCSyx8S-Z)"
    R"(yj0ysw6IwgFX8NM8srIgsIo6i", "y": "14DXiC2fZGp4p77Kunco-8hFzI7tH2YDUAmZdwWIQ3T283nUrJVqmfdUnGLwSZl2"})"
    R"(, {"kty": "RSA", "kid": "rsa-1", "n": "5satk8lE-LDu7xMUPlBnO6VlprP56oDI4Xlg1hN6kdHji0Itvid4EPtX4RUu6)"
    R"(W9bBxSF7BQwyj-2t3H9xhj6Eud-LvHcVCZHj3jYrEE40ts9ZScHuj4jifnTWA0tutOS6sz1Wu-k8xAcJ83tQQdn6pZpjRGRvhcy2)"
    R"(IPj6OhL5kTL1hckhgo2qLt_JAlUGt0fsOE-fnZHb96FLXCVCTB3GTArfxnCoKK3ZaWH_tQCcxZZczPzhT23V2ElOWFnsDi80VmPx)"
    R"(7lI0jtUMDoo9P0HCDNrLL1V8IVDEGjhAO7r2z5UKhfJvnVYFZLKrNnKCM8rGV3fT51Go_oPq52BgybAow", "e": "AQAB", "us)"
    R"(e": "sig", "key_ops": ["verify"]}]})";

std::shared_ptr<net::TokenChecker> make_checker() {
    const auto file = std::filesystem::temp_directory_path() / ("token_fuzz." + std::to_string(::getpid()));
    std::ofstream(file) << kKeys;
    net::TokenRules rules;
    rules.keys = file;
    rules.issuer = "https://issuer";
    rules.audience = "https://causeway";
    auto checker = net::make_token_checker(rules);
    std::filesystem::remove(file);
    if (!checker) __builtin_trap();
    return *checker;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto checker = make_checker();
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto keys = net::parse_jwks(text, "keys.json"))
        for (const auto& key : *keys)
            if (!key.key || net::verifies(key, "bytes", text)) __builtin_trap();
    if (checker->check("Bearer " + text, Instant(std::chrono::seconds(1'800'000'000)))) __builtin_trap();
    return 0;
}
