#include "store/index/chunk.hpp"

#include <doctest/doctest.h>

#include "store/index/bloom.hpp"
#include "store/index/key_hash.hpp"

using namespace causeway;
using namespace causeway::index;

TEST_CASE("chunk: entries come back as they were, whatever their values") {
    const std::vector<Entry> entries{{0, 0},
                                     {0, 1},
                                     {0, INT64_MAX},
                                     {1, 5},
                                     {1, 6'000'000'000'000'000'000},
                                     {0x8000000000000000U, 0},
                                     {UINT64_MAX, 0},
                                     {UINT64_MAX, INT64_MAX}};
    ChunkWriter writer;
    for (const Entry& entry : entries) REQUIRE(writer.add(entry));
    CHECK(writer.first_hash() == 0);
    const std::string chunk = writer.take();
    CHECK(writer.empty());

    std::vector<Entry> read;
    REQUIRE(read_chunk(chunk, read).has_value());
    CHECK(read == entries);
}

TEST_CASE("chunk: a page is never longer than its row may be") {
    ChunkWriter writer;
    std::size_t count = 0;
    for (std::uint64_t n = 0; writer.add({n * 0x00ffffffffffffU, static_cast<std::int64_t>(n % 2) << 62}); ++n) ++count;
    const std::string chunk = writer.take();
    CHECK(chunk.size() <= kPageBytes);
    CHECK(chunk.size() > kPageBytes - 50);
    std::vector<Entry> read;
    REQUIRE(read_chunk(chunk, read).has_value());
    CHECK(read.size() == count);
}

TEST_CASE("chunk: bytes that are cut or prolonged are refused") {
    ChunkWriter writer;
    for (std::uint64_t n = 0; n < 50; ++n) REQUIRE(writer.add({n << 40, static_cast<std::int64_t>(n)}));
    const std::string chunk = writer.take();
    std::vector<Entry> read;
    for (std::size_t size = 0; size < chunk.size(); ++size) CHECK(read_chunk(chunk.substr(0, size), read).has_error());
    CHECK(read_chunk(chunk + '\0', read).has_error());
}

TEST_CASE("bloom: it never denies what it holds, and seldom admits what it does not") {
    constexpr HashSecret secret{1, 2};
    Bloom bloom(20'000);
    for (int n = 0; n < 20'000; ++n) bloom.add(key_hash(secret, "in", std::to_string(n)));
    Bloom copy;
    copy.append(bloom.bytes().substr(0, 8'000));
    copy.append(bloom.bytes().substr(8'000));
    int wrong = 0;
    for (int n = 0; n < 20'000; ++n) {
        REQUIRE(copy.may_contain(key_hash(secret, "in", std::to_string(n))));
        if (copy.may_contain(key_hash(secret, "out", std::to_string(n)))) ++wrong;
    }
    CHECK(wrong < 600);
    CHECK(bloom.bytes().size() < 20'000 * 11 / 8);
}

TEST_CASE("key hash: kind and value are told apart, and another secret gives other hashes") {
    constexpr HashSecret one{1, 2}, other{1, 3};
    CHECK(key_hash(one, "a", "bc") != key_hash(one, "ab", "c"));
    CHECK(key_hash(one, "", "abc") != key_hash(one, "abc", ""));
    CHECK(key_hash(one, "nhs-number", "9990000018") == key_hash(one, "nhs-number", "9990000018"));
    CHECK(key_hash(one, "nhs-number", "9990000018") != key_hash(other, "nhs-number", "9990000018"));
}
