#include <doctest/doctest.h>

#include "config/support.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::config;

namespace {

constexpr FieldSpec kInside[] = {{"certificate", FieldType::path, "File.", ""}};
constexpr FieldSpec kFields[] = {
    {.name = "port", .type = FieldType::integer, .doc = "Port.", .fallback = "2575"},
    {.name = "secret", .type = FieldType::secret, .doc = "Secret.", .fallback = ""},
    {.name = "tls", .type = FieldType::object, .doc = "TLS.", .fallback = "", .fields = kInside},
    {.name = "accepts", .type = FieldType::list, .doc = "Types.", .fallback = ""},
};
constexpr FieldSpec kAll[] = {
    {.name = "owner", .doc = "Who.", .fallback = ""}, kFields[0], kFields[1], kFields[2], kFields[3],
};

std::string print_of(const std::string& yaml) {
    std::vector<Mistake> mistakes;
    const auto settings = lint(parse_yaml(yaml, "a.yaml", "/", mistakes), kAll, mistakes);
    REQUIRE(mistakes.empty());
    return fingerprint(settings, kFields);
}

}  // namespace

TEST_CASE("fingerprint: it changes with its fields only, however they are written") {
    const auto before = print_of("owner: a\naccepts: [ADT, MDM]\n");
    CHECK(print_of("accepts:\n  - ADT\n  - MDM\nowner: b\nport: 2575\n") == before);
    CHECK(print_of("accepts: [ADTMDM]\n") != before);
    CHECK(print_of("accepts: [ADT, MDM]\nport: 2576\n") != before);
}

TEST_CASE("fingerprint: it changes with the content of the files and secrets that are named") {
    const causeway::test::TempDir dir;
    const auto certificate = dir.write("certificate.pem", "first"), secret = dir.write("secret", "first");
    const auto yaml = "tls: {certificate: '" + certificate.string() + "'}\nsecret: file:" + secret.string() + "\n";
    const auto first = print_of(yaml);
    CHECK(print_of(yaml) == first);
    dir.write("certificate.pem", "renewed");
    const auto renewed = print_of(yaml);
    CHECK(renewed != first);
    dir.write("secret", "another");
    CHECK(print_of(yaml) != renewed);
}

TEST_CASE("a mistake about a file points at the field that names it") {
    std::vector<Mistake> mistakes;
    const auto settings =
        lint(parse_yaml("port: 1\ntls:\n  certificate: /x.pem\n", "a.yaml", "/", mistakes), kAll, mistakes);
    const auto found = mistake_about("/x.pem", settings, kAll, "Gone.");
    REQUIRE(found);
    CHECK(to_string(*found) == "a.yaml:3:16: error: Gone.");
    CHECK_FALSE(mistake_about("/y.pem", settings, kAll, "Gone."));
}
