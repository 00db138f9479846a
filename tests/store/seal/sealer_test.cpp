#include "store/seal/sealer.hpp"

#include <doctest/doctest.h>

#include "core/digest.hpp"
#include "store/seal/cipher.hpp"

using namespace causeway;
using seal::KeyRing;
using seal::Place;
using seal::Sealer;

namespace {

KeyRing ring(const std::vector<char>& keys) {
    std::vector<std::string> texts, names;
    for (const char key : keys) {
        texts.push_back(base64_encode(std::string(32, key)));
        names.emplace_back("test");
    }
    return KeyRing::parse(texts, names).value();
}

const std::string kMessage =
    "MSH|^~\\&|PAS|RX901|CAUSEWAY|CAUSEWAY|20261121093000||ADT^A28^ADT_A05|4711|P|2.4\r"
    "PID|1||9990000018^^^NHS^NH||TESTPATIENT^MARIGOLD||19580312|F|||1 EXAMPLE ROAD^^EXAMPLETOWN\r";
constexpr Place kHere{1, 77, 3};

std::string noise(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; bytes.size() < size; ++i) bytes += as_view(sha256(std::to_string(i)));
    return bytes.substr(0, size);
}

}  // namespace

TEST_CASE("sealer: bytes come back as they were, with and without a key, whatever they are") {
    for (const auto& keys : {std::vector<char>{}, std::vector<char>{'a'}}) {
        const Sealer sealer(ring(keys));
        for (const std::string& plain : {std::string(), std::string("x"), kMessage, noise(40'000),
                                         std::string(3'000'000, 'y'), std::string(100, '\0')}) {
            const std::string sealed = sealer.seal(plain, kHere);
            CHECK(sealer.open(sealed, kHere).value() == plain);
            CHECK(sealed.size() <= plain.size() + 50);
        }
    }
}

TEST_CASE("sealer: a short message shrinks, since the dictionary knows what all have in common") {
    CHECK(Sealer().seal(kMessage, kHere).size() < kMessage.size() / 2);
}

TEST_CASE("sealer: a changed byte is found wherever it stands") {
    for (const auto& keys : {std::vector<char>{}, std::vector<char>{'a'}}) {
        const Sealer sealer(ring(keys));
        for (const std::string& plain : {kMessage, noise(64)}) {
            const std::string sealed = sealer.seal(plain, kHere);
            for (std::size_t at = 0; at < sealed.size(); ++at)
                for (const int bit : {1, 16, 128}) {
                    std::string changed = sealed;
                    changed[at] = static_cast<char>(changed[at] ^ bit);
                    CHECK(sealer.open(changed, kHere).has_error());
                }
        }
    }
}

TEST_CASE("sealer: bytes that are cut or prolonged do not open") {
    for (const auto& keys : {std::vector<char>{}, std::vector<char>{'a'}}) {
        const Sealer sealer(ring(keys));
        const std::string sealed = sealer.seal(kMessage, kHere);
        for (std::size_t size = 0; size < sealed.size(); ++size)
            CHECK(sealer.open(sealed.substr(0, size), kHere).has_error());
        CHECK(sealer.open(sealed + "x", kHere).error().issue == Issue::invariant);
    }
}

TEST_CASE("sealer: bytes that were moved to another place do not open") {
    for (const auto& keys : {std::vector<char>{}, std::vector<char>{'a'}}) {
        const Sealer sealer(ring(keys));
        const std::string sealed = sealer.seal(kMessage, kHere);
        for (const Place& place : {Place{2, 77, 3}, Place{1, 78, 3}, Place{1, 77, 4}, Place{1, 77LL << 32, 3}})
            CHECK(sealer.open(sealed, place).error().issue == Issue::invariant);
    }
}

TEST_CASE("sealer: encrypted bytes tell nothing and are never twice the same") {
    const Sealer sealer(ring({'a'}));
    const std::string sealed = sealer.seal(kMessage, kHere);
    CHECK(sealed.find("MARIGOLD") == std::string::npos);
    CHECK(sealed != sealer.seal(kMessage, kHere));
}

TEST_CASE("sealer: without its key nothing opens, and the error names the key and what to do") {
    const std::string sealed = Sealer(ring({'a'})).seal(kMessage, kHere);
    for (const KeyRing& other : {KeyRing(), ring({'b'})}) {
        const auto opened = Sealer(other).open(sealed, kHere);
        REQUIRE(opened.has_error());
        CHECK(opened.error().issue == Issue::login);
        const seal::KeyId id = ring({'a'}).newest();
        CHECK(opened.error().what.find(to_hex({reinterpret_cast<const char*>(id.data()), id.size()})) !=
              std::string::npos);
    }
}

TEST_CASE("sealer: the newest key seals, older ones open until all is sealed anew") {
    const Sealer before(ring({'a'})), after(ring({'b', 'a'})), at_last(ring({'b'}));
    const std::string old_bytes = before.seal(kMessage, kHere);
    const std::string plain_bytes = Sealer().seal(kMessage, kHere);

    CHECK(after.open(old_bytes, kHere).value() == kMessage);
    CHECK(after.open(plain_bytes, kHere).value() == kMessage);
    CHECK_FALSE(after.is_current(old_bytes));
    CHECK_FALSE(after.is_current(plain_bytes));
    const std::string new_bytes = after.seal(kMessage, kHere);
    CHECK(after.is_current(new_bytes));
    CHECK(at_last.open(new_bytes, kHere).value() == kMessage);
    CHECK_FALSE(Sealer().is_current(new_bytes));
    CHECK(Sealer().is_current(plain_bytes));
}

TEST_CASE("sealer: more than what is allowed is not expanded") {
    const std::string sealed = Sealer().seal(std::string(1'000'000, 'x'), kHere);
    CHECK(sealed.size() < 1'000);
    CHECK(Sealer().open(sealed, kHere, 999'999).error().issue == Issue::too_long);
}

TEST_CASE("cipher: XAES-256-GCM gives the published ciphertext") {
    // https://c2sp.org/XAES-256-GCM, test vectors.
    KeyRing::Key key{};
    key.fill(1);
    std::string sealed;
    REQUIRE(seal::encrypt(key, "ABCDEFGHIJKLMNOPQRSTUVWX", "", "XAES-256-GCM", sealed));
    CHECK(to_hex(sealed) == "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
    key.fill(3);
    sealed.clear();
    REQUIRE(seal::encrypt(key, "ABCDEFGHIJKLMNOPQRSTUVWX", "c2sp.org/XAES-256-GCM", "XAES-256-GCM", sealed));
    CHECK(to_hex(sealed) == "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
}
