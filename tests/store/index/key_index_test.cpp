#include "store/index/key_index.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "store/index/key_hash.hpp"
#include "store/index/memory_runs.hpp"

using namespace causeway;
using namespace causeway::index;
using test::MemoryRuns;
using Values = std::vector<std::int64_t>;

namespace {

constexpr HashSecret kSecret{7, 11};

std::uint64_t hash_of(std::int64_t key) {
    return key_hash(kSecret, "key", std::to_string(key));
}

/// An index that is driven as the ledger drives it.
struct Rig {
    explicit Rig(IndexOptions changes = {}) : options(changes) { start(); }

    void start() {
        index = std::make_unique<KeyIndex>(options, runs.stored());
        MemoryRuns::Reader reader(runs);
        REQUIRE(index->load(reader).has_value());
    }
    void add(Family family, std::uint64_t hash, std::int64_t value) { index->add(family, hash, value); }
    void commit() { index->publish(++block); }
    void prepare() {
        MemoryRuns::Reader reader(runs);
        while (index->prepare(reader).value()) {
        }
    }
    void write_slice() {
        MemoryRuns::Writer writer(runs);
        REQUIRE(index->write(writer).has_value());
        writer.commit();
        index->written();
    }
    void work() {
        for (prepare(); index->has_slice(); prepare()) write_slice();
    }
    Values find(Family family, std::uint64_t hash, std::size_t limit = 100, std::int64_t before = INT64_MAX) {
        MemoryRuns::Reader reader(runs);
        return index->lookup({family, hash, limit, before}, reader).value();
    }
    /// Message n: a duplicate key, two search keys (one shared by every tenth) and an id, in a block of its own.
    void message(std::int64_t n) {
        add(Family::duplicates, hash_of(n), n);
        add(Family::keys, hash_of(n), n);
        add(Family::keys, hash_of(-(n % 10) - 1), n);
        add(Family::ids, static_cast<std::uint64_t>(n), block + 1);
        commit();
    }

    IndexOptions options;
    MemoryRuns runs;
    std::unique_ptr<KeyIndex> index;
    std::int64_t block = 0;
};

constexpr IndexOptions kSmall{.memory_entries = 400, .merge_width = 3, .slice_parts = 4, .most_full_tables = 2};

/// A sample of them; the last one always.
bool finds_all(Rig& rig, std::int64_t messages) {
    for (std::int64_t n = messages; n > 0; n -= 13) {
        if (rig.find(Family::duplicates, hash_of(n)) != Values{n}) return false;
        if (rig.find(Family::keys, hash_of(n)) != Values{n}) return false;
        if (rig.find(Family::ids, static_cast<std::uint64_t>(n)) != Values{n}) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("key index: what is staged is seen by its group only, what is published by all") {
    Rig rig;
    rig.add(Family::keys, 42, 7);
    rig.add(Family::keys, 42, 9);
    Values values;

    rig.index->staged(Family::keys, 42, values);
    CHECK(values == Values{9, 7});
    CHECK(rig.find(Family::keys, 42).empty());

    rig.commit();

    values.clear();
    rig.index->staged(Family::keys, 42, values);
    CHECK(values.empty());
    CHECK(rig.find(Family::keys, 42) == Values{9, 7});
    CHECK(rig.find(Family::duplicates, 42).empty());
}

TEST_CASE("key index: what a group discards was never there") {
    Rig rig;
    rig.add(Family::duplicates, 42, 7);
    rig.index->discard();
    rig.add(Family::duplicates, 43, 8);
    rig.commit();

    CHECK(rig.find(Family::duplicates, 42).empty());
    CHECK(rig.find(Family::duplicates, 43) == Values{8});
}

TEST_CASE("key index: everything is found while it moves from memory into runs and from runs into larger ones") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 5'000; ++n) {
        rig.message(n);
        if (n % 7 == 0 && rig.index->has_slice()) rig.write_slice();
        if (n % 5 == 0) rig.prepare();
        if (n % 1'000 == 0) CHECK(finds_all(rig, n));
    }
    rig.work();

    CHECK(finds_all(rig, 5'000));
    CHECK(rig.index->figures().runs < 18);
    CHECK(rig.index->figures().entries > 19'000);
    CHECK(rig.find(Family::duplicates, hash_of(5'001)).empty());
    CHECK(rig.index->indexed_through() > 4'800);
}

TEST_CASE("key index: a key of many messages is paged through, newest first") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 9'000; ++n) {
        rig.message(n);
        if (n % 90 == 0) rig.work();
    }
    Values all;
    for (Values page{INT64_MAX}; !page.empty();) {
        page = rig.find(Family::keys, hash_of(-4), 70, page.back());
        all.insert(all.end(), page.begin(), page.end());
    }
    Values expected;
    for (std::int64_t n = 8'993; n > 0; n -= 10) expected.push_back(n);
    CHECK(all == expected);
}

TEST_CASE("key index: a key that fills many pages of a run is read where it is asked for") {
    Rig rig({.memory_entries = 50'000});
    for (std::int64_t n = 1; n <= 49'000; ++n) rig.add(Family::keys, 1'000, n << 22);
    rig.add(Family::keys, 999, 5);
    rig.add(Family::keys, 1'001, 6);
    rig.commit();
    for (std::int64_t n = 0; n < 2'000; ++n) rig.add(Family::ids, static_cast<std::uint64_t>(n), 1);
    rig.commit();
    rig.work();
    REQUIRE(rig.index->figures().entries == 49'002);
    rig.runs.reads = 0;

    CHECK(rig.find(Family::keys, 1'000, 2, 20'000LL << 22) == Values{19'999LL << 22, 19'998LL << 22});
    CHECK(rig.find(Family::keys, 1'000, 1) == Values{49'000LL << 22});
    CHECK(rig.find(Family::keys, 1'000, 3, 2LL << 22) == Values{1LL << 22});
    CHECK(rig.find(Family::keys, 999) == Values{5});
    CHECK(rig.find(Family::keys, 1'001) == Values{6});
    CHECK(rig.runs.reads < 40);
}

TEST_CASE("key index: values that came late under an old key are in order all the same") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 1'000; ++n) rig.message(n);
    rig.work();
    for (std::int64_t n = 1'000; n >= 1; --n) {
        rig.add(Family::keys, 77, n);
        rig.commit();
    }
    rig.work();

    CHECK(rig.find(Family::keys, 77, 3) == Values{1'000, 999, 998});
    CHECK(rig.find(Family::keys, 77, 3, 500) == Values{499, 498, 497});
}

TEST_CASE("key index: after a crash between any two slices, runs and the blocks after them hold everything once") {
    for (int crash_after = 0; crash_after < 60; crash_after += 3) {
        Rig rig(kSmall);
        int slices = 0;
        for (std::int64_t n = 1; n <= 900 && slices <= crash_after; ++n) {
            rig.message(n);
            rig.prepare();
            if (rig.index->has_slice() && ++slices <= crash_after) rig.write_slice();
        }
        const std::int64_t committed = rig.block;

        rig.start();
        REQUIRE(rig.index->indexed_through() <= committed);
        rig.block = rig.index->indexed_through();
        for (std::int64_t n = rig.block + 1; n <= committed; ++n) rig.message(n);
        REQUIRE(finds_all(rig, committed));
        rig.work();

        CHECK(finds_all(rig, committed));
        CHECK(rig.runs.stored().unfinished.empty());
    }
}

TEST_CASE("key index: a slice that was rolled back is written again") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 900; ++n) {
        rig.message(n);
        rig.prepare();
        if (!rig.index->has_slice()) continue;
        MemoryRuns::Writer lost(rig.runs);
        REQUIRE(rig.index->write(lost).has_value());
        rig.index->unwritten();
        rig.write_slice();
    }
    rig.work();
    rig.start();

    for (std::int64_t n = rig.index->indexed_through(); n > 0; --n)
        REQUIRE(rig.find(Family::duplicates, hash_of(n)) == Values{n});
}

TEST_CASE("key index: parts of merged runs go when no reader has them any more") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 3'000; ++n) {
        rig.message(n);
        if (n % 50 == 0) rig.work();
    }
    CHECK(rig.runs.stored().unfinished.empty());
    CHECK(rig.runs.finished() == rig.index->figures().runs);
    CHECK(rig.runs.parts() < 250);
}

TEST_CASE("key index: what nobody writes makes it behind, and writing mends that") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 500; ++n) rig.message(n);
    CHECK(rig.index->behind());

    rig.work();

    CHECK_FALSE(rig.index->behind());
    CHECK(finds_all(rig, 500));
}

TEST_CASE("key index: what is below the floor is forgotten, a run at a time") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 4'000; ++n) {
        rig.message(n);
        if (n % 100 == 0) rig.work();
    }
    const auto before = rig.index->figures();

    rig.index->forget_below(Family::duplicates, 3'900);
    rig.work();

    CHECK(rig.find(Family::duplicates, hash_of(10)).empty());
    CHECK(rig.find(Family::duplicates, hash_of(3'950)) == Values{3'950});
    CHECK(rig.find(Family::keys, hash_of(10)) == Values{10});
    CHECK(rig.index->figures().entries < before.entries);
}

TEST_CASE("key index: one that is absent is seldom looked for on the disk") {
    Rig rig({.memory_entries = 20'000});
    for (std::int64_t n = 1; n <= 100'000; ++n) {
        rig.add(Family::duplicates, hash_of(n), n);
        if (n % 500 == 0) rig.commit();
        if (n % 5'000 == 0) rig.work();
    }
    rig.runs.reads = 0;
    for (std::int64_t n = 1; n <= 1'000; ++n) CHECK(rig.find(Family::duplicates, hash_of(-n)).empty());

    CHECK(rig.index->figures().runs >= 4);
    CHECK(rig.runs.reads < 250);
}

TEST_CASE("key index: a damaged page is an error, never a wrong answer") {
    Rig rig(kSmall);
    for (std::int64_t n = 1; n <= 300; ++n) rig.message(n);
    rig.work();
    const auto run = rig.runs.stored().runs.front();
    rig.runs.part(run.number, Part::chunk, 0)[20] ^= '\x40';
    MemoryRuns::Reader reader(rig.runs);
    std::size_t errors = 0;
    for (std::int64_t n = 1; n <= 100; ++n) {
        const auto found = rig.index->lookup({.family = run.family, .hash = hash_of(n)}, reader);
        if (found.has_error())
            ++errors;
        else if (!found->empty())
            CHECK(*found == Values{n});
    }
    CHECK(errors > 0);
}

TEST_CASE("key index: readers see whole groups while the writer and the merges go on") {
    Rig rig({.memory_entries = 2'000, .merge_width = 3, .slice_parts = 8});
    std::atomic<std::int64_t> published{0};
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    const auto read = [&] {
        MemoryRuns::Reader reader(rig.runs);
        for (std::int64_t n = 1; !done; ++n) {
            const std::int64_t newest = published.load();
            if (newest == 0) continue;
            const std::int64_t one = n % newest + 1;
            const auto found = rig.index->lookup({Family::keys, hash_of(one)}, reader);
            if (!found || *found != Values{one * 2 + 1, one * 2}) ++wrong;
        }
    };
    const auto prepare = [&] {
        MemoryRuns::Reader reader(rig.runs);
        while (!done)
            if (!rig.index->prepare(reader).value()) std::this_thread::yield();
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back(read);
    threads.emplace_back(prepare);
    for (std::int64_t n = 1; n <= 20'000; ++n) {
        rig.add(Family::keys, hash_of(n), n * 2);
        rig.add(Family::keys, hash_of(n), n * 2 + 1);
        rig.commit();
        published = n;
        while (rig.index->behind())
            if (rig.index->has_slice()) rig.write_slice();
        if (rig.index->has_slice()) rig.write_slice();
    }
    done = true;
    for (auto& thread : threads) thread.join();

    CHECK(wrong == 0);
    CHECK(rig.index->figures().runs > 0);
}
