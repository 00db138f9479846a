#include "core/id.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace causeway;

namespace {

const Instant kNow = Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21));

}  // namespace

TEST_CASE("an id fits MSH-10 and comes back from its text") {
    IdSource source;
    const auto id = source.next(kNow);
    CHECK(id.text().size() == 13);
    CHECK(Id::parse(id.text()) == id);
}

TEST_CASE("ids rise, as numbers and as text, also when the clock goes back") {
    IdSource source;
    auto last = source.next(kNow);
    for (int i = 0; i < 1000; ++i) {
        const auto next = source.next(kNow - std::chrono::seconds(i));
        CHECK(next > last);
        CHECK(next.text() > last.text());
        last = next;
    }
}

TEST_CASE("a source goes on after the greatest id of the ledger") {
    const auto last = IdSource().next(kNow + std::chrono::hours(1));
    CHECK(IdSource(last).next(kNow) > last);
}

TEST_CASE("what is no id is refused") {
    for (const auto* text : {"", "ABC", "0000000000000", "ZZZZZZZZZZZZZ", "0123456789ABU", "0123456789ABCD"})
        CHECK_MESSAGE(!Id::parse(text), text);
}
