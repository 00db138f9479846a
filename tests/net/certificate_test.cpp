#include "net/certificate.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "support/certificates.hpp"

namespace causeway::net {
namespace {

using namespace std::chrono_literals;

Duration left(const std::filesystem::path& file) {
    return certificate_validity(file).value().until - SystemClock().now();
}

TEST_CASE("certificate: a file says until when it is valid, and whose it is") {
    test::Authority authority;
    const auto files = authority.server("DNS:gp.example", 10);
    CHECK(left(files.certificate) > 9 * 24h);
    CHECK(left(files.certificate) <= 10 * 24h);
    CHECK(certificate_validity(files.certificate).value().subject == "CN=localhost");
    CHECK(left(authority.client("old", -3).certificate) < -2 * 24h);
}

TEST_CASE("certificate: a chain is valid as long as its first link that breaks") {
    test::Authority authority;
    const test::TempDir dir;
    std::ofstream chain(dir / "chain.pem");
    for (const auto days : {20, 5, 12}) chain << std::ifstream(authority.server("DNS:a", days).certificate).rdbuf();
    chain.close();
    CHECK(left(dir / "chain.pem") <= 5 * 24h);
    CHECK(left(dir / "chain.pem") > 4 * 24h);
}

TEST_CASE("certificate: what cannot be read is an error that names the file") {
    test::Authority authority;
    const auto key = authority.server().key;
    for (const auto& file : {key, std::filesystem::path("/nowhere/a.pem")}) {
        const auto validity = certificate_validity(file);
        REQUIRE(validity.has_error());
        CHECK(validity.error().where == file.string());
    }
}

}  // namespace
}  // namespace causeway::net
