#include "assurance/balance.hpp"

#include <doctest/doctest.h>

#include "assurance/records.hpp"

using namespace causeway;
using namespace causeway::assurance;
using test::Book;

namespace {

DayBalance balance_of(const Book& book) {
    Balancer balancer(test::kDayBegin, test::kDayEnd, [](Id) { return std::string("earlier"); });
    book.tell(balancer);
    return balancer.finish();
}

const BalanceLine& line(const DayBalance& balance, const std::string& destination, Duty duty = Duty::deliver) {
    for (const auto& one : balance.lines)
        if (one.destination == destination && one.duty == duty) return one;
    static const BalanceLine none;
    return none;
}

}  // namespace

TEST_CASE("what came in is delivered, filtered, held or queued, by destination") {
    Book book;
    book.deliver("letters", "gp-practices");
    const auto message = book.accept("letters");
    book.move(message, message, State::delivered);
    book.move(message, book.owe(message, "gp-practices"), State::held, "team-a");
    book.move(message, book.owe(message, "archive"), State::filtered, "", "operator");
    book.owe(message, "theatre");
    book.move(message, book.owe(message, "pas"), State::in_flight);

    const auto made = balance_of(book);

    CHECK(made.imbalance_count == 0);
    REQUIRE(made.intake.size() == 1);
    CHECK(made.intake[0].accepted == 2);
    CHECK(made.intake[0].kept_here == 0);
    CHECK(line(made, "", Duty::process).in == 2);
    CHECK(line(made, "", Duty::process).delivered == 2);
    CHECK(line(made, "gp-practices").in == 2);
    CHECK(line(made, "gp-practices").delivered == 1);
    CHECK(line(made, "gp-practices").held.at("team-a") == 1);
    CHECK(line(made, "archive").filtered.at("operator") == 1);
    CHECK(line(made, "theatre").queued == 1);
    CHECK(line(made, "pas").in_flight == 1);
    for (const auto& one : made.lines) CHECK(one.balances());
}

TEST_CASE("what ended in events that retention has removed is neither owed nor a contradiction") {
    Book book;
    const auto message = book.accept("letters");
    const auto pas = book.owe(message, "pas");
    const auto other = book.accept("letters");
    Balancer balancer(
        test::kDayBegin, test::kDayEnd, [](Id) { return std::string(); }, [&](Id of, Id) { return of == message; });
    book.move(message, Id{pas.value + 1'000}, State::delivered);  // Its creation is gone.
    book.tell(balancer);

    const auto made = balancer.finish();

    CHECK(made.imbalance_count == 0);
    CHECK(line(made, "pas").removed == 1);
    CHECK(line(made, "pas").queued == 0);
    CHECK(line(made, "", Duty::process).removed == 1);
    CHECK(line(made, "", Duty::process).queued == 1);
    CHECK(made.intake[0].kept_here == 0);
    CHECK(other != message);
    for (const auto& one : made.lines) CHECK(one.balances());
}

TEST_CASE("a message belongs to the day in which it was accepted, whenever it is delivered") {
    Book book;
    book.now = test::kDayEnd - Duration(1);
    const auto message = book.accept("letters");
    book.now = test::kDayEnd + std::chrono::hours(30);
    book.move(message, message, State::delivered);
    book.move(message, book.owe(message, "pas"), State::delivered);
    book.deliver("letters", "pas");  // Of the next day.

    const auto made = balance_of(book);

    CHECK(made.intake[0].accepted == 1);
    CHECK(line(made, "pas").in == 1);
    CHECK(line(made, "pas").delivered == 1);
}

TEST_CASE("refused, repeated and quarantined messages are counted, and owe nothing") {
    Book book;
    book.intake(Disposition::refused, "letters");
    book.intake(Disposition::conflict, "letters");
    const auto message = book.accept("letters");
    book.put("message.duplicate", message);
    book.put("message.duplicate", Id{-5});  // Of a message of another day.

    const auto made = balance_of(book);

    REQUIRE(made.intake.size() == 2);
    CHECK(made.intake[0].channel == "earlier");
    CHECK(made.intake[0].duplicates == 1);
    CHECK(made.intake[1].refused == 1);
    CHECK(made.intake[1].conflicts == 1);
    CHECK(made.intake[1].duplicates == 1);
    CHECK(line(made, "", Duty::process).in == 1);
}

TEST_CASE("what nobody is owed is kept here, unless a rule filtered it") {
    Book book;
    const auto learnt = book.accept("adt"), notice = book.accept("adt"), waits = book.accept("adt");
    book.move(learnt, learnt, State::delivered);
    book.move(notice, notice, State::filtered, "", "appointment-notice");

    const auto made = balance_of(book);

    CHECK(made.intake[0].kept_here == 1);
    CHECK(line(made, "", Duty::process).filtered.at("appointment-notice") == 1);
    CHECK(line(made, "", Duty::process).queued == 1);
    CHECK(waits);
}

TEST_CASE("what moves after its end, or was never created, is named") {
    Book book;
    const auto message = book.deliver("letters", "pas");
    const auto owed = book.records.back().event.obligation;
    book.move(message, owed, State::held, "someone");
    book.move(message, Id{999}, State::delivered);

    const auto made = balance_of(book);

    REQUIRE(made.imbalances.size() == 2);
    CHECK(made.imbalances[0].message == message);
    CHECK(made.imbalances[0].obligation == owed);
    CHECK(made.imbalances[1].obligation == Id{999});
}

TEST_CASE("what is created twice is named") {
    Book book;
    const auto message = book.accept("letters");
    book.owe(message, "pas");
    book.records.push_back(book.records.back());
    CHECK(balance_of(book).imbalance_count == 1);
}

TEST_CASE("what belongs to other days is none of this day's business") {
    Book book;
    book.now = test::kDayBegin - Duration(1);
    const auto earlier = book.accept("letters");
    book.now = test::kDayBegin + Duration(1);
    book.move(earlier, earlier, State::delivered);
    book.owe(earlier, "pas");
    const auto made = balance_of(book);
    CHECK(made.lines.empty());
    CHECK(made.imbalance_count == 0);
}

TEST_CASE("a replay owes the processing once more, and both are counted") {
    Book book;
    const auto message = book.deliver("letters", "pas");
    const auto again = book.owe(message, "", State::queued, Duty::process);
    book.move(message, again, State::delivered);
    const auto made = balance_of(book);
    CHECK(line(made, "", Duty::process).in == 2);
    CHECK(line(made, "", Duty::process).delivered == 2);
    CHECK(made.intake[0].accepted == 1);
}
