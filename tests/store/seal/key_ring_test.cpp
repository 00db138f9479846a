#include "store/seal/key_ring.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "core/digest.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using seal::KeyRing;

namespace {

const std::string kFirst = base64_encode(std::string(32, 'a'));
const std::string kSecond = to_hex(std::string(32, 'b'));

Result<KeyRing> parse(const std::string& text) {
    const std::string name = "file:keys";
    return KeyRing::parse({&text, 1}, {&name, 1});
}

std::string key_file(const test::TempDir& folder, const std::string& text, bool for_all = false) {
    const auto path = folder.write("keys", text);
    using std::filesystem::perms;
    std::filesystem::permissions(path, for_all ? perms::owner_read | perms::others_read : perms::owner_read);
    return "file:" + path.string();
}

}  // namespace

TEST_CASE("key ring: keys are base64 or hexadecimal, newest first, with remarks") {
    const auto ring = parse("# made by A. Tester\n" + kFirst + "\n\n" + kSecond + "  \n# the end").value();
    CHECK(ring.size() == 2);
    KeyRing::Key key{};
    key.fill('a');
    REQUIRE(ring.find(ring.newest()) != nullptr);
    CHECK(*ring.find(ring.newest()) == key);
    CHECK(parse(kSecond + ' ' + kFirst)->newest() != ring.newest());
}

TEST_CASE("key ring: what is no key is refused without being repeated") {
    for (const std::string& wrong :
         {std::string(), std::string("# nothing else"), std::string("secret"), base64_encode(std::string(31, 'a')),
          base64_encode(std::string(33, 'a')), std::string(64, 'g'), kFirst + ' ' + kFirst}) {
        const auto ring = parse(wrong);
        REQUIRE(ring.has_error());
        CHECK(ring.error().where == "file:keys");
        CHECK(ring.error().what.find("secret") == std::string::npos);
    }
}

TEST_CASE("key ring: keys come from files that are kept close, and from the environment") {
    const test::TempDir folder;
    ::setenv("CAUSEWAY_TEST_KEY", kSecond.c_str(), 1);
    const std::vector<std::string> sources{key_file(folder, kFirst + '\n'), "env:CAUSEWAY_TEST_KEY"};
    CHECK(KeyRing::read(sources)->size() == 2);

    const std::vector<std::string> open_to_all{key_file(folder, kFirst, true)};
    CHECK(KeyRing::read(open_to_all).error().issue == Issue::forbidden);
    const std::vector<std::string> missing{"file:/nowhere/key"};
    CHECK(KeyRing::read(missing).error().issue == Issue::not_found);
    const std::vector<std::string> unset{"env:CAUSEWAY_TEST_NO_KEY"};
    CHECK(KeyRing::read(unset).error().issue == Issue::not_found);
    const std::vector<std::string> itself{kFirst};
    CHECK(KeyRing::read(itself).error().issue == Issue::value);
}
