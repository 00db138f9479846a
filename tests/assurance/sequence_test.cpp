#include "assurance/sequence.hpp"

#include <doctest/doctest.h>

#include "assurance/records.hpp"

using namespace causeway;
using namespace causeway::assurance;
using test::Book;

namespace {

std::vector<Gap> gaps_of(const Book& book, const std::map<std::string, Numbering>& numbering = {}) {
    Sequences sequences(test::kDayBegin, test::kDayEnd, numbering);
    book.tell(sequences);
    return sequences.finish();
}

void send(Book& book, int first, int last, const std::string& prefix = {}) {
    for (int number = first; number <= last; ++number) book.accept("lab", prefix + std::to_string(number));
}

}  // namespace

TEST_CASE("a sequence without a gap has none") {
    Book book;
    send(book, 1, 100);
    CHECK(gaps_of(book).empty());
}

TEST_CASE("missing numbers are named as ranges, with channel, sender and prefix") {
    Book book;
    send(book, 100, 149, "LAB");
    send(book, 151, 170, "LAB");
    send(book, 174, 180, "LAB");

    const auto gaps = gaps_of(book);

    REQUIRE(gaps.size() == 2);
    CHECK(gaps[0].first == 150);
    CHECK(gaps[0].last == 150);
    CHECK(gaps[1].first == 171);
    CHECK(gaps[1].last == 173);
    CHECK(gaps[1].missing() == 3);
    CHECK(gaps[1].channel == "lab");
    CHECK(gaps[1].sender == "PAS|RX999");
    CHECK(gaps[1].prefix == "LAB");
}

TEST_CASE("what comes out of order, refused or twice is no gap") {
    Book book;
    send(book, 1, 10);
    send(book, 12, 20);
    book.intake(Disposition::refused, "lab", "11");
    book.accept("lab", "11");
    CHECK(gaps_of(book).empty());
}

TEST_CASE("what is missing at midnight is seen") {
    Book book;
    book.now = test::kDayBegin - Duration(1);
    send(book, 1, 500);
    book.now = test::kDayBegin;
    send(book, 503, 600);
    const auto gaps = gaps_of(book);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].first == 501);
    CHECK(gaps[0].last == 502);
}

TEST_CASE("a sequence that begins anew each day, or wraps in the middle of it, misses nothing") {
    Book daily;
    daily.now = test::kDayBegin - Duration(1);
    send(daily, 1, 500);
    daily.now = test::kDayBegin;
    send(daily, 1, 400);
    CHECK(gaps_of(daily).empty());

    Book wraps;
    send(wraps, 99'900, 99'999);
    send(wraps, 1, 100);
    CHECK(gaps_of(wraps).empty());
}

TEST_CASE("times and random ids are no sequence") {
    Book book;
    for (int i = 0; i < 200; ++i) {
        book.accept("lab", "2026112109" + std::to_string(1000 + i * 17));
        book.accept("mix", "A" + std::to_string((i * 7919L * 7919L) % 100'000'007L));
        book.accept("uuid", "0d1c-none");
    }
    CHECK(gaps_of(book).empty());
}

TEST_CASE("a sender whose ids are declared to count is believed, however few came") {
    Book book;
    for (const auto* id : {"10", "20", "21"}) book.accept("lab", id);
    CHECK(gaps_of(book).empty());
    CHECK(gaps_of(book, {{"lab", Numbering::control_id}}).size() == 1);
    CHECK(gaps_of(book, {{"lab", Numbering::off}}).empty());
}

TEST_CASE("MSH-13 counts where the channel says so, whatever the control id is") {
    Book book;
    for (int number = 1; number <= 20; ++number)
        if (number != 7) book.accept("lab", "x", {{"sequence", std::to_string(number)}});
    CHECK(gaps_of(book).empty());
    const auto gaps = gaps_of(book, {{"lab", Numbering::sequence}});
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].first == 7);
}

TEST_CASE("one withheld of 100,000 is named") {
    Book book;
    send(book, 1, 54'320);
    send(book, 54'322, 100'000);
    const auto gaps = gaps_of(book);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].first == 54'321);
    CHECK(gaps[0].last == 54'321);
}

TEST_CASE("whoever brings it, a message is numbered by the system that it names") {
    Book book;
    for (int number = 1; number <= 20; ++number) {
        if (number == 9) continue;
        book.accept("files", std::to_string(number), {{"sender", "LAB|RX999"}});
        book.records.back().intake->message.sender = std::to_string(number) + ".hl7";
    }
    const auto gaps = gaps_of(book);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].first == 9);
    CHECK(gaps[0].sender == "LAB|RX999");
}
