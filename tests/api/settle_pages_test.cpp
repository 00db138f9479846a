#include "api/settle_pages.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"
#include "api/assurance_pages.hpp"
#include "assurance/daily.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using test::ApiWorld;
using test::Json;
using Running = PathwayClock::State;

struct SettleWorld : ApiWorld {
    SettleWorld() {
        pathway("250ms", "80ms");
        file("expectations/letter.yaml",
             "expectation: letter\nafter: {types: [SIU^S12]}\nexpect: {types: [MDM^T02]}\nshared: [nhs-number]\n"
             "within: 1h\nowner: letter-team\n");
        // So that nothing here is cut by midnight, at whatever time this runs.
        const auto today = assurance::day_of(clock.now(), assurance::Zone::london);
        clock.advance(today.end() + 10h - clock.now());
        start();
    }
    net::HttpResponse settle(Id id, const std::string& more = R"(,"reason":"by telephone")") {
        return manage("POST", "/v1/settle", R"({"id":")" + id.text() + "\"" + more + "}");
    }
    net::HttpResponse settle_absence(Id id, const std::string& expectation = "letter") {
        return settle(id, R"(,"expectation":")" + expectation + R"(","reason":"went by post")");
    }
    Json report() {
        const auto day = assurance::day_of(clock.now(), assurance::Zone::london).text();
        AssurancePages pages(**this);
        net::HttpRequest request;
        request.method = "GET";
        request.target = "/v1/reconcile?day=" + day;
        return Json(run(pages.answer(call_of(request, "nurse"))).body);
    }
    std::vector<pipeline::Signal> absences() {
        auto signals = assurance::make_incident_source(**this)->look(clock.now()).value();
        std::erase_if(signals, [](const auto& signal) { return signal.kind != "absent"; });
        return signals;
    }
};

TEST_CASE("settle: a broken promise that was dealt with outside ends, with who and why") {
    SettleWorld world;
    const auto message = world.refer();
    REQUIRE(world.promise_becomes(message, Running::breached));

    CHECK(world.settle(message, "").status == 400);
    const auto done = world.settle(message);

    CHECK(done.status == 200);
    CHECK(Json(done.body).text("/settled/0") == "first-contact");
    CHECK(world.clock_of(message).state == Running::stopped);
    CHECK(world.store().running_clocks()->empty());
    const auto journey = world.read("/v1/journey/" + message.text());
    CHECK(journey.find("\"first-contact\" by nurse, reason: by telephone") != std::string::npos);
    CHECK(world.settle(message).status == 404);
}

TEST_CASE("settle: one promise is named by its own id") {
    SettleWorld world;
    const auto message = world.refer();
    REQUIRE(world.promise_becomes(message, Running::breached));
    CHECK(world.settle(world.clock_of(message).id).status == 200);
    CHECK(world.clock_of(message).state == Running::stopped);
}

TEST_CASE("settle: a promise that is not broken goes on") {
    SettleWorld world;
    world.pathway("48h", "36h");
    REQUIRE(world.reload().empty());
    const auto message = world.refer();
    REQUIRE(world.promise_becomes(message, Running::running));
    CHECK(world.settle(message).status == 404);
    CHECK(world.settle(world.clock_of(message).id).status == 404);
    CHECK(world.clock_of(message).state == Running::running);
}

TEST_CASE("settle: what was absent and dealt with is shown as such, and is no concern any more") {
    SettleWorld world;
    const auto one = world.appointment("S1", "000049590001"), two = world.appointment("S2", "000049070006");
    REQUIRE(world.settles());
    CHECK(world.settle_absence(one).status == 409);  // It may still come.
    world.clock.advance(2h);
    CHECK(world.settle_absence(one, "leter").status == 404);
    CHECK(world.settle_absence(Id{1}).status == 404);
    REQUIRE(world.report().size("/result/absent") == 2);

    CHECK(world.settle_absence(one).status == 200);

    const auto report = world.report();
    CHECK(report.text("/result/absent/0/settled_by") == "nurse");
    CHECK(report.text("/result/absent/1/settled_by").empty());
    CHECK(report.number("/result/concerns") == 1);
    world.clock.advance(20h);
    REQUIRE(assurance::Daily(*world).run_if_due().value());
    REQUIRE(world.absences().size() == 1);
    CHECK(world.absences()[0].count == 1);
    CHECK(world.settle_absence(two).status == 200);
    CHECK(world.absences().empty());
}

}  // namespace
}  // namespace causeway::api
