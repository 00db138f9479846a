#include "pipeline/recent_messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace causeway::pipeline {
namespace {

MessagePtr message(std::int64_t id, std::size_t bytes = 10) {
    auto made = std::make_shared<Message>();
    made->id = Id{id};
    made->body = Payload(std::string(bytes, 'x'));
    return made;
}

Obligation owed(std::int64_t id, std::int64_t message) {
    Obligation made;
    made.id = Id{id};
    made.message = Id{message};
    made.destination = "pas";
    return made;
}

Parsed parsed() {
    return {nullptr, std::make_shared<const Identity>()};
}

}  // namespace

TEST_CASE("an obligation is fetched with its message, once") {
    RecentMessages recent(1 << 20);
    recent.put(message(1), {}, {owed(1, 1)});
    const auto taken = recent.take(Id{1});
    REQUIRE(taken.has_value());
    CHECK(taken->message->id == Id{1});
    CHECK(taken->obligation.destination == "pas");
    CHECK_FALSE(recent.take(Id{1}).has_value());
}

TEST_CASE("with less room the first ones go") {
    RecentMessages recent(1 << 20);
    for (std::int64_t id = 1; id <= 4; ++id) recent.put(message(id, 1'000), {}, {owed(id, id)});
    recent.keep_within(10'000);
    CHECK_FALSE(recent.take(Id{1}).has_value());
    CHECK_FALSE(recent.take(Id{2}).has_value());
    CHECK(recent.take(Id{3}).has_value());
    CHECK(recent.take(Id{4}).has_value());
}

TEST_CASE("of two deliveries one reads the document at a time") {
    RecentMessages recent(1 << 20);
    recent.put(message(1), parsed(), {owed(2, 1), owed(3, 1)});
    auto first = recent.take(Id{2});
    REQUIRE(first.has_value());
    CHECK(first->parsed.identity);
    SUBCASE("it is with the other one") {
        CHECK_FALSE(recent.take(Id{3})->parsed.identity);
    }
    SUBCASE("it was given back") {
        recent.give_back(Id{1}, first->parsed);
        CHECK(recent.take(Id{3})->parsed.identity);
    }
}

TEST_CASE("a delivery of the message as it came leaves the document to one that maps it") {
    RecentMessages recent(1 << 20);
    auto as_it_came = owed(2, 1), mapped = owed(3, 1);
    as_it_came.duty = mapped.duty = Duty::deliver;
    mapped.map = "patient";
    recent.put(message(1), parsed(), {as_it_came, mapped});
    CHECK_FALSE(recent.take(Id{2})->parsed.identity);
    CHECK(recent.take(Id{3})->parsed.identity);
}

TEST_CASE("a message leaves with the last obligation that is kept for it") {
    RecentMessages recent(1 << 20);
    recent.put(message(1), {}, {owed(2, 1)});
    CHECK(recent.take(Id{2}).has_value());
    recent.put(message(1), {}, {owed(3, 1)});
    CHECK(recent.take(Id{3}).has_value());
}

TEST_CASE("full means full: what came first stays, and what is taken makes room") {
    RecentMessages recent(10'000);
    recent.put(message(1, 5'000), {}, {owed(1, 1)});
    recent.put(message(2, 5'000), {}, {owed(2, 2)});
    CHECK_FALSE(recent.take(Id{2}).has_value());
    CHECK(recent.take(Id{1}).has_value());
    recent.put(message(3, 5'000), {}, {owed(3, 3)});
    CHECK(recent.take(Id{3}).has_value());
}

TEST_CASE("what an operator acts on is asked of the ledger") {
    RecentMessages recent(1 << 20);
    recent.put(message(1), {}, {owed(2, 1), owed(3, 1)});
    SUBCASE("by message") {
        recent.forget(Id{1});
    }
    SUBCASE("by one of its obligations") {
        recent.forget(Id{3});
    }
    CHECK_FALSE(recent.take(Id{2}).has_value());
    CHECK_FALSE(recent.take(Id{3}).has_value());
}

}  // namespace causeway::pipeline
