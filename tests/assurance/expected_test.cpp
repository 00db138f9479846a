#include "assurance/expected.hpp"

#include <doctest/doctest.h>

#include "assurance/records.hpp"

using namespace causeway;
using namespace causeway::assurance;
using std::chrono::hours;
using test::Book;

namespace {

const Key kEdith{"nhs-number", "9990000018"}, kOther{"nhs-number", "9990000026"};

pipeline::Expectation rule(Duration early = {}) {
    pipeline::Expectation made;
    made.name = "discharge-summary";
    made.after.types = {"ADT^A03"};
    made.expect.types = {"MDM"};
    made.shared = {"nhs-number"};
    made.within = hours(24);
    made.early = early;
    made.owner = "letters-team";
    return made;
}

fhirpath::Expression compile(const std::string& text) {
    return std::get<fhirpath::Expression>(fhirpath::Expression::compile(text));
}

const pipeline::Configuration configuration;

struct World {
    Book book;
    std::map<Id, std::string> bodies;

    /// Events of the day before: their time runs out in the day.
    World() { book.now = test::kDayBegin - hours(12); }

    Id discharge(const Key& patient = kEdith, const std::string& patient_class = "I") {
        const auto id = book.accept("adt", "", {patient}, "ADT^A03");
        bodies[id] = "MSH|^~\\&|PAS|RX999|||20261120||ADT^A03|1|P|2.5.1\rPV1|1|" + patient_class + "\r";
        return id;
    }
    Id summary(const Key& patient = kEdith) { return book.accept("letters", "", {patient}, "MDM^T02"); }

    std::vector<Absence> absent(const pipeline::Expectation& expectation = rule()) {
        const std::vector<pipeline::Expectation> rules{expectation};
        Expected expected(rules, configuration, test::kDayBegin, test::kDayEnd, [&](Id id) -> Result<StoredMessage> {
            StoredMessage stored;
            stored.message.id = id;
            stored.message.media_type = kHl7v2;
            stored.message.body = Payload(bodies.at(id));
            return stored;
        });
        book.tell(expected);
        return expected.finish();
    }
};

}  // namespace

TEST_CASE("a discharge that no summary follows is absent, with its owner and when it was due") {
    World world;
    const auto discharge = world.discharge();
    const auto absent = world.absent();
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].message == discharge);
    CHECK(absent[0].owner == "letters-team");
    CHECK(absent[0].due == test::kDayBegin + hours(12));
    CHECK_FALSE(absent[0].came_late);
}

TEST_CASE("a summary of the same patient in time keeps it") {
    World world;
    world.discharge();
    world.book.now += hours(24);
    world.summary();
    CHECK(world.absent().empty());
}

TEST_CASE("a summary of another patient, or a message of another type, does not") {
    World world;
    world.discharge();
    world.summary(kOther);
    world.book.accept("letters", "", {kEdith}, "ORU^R01");
    CHECK(world.absent().size() == 1);
}

TEST_CASE("a refused summary does not count, and a refused discharge calls for nothing") {
    World world;
    world.book.intake(Disposition::refused, "adt", "", {kEdith}, "ADT^A03");
    CHECK(world.absent().empty());
    world.discharge();
    world.book.intake(Disposition::refused, "letters", "", {kEdith}, "MDM^T02");
    CHECK(world.absent().size() == 1);
}

TEST_CASE("what comes too late is absent, and named") {
    World world;
    world.discharge();
    world.book.now += hours(24) + Duration(1);
    const auto late = world.summary();
    const auto absent = world.absent();
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].came_late == late);
}

TEST_CASE("each absence is told on the day when its time runs out, once") {
    World world;
    world.book.now = test::kDayBegin - hours(25);
    world.discharge();  // Ran out on the day before.
    world.book.now = test::kDayBegin;
    world.discharge();  // Runs out on the next.
    CHECK(world.absent().empty());
}

TEST_CASE("a summary that was sent before the discharge counts where the rule says so") {
    World world;
    world.summary();
    world.book.now += hours(2);
    world.discharge();
    CHECK(world.absent().size() == 1);
    CHECK(world.absent(rule(hours(3))).empty());
    CHECK(world.absent(rule(hours(1))).size() == 1);
}

TEST_CASE("a condition looks at the message") {
    World world;
    const auto inpatient = world.discharge(kEdith, "I");
    world.discharge(kOther, "O");
    auto wanted = rule();
    wanted.after.when = compile("PV1-2 = 'I'");
    const auto absent = world.absent(wanted);
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].message == inpatient);
}

TEST_CASE("a channel that is not named is not looked at") {
    World world;
    world.discharge();
    auto wanted = rule();
    wanted.after.channels = {"another"};
    CHECK(world.absent(wanted).empty());
}

TEST_CASE("a message without a key to share is told as such") {
    World world;
    world.discharge({"ods", "Y90001"});
    const auto absent = world.absent();
    REQUIRE(absent.size() == 1);
    CHECK_FALSE(absent[0].has_key);
}

TEST_CASE("one summary keeps every discharge of its patient before it") {
    World world;
    world.discharge();
    world.discharge();
    world.summary();
    CHECK(world.absent().empty());
}

TEST_CASE("the events of the longest rule are asked for") {
    auto longest = rule(hours(5));
    longest.within = hours(24 * 7);
    const std::vector<pipeline::Expectation> rules{rule(), longest};
    CHECK(Expected(rules, configuration, test::kDayBegin, test::kDayEnd, nullptr).begin() ==
          test::kDayBegin - hours(24 * 7 + 5));
}
