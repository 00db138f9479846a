#include "repair/groups.hpp"

#include <doctest/doctest.h>

namespace causeway::repair {
namespace {

using namespace std::chrono_literals;

const Instant kNow = *parse_fhir_instant("2026-11-22T09:00:00Z");

WaitingGroup waits(const std::string& destination, State state, const std::string& owner, const std::string& cause,
                   std::int64_t count, std::int64_t urgent = 0, Duration age = 1h) {
    WaitingGroup group;
    group.destination = destination;
    group.duty = destination.empty() ? Duty::process : Duty::deliver;
    group.state = state;
    group.owner = owner;
    group.cause = cause;
    group.count = count;
    group.urgent = urgent;
    group.oldest = kNow - age;
    return group;
}

std::string answered(const char* id) {
    return std::string("pas answered AE: read message ") + id + " and act.";
}

TEST_CASE("groups: messages that fail alike are one line, with their number, their urgent ones and the oldest") {
    const auto groups = failures({waits("pas", State::held, "booking", answered("0SA3ZXMC40000"), 1, 0, 2h),
                                  waits("pas", State::held, "booking", answered("0SA3ZXMC40001"), 3, 2, 26h),
                                  waits("pas", State::held, "booking", answered("0SA3ZXMC40002"), 1, 1, 5min)});
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].cause == "pas answered AE: read message … and act.");
    CHECK(groups[0].count == 5);
    CHECK(groups[0].urgent == 3);
    CHECK(groups[0].oldest == kNow - 26h);
    CHECK(groups[0].texts.size() == 3);
}

TEST_CASE("groups: people read the cause in full, or with an example of what differs") {
    const auto one = failures({waits("pas", State::held, "booking", answered("0SA3ZXMC40000"), 3)});
    CHECK(one[0].words() == answered("0SA3ZXMC40000"));
    const auto two = failures({waits("pas", State::held, "booking", answered("0SA3ZXMC40000"), 1),
                               waits("pas", State::held, "booking", answered("0SA3ZXMC40001"), 1)});
    CHECK(two[0].words() == two[0].cause + " Such as: " + answered("0SA3ZXMC40000"));
    const auto known =
        failures({waits("pas", State::held, "team", "Organisation Y1 is not in the directory: add.", 1)});
    CHECK(known[0].words() == "Organisation Y1 is not in the directory");
}

TEST_CASE("groups: another destination, owner or cause is another group") {
    const auto groups = failures({waits("pas", State::held, "a", "Refused by pas: AE 102", 1),
                                  waits("lab", State::held, "a", "Refused by pas: AE 102", 1),
                                  waits("pas", State::held, "b", "Refused by pas: AE 102", 1),
                                  waits("pas", State::held, "a", "Refused by pas: AE 103", 1)});
    CHECK(groups.size() == 4);
}

TEST_CASE("groups: what only waits for its turn is no failure") {
    CHECK(failures({waits("pas", State::queued, "", "", 1000), waits("pas", State::in_flight, "", "", 4)}).empty());
    CHECK(failures({waits("", State::held, "team", "", 1)}).size() == 1);
}

TEST_CASE("groups: what a person must act on comes first, of that what is urgent, then what is many") {
    const auto groups = failures(
        {waits("pas", State::queued, "", "Nothing listens.", 900, 5), waits("lab", State::held, "team", "few", 2),
         waits("lab", State::held, "team", "many", 70), waits("lab", State::held, "team", "urgent", 1, 1)});
    REQUIRE(groups.size() == 4);
    CHECK(groups[0].cause == "urgent");
    CHECK(groups[1].cause == "many");
    CHECK(groups[2].cause == "few");
    CHECK_FALSE(groups[3].held());
    CHECK(groups[3].advice.act.empty());
}

TEST_CASE("groups: the id of a group is the same tomorrow and elsewhere") {
    CHECK(group_id("pas", "booking", "cause") == group_id("pas", "booking", "cause"));
    CHECK(group_id("pas", "booking", "cause").size() == 8);
    CHECK(group_id("pas", "b", "ooking") != group_id("pasb", "", "ooking"));
    const auto today = failures({waits("pas", State::held, "booking", answered("0SA3ZXMC40000"), 1)});
    const auto tomorrow = failures({waits("pas", State::held, "booking", answered("0SA40000Z0000"), 7)});
    CHECK(today[0].id == tomorrow[0].id);
}

TEST_CASE("groups: an obligation belongs to the group of its cause until something happens to it") {
    const auto group = failures({waits("pas", State::held, "booking", answered("0SA3ZXMC40000"), 2)}).at(0);
    Obligation obligation;
    obligation.destination = "pas";
    obligation.owner = "booking";
    obligation.cause = answered("0SA3ZXMC40007");
    obligation.state = State::held;
    CHECK(belongs(obligation, group));
    obligation.state = State::in_flight;
    CHECK_FALSE(belongs(obligation, group));
    obligation.state = State::held;
    obligation.owner = "somebody else";
    CHECK_FALSE(belongs(obligation, group));
}

}  // namespace
}  // namespace causeway::repair
