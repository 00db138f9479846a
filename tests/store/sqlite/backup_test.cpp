#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

namespace {

std::unique_ptr<MessageStore> open_copy(const std::string& file, const Clock& clock, seal::KeyRing keys = {}) {
    LedgerOptions options;
    options.file = file;
    options.min_free_bytes = 0;
    options.keys = std::move(keys);
    return std::move(open_sqlite_ledger(std::move(options), clock).value());
}

void check_whole(MessageStore& copy) {
    CHECK(copy.verify_file().has_value());
    CHECK(copy.verify_chain(std::nullopt)->faults.empty());
    CHECK(copy.verify_obligations()->differences.empty());
}

seal::KeyRing ring(std::initializer_list<char> keys) {
    std::vector<std::string> texts, names;
    for (const char key : keys) {
        texts.push_back(to_hex(std::string(32, key)));
        names.emplace_back("test");
    }
    return seal::KeyRing::parse(texts, names).value();
}

}  // namespace

TEST_CASE("backup: the copy is a ledger with all that was acknowledged") {
    Ledger ledger;
    std::vector<Id> ids;
    for (int i = 0; i < 300; ++i) ids.push_back(ledger.message("MSH|" + std::to_string(i)));
    const std::string file = (ledger.folder() / "copy.db").string();

    REQUIRE(ledger->backup(file).has_value());

    struct stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    const auto copy = open_copy(file, ledger.clock);
    check_whole(*copy);
    for (const Id id : ids) CHECK(copy->message(id).has_value());
    CHECK(copy->chain_head()->hash == ledger->chain_head()->hash);
    CHECK(copy->open_obligations({}, 1'000)->size() == 300);
}

TEST_CASE("backup: no file is overwritten, and a broken attempt leaves none") {
    Ledger ledger;
    ledger.message();
    const auto there = ledger.folder().write("there.db", "something else");
    CHECK(ledger->backup(there.string()).error().issue == Issue::conflict);
    CHECK(ledger.folder().read("there.db") == "something else");
    CHECK(ledger->backup((ledger.folder() / "no/folder.db").string()).has_error());
    for (int i = 0; i < 50; ++i)
        ledger.message(std::string(100'000, static_cast<char>('a' + i % 20)) + std::to_string(i));

    const auto stopped = ledger->backup((ledger.folder() / "stopped.db").string(), [](double) { return false; });

    if (stopped.has_error()) CHECK_FALSE(ledger.folder().names().contains("stopped.db"));
    CHECK_FALSE(ledger.folder().names().contains("stopped.db.part"));
}

TEST_CASE("backup: it ends under load, and holds all that was acknowledged when it began") {
    Ledger ledger;
    std::vector<Id> ids;
    std::string noise;
    while (noise.size() < 20'000) noise += as_view(sha256(noise));
    for (int i = 0; i < 200; ++i) ids.push_back(ledger.message(noise + std::to_string(i)));
    std::atomic<bool> done{false};
    std::atomic<int> sent{0};
    std::thread load([&] {
        while (!done) {
            ledger.message("MSH|more " + std::to_string(sent));
            ++sent;
        }
    });
    const std::string file = (ledger.folder() / "copy.db").string();

    const auto copied = ledger->backup(file);

    done = true;
    load.join();
    REQUIRE(copied.has_value());
    const auto copy = open_copy(file, ledger.clock);
    check_whole(*copy);
    for (const Id id : ids) CHECK(copy->message(id).has_value());
    CHECK(copy->last_sequence() <= ledger->last_sequence());
}

TEST_CASE("keys: a ledger is read with its keys only, and goes on under a new one") {
    LedgerOptions options;
    options.keys = ring({'a'});
    Ledger ledger(options);
    const Id first = ledger.message("MSH|first");
    const std::string file = (ledger.folder() / "old.db").string();
    REQUIRE(ledger->backup(file).has_value());
    CHECK(open_copy(file, ledger.clock, ring({'b', 'a'}))->message(first).has_value());
    LedgerOptions other;
    other.file = file;
    other.keys = ring({'b'});
    const auto opened = open_sqlite_ledger(other, ledger.clock);
    if (opened.has_value())
        CHECK((*opened)->message(first).error().issue == Issue::login);
    else
        CHECK(opened.error().issue == Issue::login);

    REQUIRE(ledger->use_keys(ring({'b', 'a'})).has_value());
    const Id second = ledger.message("MSH|second");
    CHECK(ledger->reseal().value() > 0);
    CHECK(ledger->reseal().value() == 0);
    REQUIRE(ledger->use_keys(ring({'b'})).has_value());
    const std::string after = (ledger.folder() / "new.db").string();
    REQUIRE(ledger->backup(after).has_value());
    const auto copy = open_copy(after, ledger.clock, ring({'b'}));
    check_whole(*copy);
    CHECK(copy->message(first)->message.body.reveal() == "MSH|first");
    CHECK(copy->message(second)->message.body.reveal() == "MSH|second");
}

TEST_CASE("keys: encryption can begin in an old ledger, and go on under another key") {
    Ledger ledger;
    const Id message = ledger.message("MSH|UNMISTAKABLE");
    for (const seal::KeyRing& keys : {ring({'a'}), ring({'b', 'a'})}) {
        REQUIRE(ledger->use_keys(keys).has_value());
        CHECK(ledger->reseal().value() >= 2);
    }
    CHECK(ledger->message(message)->message.body.reveal() == "MSH|UNMISTAKABLE");
    CHECK(ledger->verify_chain(std::nullopt)->faults.empty());
}

TEST_CASE("keys: what was written while another key was the newest is sealed anew too, over restarts") {
    LedgerOptions options;
    options.keys = ring({'a'});
    Ledger ledger(options);
    ledger.message("MSH|first");
    CHECK(ledger->reseal().value() == 0);
    REQUIRE(ledger->use_keys(ring({'b', 'a'})).has_value());
    ledger.reopen(ring({'b', 'a'}));
    const Id between = ledger.message("MSH|between");
    REQUIRE(ledger->use_keys(ring({'a', 'b'})).has_value());
    CHECK(ledger->reseal().value() > 0);
    REQUIRE(ledger->use_keys(ring({'a'})).has_value());
    ledger.reopen(ring({'a'}));
    CHECK(ledger->message(between)->message.body.reveal() == "MSH|between");
}

TEST_CASE("keys: a key under which something is sealed cannot be taken away") {
    LedgerOptions options;
    options.keys = ring({'a'});
    Ledger ledger(options);
    const Id message = ledger.message("MSH|first");
    for (const seal::KeyRing& keys : {ring({'b'}), seal::KeyRing()}) {
        const auto used = ledger->use_keys(keys);
        REQUIRE_FALSE(used.has_value());
        CHECK(used.error().issue == Issue::login);
        CHECK(used.error().what.find("name that key too") != std::string::npos);
    }
    CHECK(ledger->message(message).has_value());
    CHECK(ledger->reseal().value() == 0);
}

TEST_CASE("keys: re-sealing goes on where it was stopped") {
    Ledger ledger;
    for (int i = 0; i < 200; ++i) ledger.message("MSH|" + std::to_string(i));
    REQUIRE(ledger->use_keys(ring({'a'})).has_value());
    const auto first = ledger->reseal([](double) { return false; }).value();
    CHECK(first < 400);
    std::vector<double> told;
    CHECK(ledger->reseal([&](double part) { return told.push_back(part), true; }).value() == 400 - first);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() <= 1);
}

TEST_CASE("space: above the limit new messages are refused, what is owed goes on, and it begins again by itself") {
    Ledger ledger;
    const Id owed = ledger.message();
    CHECK(ledger->pressure() == 0);
    const auto used = ledger->space().used_bytes;
    ledger->set_limits(used / 2, 0);

    const auto refused = ledger.accept(intake("MSH|more"));
    REQUIRE(refused.has_error());
    CHECK(refused.error().issue == Issue::no_store);
    CHECK(refused.error().hl7_code == 207);
    CHECK(ledger->space().full);
    CHECK(ledger->pressure() == 1);
    CHECK(ledger.routed(owed, {"pas"}).size() == 1);

    ledger->set_limits(used * 100 / 95, 0);
    CHECK(ledger.accept(intake("MSH|more")).has_value());
    CHECK(ledger->pressure() > 0);
    CHECK(ledger->pressure() < 1);
    ledger->set_limits(0, 0);
    CHECK(ledger.accept(intake("MSH|more still")).has_value());
    CHECK(ledger->pressure() == 0);
}
