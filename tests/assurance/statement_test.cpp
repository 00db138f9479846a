#include "assurance/statement.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "assurance/records.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::assurance;
using test::TempDir;

namespace {

DayReport report() {
    test::Book book;
    book.deliver("letters", "gp-practices", "A");
    Balancer balancer(test::kDayBegin, test::kDayEnd, [](Id) { return std::string(); });
    book.tell(balancer);
    DayReport made;
    made.day = *parse_day("2026-11-21", Zone::london, Instant());
    made.as_of = test::kDayEnd;
    made.balance = balancer.finish();
    return made;
}

ChainReport chain() {
    ChainReport made;
    made.events = 5;
    made.head.sequence = 5;
    made.head.hash.fill(0xAB);
    made.head.at = test::kDayEnd;
    return made;
}

std::string statement(const Signer& signer, const ChainReport& checked = chain(), const std::string& previous = {}) {
    const auto found = report();
    return make_statement({found, checked, chain().head, "test", "c0ffee", "2026-11-20", previous}, signer).value();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

mode_t mode_of(const std::filesystem::path& file) {
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return found.st_mode & 0777;
}

}  // namespace

TEST_CASE("a statement verifies with the key inside it, and with the key of who signed") {
    const TempDir dir;
    const auto signer = Signer::open(dir.path()).value();
    const auto text = statement(signer);

    const auto alone = verify_statement(text, std::nullopt);
    REQUIRE(alone.has_value());
    CHECK(alone->day == "2026-11-21");
    CHECK(alone->sound);
    CHECK(alone->head.sequence == 5);
    CHECK(alone->head.hash == chain().head.hash);
    CHECK(alone->key_id == signer.public_key().id());

    const auto shared = PublicKey::from_pem(dir.read("signing-key.pub.pem"));
    REQUIRE(shared.has_value());
    CHECK(verify_statement(text, *shared).has_value());
}

TEST_CASE("a statement that was changed anywhere does not verify") {
    const TempDir dir;
    const auto text = statement(Signer::open(dir.path()).value());
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"\"delivered\": 1", "\"delivered\": 2"},
             {"\"sound\": true", "\"sound\": false"},
             {"2026-11-21", "2026-11-22"},
             {"\"environment\"", "\"environmenT\""},
         })
        CHECK(verify_statement(replaced(text, from, to), std::nullopt).error().issue == Issue::invariant);
}

TEST_CASE("white space and the order of members do not matter") {
    const TempDir dir;
    const auto text = statement(Signer::open(dir.path()).value());
    const auto compact = canonical_json(text).value();
    CHECK(compact.size() < text.size());
    CHECK(verify_statement(compact, std::nullopt).has_value());
}

TEST_CASE("somebody else's signature is seen by the key") {
    const TempDir mine, other;
    const auto signer = Signer::open(mine.path()).value();
    const auto forged = statement(Signer::open(other.path()).value());
    CHECK(verify_statement(forged, std::nullopt).has_value());
    CHECK(verify_statement(forged, signer.public_key()).error().issue == Issue::invariant);
}

TEST_CASE("the key pair is made once, readable by its owner only, and never replaced") {
    const TempDir dir;
    const auto first = Signer::open(dir.path()).value().public_key().id();
    CHECK(Signer::open(dir.path()).value().public_key().id() == first);
    CHECK(mode_of(dir / "signing-key.pem") == 0600);
    dir.write("signing-key.pem", "damaged");
    CHECK(Signer::open(dir.path()).error().issue == Issue::invalid);
    CHECK(dir.read("signing-key.pem") == "damaged");
}

TEST_CASE("what is no statement is refused") {
    for (const auto* text : {"", "{}", "[]", "not json", R"({"statement":{},"signature":{}})", R"({"statement":1.5})"})
        CHECK_FALSE(verify_statement(text, std::nullopt).has_value());
}

TEST_CASE("a broken chain makes an unsound statement that still verifies") {
    const TempDir dir;
    auto broken = chain();
    broken.faults.push_back({3, "The event was edited."});
    const auto made = verify_statement(statement(Signer::open(dir.path()).value(), broken), std::nullopt);
    REQUIRE(made.has_value());
    CHECK_FALSE(made->sound);
}

TEST_CASE("statements are kept, never written over, and each names the one before") {
    const TempDir dir;
    const auto signer = Signer::open(dir.path()).value();
    const StatementFolder folder(dir.path());
    CHECK_FALSE(folder.newest());

    const auto first = statement(signer);
    CHECK(folder.add("2026-11-20", first)->filename() == "2026-11-20.json");
    const auto hash = folder.newest()->hash;
    const auto second = statement(signer, chain(), hash);
    CHECK(folder.add("2026-11-20", second)->filename() == "2026-11-20.2.json");

    CHECK(dir.read("2026-11-20.json") == first);
    CHECK(folder.newest()->previous_hash == hash);
    CHECK(folder.find("2026-11-20")->filename() == "2026-11-20.2.json");
    CHECK_FALSE(folder.find("2026-11-19"));
}

TEST_CASE("canonical text sorts members and leaves nothing out") {
    CHECK(canonical_json(R"( {"b": [1, true, "x\n"], "a": {"d": null, "c": -5}} )").value() ==
          R"({"a":{"c":-5,"d":null},"b":[1,true,"x\n"]})");
    CHECK_FALSE(canonical_json(R"({"a": 1.5})").has_value());
    CHECK_FALSE(canonical_json(R"({"a": )").has_value());
    CHECK_FALSE(canonical_json(R"({"a": 1, "a": 2})").has_value());
    CHECK_FALSE(canonical_json(std::string(100'000, '[') + std::string(100'000, ']')).has_value());
}
