/// Tampering with the file, and what a check of the chain says.
#include <doctest/doctest.h>

#include "store/block/block.hpp"
#include "store/ledger_fixture.hpp"
#include "store/seal/sealer.hpp"

using namespace causeway;
using test::Ledger;

namespace {

/// Five messages, each a commit of its own.
struct FiveBlocks {
    FiveBlocks() {
        for (int i = 0; i < 5; ++i) ledger.message("MSH|" + std::to_string(i));
    }
    ChainReport verify(const std::optional<ChainHead>& anchor = std::nullopt) {
        return ledger->verify_chain(anchor).value();
    }
    /// Changes the file behind the back of the ledger, which forgets what it has in memory.
    ChainReport after(const std::string& sql) {
        ledger.close();
        ledger.change_file(sql);
        ledger.open();
        return verify();
    }

    Ledger ledger;
};

std::vector<std::int64_t> places(const ChainReport& report) {
    std::vector<std::int64_t> found;
    for (const auto& fault : report.faults) found.push_back(fault.sequence);
    return found;
}

std::string to_sql(std::string_view bytes) {
    return "x'" + to_hex(bytes) + "'";
}

}  // namespace

TEST_CASE("chain: an untouched one is whole, and its head is the last event") {
    FiveBlocks five;
    const auto report = five.verify();

    CHECK(report.faults.empty());
    CHECK(report.events == 5);
    CHECK(report.head.sequence == 5);
    CHECK(report.head.hash == five.ledger->chain_head().value().hash);
    CHECK(five.ledger->verify_events().value() == 5);
}

TEST_CASE("chain: a header that was changed and one that was removed are found where they are") {
    CHECK(places(FiveBlocks().after("UPDATE block SET committed_at = committed_at + 1 WHERE number = 3")).front() == 3);
    CHECK(places(FiveBlocks().after("UPDATE block SET hash = zeroblob(32) WHERE number = 3")).front() == 3);
    CHECK(places(FiveBlocks().after("DELETE FROM block WHERE number = 3")).front() == 3);
    CHECK(places(FiveBlocks().after("DELETE FROM block_events WHERE id = 3 * 65536")).front() == 3);
}

TEST_CASE("chain: what is edited in the file while the ledger has it in memory is found") {
    FiveBlocks five;
    five.ledger.change_file("UPDATE block_events SET bytes = zeroblob(length(bytes)) WHERE id = 5 * 65536");

    CHECK(places(five.verify()) == std::vector<std::int64_t>{5});
}

TEST_CASE("chain: a check says how far it is, and ends when it is told to") {
    Ledger ledger;
    for (int i = 0; i < 200; ++i) ledger.message();
    std::vector<double> parts;
    const auto stop_at_two = [&](double part) { return parts.push_back(part), parts.size() < 2; };

    const auto chain = ledger->verify_chain(std::nullopt, stop_at_two);
    CHECK(chain.error().issue == Issue::processing);
    CHECK(parts == std::vector<double>{64.0 / 200, 128.0 / 200});

    const auto obligations = ledger->verify_obligations([](double) { return false; });
    CHECK(obligations.error().issue == Issue::processing);
    CHECK(ledger->verify_obligations([](double) { return true; }).value().differences.empty());
}

TEST_CASE("chain: commits that changed places are found") {
    const auto report = FiveBlocks().after(
        "UPDATE block_events SET id = 1 WHERE id = 2 * 65536; UPDATE block_events SET id = 2 * 65536 WHERE id = 3 * "
        "65536; UPDATE block_events SET id = 3 * 65536 WHERE id = 1");

    CHECK(places(report) == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("chain: an edited event is named, even where its commit was sealed again") {
    FiveBlocks five;
    std::atomic<int> left{40};
    for (int i = 0; i < 40; ++i)
        five.ledger->append({0, {}, "decision.made", {}, {}, {}, R"({"n":10})"}, [&](const Result<void>&) { --left; });
    five.ledger.append({0, {}, "decision.made", {}, {}, {}, {}}).value();
    const auto row =
        five.ledger.rows("SELECT number || ' ' || first_sequence FROM block ORDER BY events DESC, number LIMIT 1");
    const std::int64_t number = std::stoll(row.at(0));
    const std::int64_t first = std::stoll(row.at(0).substr(row.at(0).find(' ')));
    const auto hex =
        five.ledger.rows("SELECT hex(bytes) FROM block_events WHERE id = 65536 * " + std::to_string(number));
    std::string sealed;
    for (std::size_t i = 0; i < hex.at(0).size(); i += 2)
        sealed.push_back(static_cast<char>(std::stoi(hex[0].substr(i, 2), nullptr, 16)));
    const seal::Sealer sealer;
    std::string plain = sealer.open(sealed, {1, number, 0}).value();
    const std::size_t at = plain.rfind("\"n\":10");
    REQUIRE(at != std::string::npos);
    plain[at + 4] = '9';

    const auto report = five.after("UPDATE block_events SET bytes = " + to_sql(sealer.seal(plain, {1, number, 0})) +
                                   " WHERE id = 65536 * " + std::to_string(number));

    REQUIRE(!report.faults.empty());
    CHECK(report.faults[0].what.find("edited") != std::string::npos);
    CHECK(report.faults[0].sequence >= first);
}

TEST_CASE("chain: a cut tail is seen, also when the engine has gone on, and by a head that was kept elsewhere") {
    FiveBlocks five;
    const ChainHead kept = five.ledger->chain_head().value();
    CHECK(five.verify(kept).faults.empty());

    const auto report =
        five.after("DELETE FROM block WHERE number > 3; DELETE FROM block_events WHERE id >= 4 * 65536");
    CHECK(places(report) == std::vector<std::int64_t>{4});
    five.ledger.message("MSH|later");
    CHECK(places(five.verify()) == std::vector<std::int64_t>{4});

    five.ledger.close();
    five.ledger.change_file("UPDATE tally SET count = 3 WHERE kind = 3; DELETE FROM block WHERE number > 3");
    five.ledger.open();
    CHECK(five.verify().faults.empty());
    CHECK(places(five.verify(kept)) == std::vector<std::int64_t>{5});
}

TEST_CASE("projection: an open obligation that was changed or removed in the table differs from its events") {
    Ledger ledger;
    const Id one = ledger.message();
    const Id two = ledger.message();
    ledger.message();
    ledger.close();
    ledger.change_file("DELETE FROM obligation WHERE id = " + std::to_string(one.value) +
                       "; UPDATE obligation SET record = (SELECT record FROM obligation ORDER BY id DESC LIMIT 1) "
                       "WHERE id = " +
                       std::to_string(two.value));
    ledger.open();

    const auto report = ledger->verify_obligations().value();

    REQUIRE(report.differences.size() >= 2);
    CHECK(report.differences[0].obligation == one);
    CHECK(report.differences[0].what == "The events say queued, the table says nothing.");
    CHECK(report.differences[1].obligation == two);
    CHECK(report.obligations == 3);
}
