#include "route/organisation.hpp"

#include <doctest/doctest.h>

#include "support/settings.hpp"

using namespace causeway;
using route::agree;

namespace {

directory::Directory practices() {
    std::vector<config::Mistake> mistakes;
    directory::Directory directory;
    directory.add(test::settings(R"(organisations:
  - {ods_code: Y90001, name: A, type: gp-practice, endpoint: "http://127.0.0.1:9080/fhir"}
  - {ods_code: Y90003, name: B, type: gp-practice, status: closed, closed_on: 2026-03-31, successor: Y90001}
  - {ods_code: Y90004, name: C, type: gp-practice}
  - {ods_code: Y90006, name: D, type: gp-practice, status: closed}
)",
                                 directory::Directory::specs(), mistakes),
                  mistakes);
    REQUIRE(mistakes.empty());
    return directory;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("organisation: sources that agree name it, and silent ones do not matter") {
    const auto addressee =
        agree({{"addressee", {"Y90001"}}, {"registered practice", {}}, {"patient knowledge", {"Y90001"}}}, practices());
    CHECK(addressee.ods_code == "Y90001");
    CHECK(addressee.cause.empty());
}

TEST_CASE("organisation: sources that disagree are named with what they say, and nobody is chosen") {
    const auto addressee = agree({{"addressee", {"Y90001"}}, {"registered practice", {"Y90004"}}}, practices());
    CHECK(addressee.ods_code.empty());
    CHECK(contains(addressee.cause, "addressee says Y90001, registered practice says Y90004"));
}

TEST_CASE("organisation: a source that contradicts itself is a dispute too") {
    const auto addressee = agree({{"patient knowledge", {"Y90001", "Y90004"}}}, practices());
    CHECK(addressee.ods_code.empty());
    CHECK(contains(addressee.cause, "patient knowledge says Y90001 and Y90004"));
}

TEST_CASE("organisation: when nobody knows, the cause lists who was asked") {
    const auto addressee = agree({{"addressee", {}}, {"patient knowledge", {}}}, practices());
    CHECK(addressee.ods_code.empty());
    CHECK(contains(addressee.cause, "asked: addressee, patient knowledge"));
}

TEST_CASE("organisation: one that cannot be sent to has a cause that says what to do") {
    const auto directory = practices();
    CHECK(contains(agree({{"a", {"Y99999"}}}, directory).cause, "not in the directory"));
    CHECK(contains(agree({{"a", {"Y90004"}}}, directory).cause, "no endpoint"));
    CHECK(contains(agree({{"a", {"Y90003"}}}, directory).cause, "closed since 2026-03-31; its successor is Y90001"));
    CHECK(contains(agree({{"a", {"Y90006"}}}, directory).cause, "closed. Find out where"));
    CHECK(agree({{"a", {"Y90003"}}}, directory).ods_code == "Y90003");
}

TEST_CASE("organisation: what is no code is never repeated, because it may be a name") {
    const auto directory = practices();
    CHECK_FALSE(contains(agree({{"a", {"JOHN SMITH"}}}, directory).cause, "SMITH"));
    CHECK_FALSE(contains(agree({{"a", {"JOHN SMITH"}}, {"b", {"Y90001"}}}, directory).cause, "SMITH"));
}
