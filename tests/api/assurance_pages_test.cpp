#include "api/assurance_pages.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <future>
#include <iterator>

#include "api/api_fixture.hpp"
#include "assurance/daily.hpp"

using namespace causeway;
using namespace causeway::test;

namespace {

/// An engine whose pages about proof live as long as it does.
struct ProofWorld : ApiWorld {
    ProofWorld() {
        start();
        pages = std::make_unique<api::AssurancePages>(**this);
    }

    net::HttpResponse page(const std::string& method, const std::string& target, const std::string& body = {},
                           bool as_text = false) {
        net::HttpRequest request;
        request.method = method;
        request.target = target;
        request.body = body;
        if (as_text) request.headers.emplace_back("Accept", "text/plain");
        return run(pages->answer(api::call_of(request, "nurse")));
    }
    Json today(const std::string& more = {}) { return Json(page("GET", "/v1/reconcile?day=today" + more).body); }

    std::unique_ptr<api::AssurancePages> pages;
};

std::string day_after_tomorrow(const Clock& clock) {
    return assurance::day_of(clock.now() + std::chrono::hours(48), assurance::Zone::london).text();
}

}  // namespace

TEST_CASE("reconcile: the day balances, by channel and destination") {
    ProofWorld world;
    world.peers.script("pas", {Does::answer_rri});
    world.refer();
    world.letter("L1", "Y90003");  // A closed practice: held.
    world.learn("A1", "9990000018^^^NHS^NH", "Y90001");
    REQUIRE(world.settles());

    const auto json = world.today();

    CHECK(json.text("/state") == "done");
    CHECK(json.number("/result/contradictions") == 0);
    CHECK(json.size("/result/intake") == 3);
    CHECK(json.number("/result/imbalance_count") == 0);
    CHECK(json.size("/result/projection/differences") == 0);
    CHECK(json.number("/result/projection/obligations") >= 5);
    const auto text = world.page("GET", "/v1/reconcile?day=today", {}, true).body;
    CHECK(text.find("In = delivered + filtered + held + queued, to the message.") != std::string::npos);
    CHECK(text.find("held for letter-team: 1") != std::string::npos);
    CHECK(text.find("kept here") != std::string::npos);
    CHECK_FALSE(names_the_patient(text));
}

TEST_CASE("reconcile: a day that has not begun, or is none, is a wrong call") {
    ProofWorld world;
    CHECK(world.page("GET", "/v1/reconcile?day=31-12-2026").status == 400);
    CHECK(world.page("GET", "/v1/reconcile?day=" + day_after_tomorrow(world->clock())).status == 400);
    CHECK(world.page("POST", "/v1/reconcile", R"({"day":"today","census":"/x","channel":"none"})").status == 404);
}

TEST_CASE("reconcile: a census names what the source sent and never came") {
    ProofWorld world;
    world.letter("L1", "Y90001");
    world.letter("L2", "Y90001");
    const auto file = world.dir.write("sent.csv", "when,id\n1,L1\n2,L2\n3,L3\n");
    const auto body = R"({"day":"today","channel":"letters","column":"id","census":")" + file.string() + "\"}";

    const Json json(world.page("POST", "/v1/reconcile", body).body);

    CHECK(json.number("/result/censuses/0/listed") == 3);
    CHECK(json.number("/result/censuses/0/taken") == 2);
    CHECK(json.text("/result/censuses/0/missing/ids/0") == "L3");
    CHECK(json.number("/result/concerns") >= 1);
}

TEST_CASE("prove: a statement is signed, kept, and verifies; the next one names it") {
    ProofWorld world;
    world.refer();
    const Json first(world.page("POST", "/v1/prove", R"({"day":"today"})").body);
    REQUIRE(first.text("/state") == "done");
    const auto file = first.text("/result/file");
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto verified = assurance::verify_statement(text, std::nullopt);
    REQUIRE(verified.has_value());
    CHECK(verified->sound);
    CHECK(verified->key_id == first.text("/result/key_id"));
    CHECK(verified->head.sequence > 0);

    const Json second(world.page("POST", "/v1/prove", R"({"day":"today"})").body);
    CHECK(second.text("/result/statement/statement/previous/sha256") == verified->hash);
    CHECK(world.page("GET", "/v1/prove").status == 400);
}

TEST_CASE("audit: the chain is whole, and contains what a statement signed") {
    ProofWorld world;
    world.letter("L0", "Y90001");
    REQUIRE(world.settles());
    const auto head = world.store().chain_head().value();
    world.letter("L1", "Y90001");
    const auto anchor = R"({"anchor_sequence":")" + std::to_string(head.sequence) + R"(","anchor_hash":")" +
                        to_hex(as_view(head.hash)) + "\"}";
    CHECK(Json(world.page("POST", "/v1/audit/verify", anchor).body).size("/result/faults") == 0);

    const auto wrong = R"({"anchor_sequence":")" + std::to_string(head.sequence) + R"(","anchor_hash":")" +
                       std::string(64, 'a') + "\"}";
    CHECK(Json(world.page("POST", "/v1/audit/verify", wrong).body).size("/result/faults") > 0);
    CHECK(world.page("POST", "/v1/audit/verify", R"({"anchor_sequence":"1","anchor_hash":"x"})").status == 400);
}

TEST_CASE("search: text in bodies is found by a job, page after page, and shows no body") {
    ProofWorld world;
    const auto first = world.letter("L1", "Y90001"), second = world.letter("L2", "Y90001");
    world.refer({.reason = R"([{"text":"Sore left knee"}])"});

    const Json knee(world.page("POST", "/v1/search", R"({"text":"LEFT knee"})").body);
    CHECK(knee.number("/result/found") == 1);
    CHECK(knee.text("/result/hits/0/channel") == "referrals");

    const auto response = world.page("POST", "/v1/search", R"({"text":"TestPatient^Edith"})");
    const Json found(response.body);
    CHECK(found.number("/result/found") == 2);
    CHECK(found.text("/result/hits/0/id") == first.text());
    CHECK_FALSE(names_the_patient(response.body));
    const Json rest(world.page("GET", "/v1/jobs/" + found.text("/job") + "?after=1").body);
    CHECK(rest.size("/result/hits") == 1);
    CHECK(rest.text("/result/hits/0/id") == second.text());

    CHECK(
        Json(world.page("POST", "/v1/search", R"({"text":"knee","channel":"letters"})").body).number("/result/found") ==
        0);
    CHECK(Json(world.page("POST", "/v1/search", R"({"text":"knee","until":"2020-01-01"})").body)
              .number("/result/found") == 0);
    CHECK(world.page("POST", "/v1/search", R"({"text":"k"})").status == 400);
}

TEST_CASE("jobs: they are listed without what they look for, and an unknown one is told") {
    ProofWorld world;
    CHECK(world.page("GET", "/v1/jobs", {}, true).body == "No jobs.\n");
    world.page("POST", "/v1/search", R"({"text":"Edith"})");
    const auto list = world.page("GET", "/v1/jobs", {}, true).body;
    CHECK(list.find("search 1: done, 100%") != std::string::npos);
    CHECK_FALSE(names_the_patient(list));
    CHECK(world.page("GET", "/v1/jobs/99").status == 404);
    CHECK(world.page("POST", "/v1/jobs/99/cancel").status == 404);
    CHECK(world.page("GET", "/v1/jobs/1/cancel").status == 400);
    CHECK(world.page("POST", "/v1/jobs/1/cancel").status == 200);
}

TEST_CASE("find: nothing found is 404, so that a script sees it") {
    ProofWorld world;
    const auto id = world.refer();
    CHECK(world.manage("POST", "/v1/find", R"({"key":"none"})").status == 404);
    CHECK(world.manage("POST", "/v1/find", R"({"key":"000049070005"})").status == 200);
    CHECK(world.manage("POST", "/v1/find", R"({"key":"999 000 0018"})").status == 200);
    CHECK(world.manage("POST", "/v1/find", R"({"key":"y90001"})").status == 200);
    CHECK(id);
}

TEST_CASE("find: a key that a route declares finds its messages") {
    ProofWorld world;
    world.route("notices",
                "from: [adt]\nwhen: \"MSH-9.1 = 'SIU'\"\nfilter: notice\nreason: Nobody is owed it.\n"
                "keys: {appointment: SCH-1.1}\n");
    REQUIRE(world.reload().empty());
    const auto id = world.appointment("S1", "000049070005");
    REQUIRE(world.settles());
    const Json json(world.manage("POST", "/v1/find", R"({"key":"APPT-1","kind":"appointment"})").body);
    CHECK(json.text("/messages/0/id") == id.text());
}

TEST_CASE("every day is proved by itself, once, with note, event and metrics") {
    ProofWorld world;
    world.letter("L0", "Y90001");
    REQUIRE(world.settles());
    assurance::Daily daily(*world);
    world.clock.advance(std::chrono::hours(30));  // Past three in the morning of tomorrow, at whatever time this runs.

    CHECK(daily.run_if_due().value());
    CHECK_FALSE(daily.run_if_due().value());

    const auto ended = world.store().notes(assurance::kEndOfDayNote).value();
    REQUIRE(ended.size() == 1);
    const auto head = assurance::head_from_json(ended[0].value);
    REQUIRE(head);
    CHECK(world.store().verify_chain(*head)->faults.empty());
    const auto notes = world.store().notes(assurance::kReconciledNote).value();
    REQUIRE(notes.size() == 1);
    const Json note(notes[0].value);
    CHECK(note.number("/contradictions") == 0);
    CHECK(std::filesystem::exists(world.dir / "var/statements" / note.text("/statement")));
    const auto metrics = world->metrics().text();
    CHECK(metrics.find("causeway_reconcile_contradictions 0") != std::string::npos);
    const auto events = world.store().events_after(world.store().last_sequence() - 1, 10).value();
    CHECK(events.back().kind == "reconcile.completed");
}

TEST_CASE("days that were missed are made up for, one after the other") {
    ProofWorld world;
    assurance::Daily daily(*world);
    world.clock.advance(std::chrono::hours(30));
    REQUIRE(daily.run_if_due().value());
    world.clock.advance(std::chrono::hours(3 * 24));
    for (int i = 0; i < 3; ++i) CHECK(daily.run_if_due().value());
    CHECK_FALSE(daily.run_if_due().value());
    std::set<std::string> names;
    for (const auto& note : world.store().notes(assurance::kReconciledNote).value()) names.insert(note.name);
    CHECK(names.size() == 4);
}

TEST_CASE("rekey: everything is sealed under the new key while the engine runs, and the old one may go") {
    ProofWorld world;
    const auto keyed = [&](const std::string& keys) {
        world.file(
            "causeway.yaml",
            "state: ../var\nmappings: ../mappings\nops: off\nmin_free_disk: 1MB\nledger: {encryption: " + keys + "}\n");
        REQUIRE(world.reload().empty());
    };
    world.file("old.key", std::string(64, 'a') + '\n');
    world.file("new.key", std::string(64, 'b') + '\n');
    for (const auto* key : {"conf/old.key", "conf/new.key"})
        std::filesystem::permissions(world.dir / key, std::filesystem::perms::owner_read);
    keyed("[file:old.key]");
    const auto id = world.letter("L1", "Y90001");
    REQUIRE(world.settles());
    keyed("[file:new.key, file:old.key]");
    const auto rekeyed = world.page("POST", "/v1/rekey", "{}", true).body;
    INFO(rekeyed);
    CHECK(rekeyed.find("everything is under the newest key") != std::string::npos);
    keyed("[file:new.key]");
    CHECK(world.store().message(id)->message.body.reveal().find("L1") != std::string::npos);
    CHECK(world.page("POST", "/v1/rekey", "{}", true).body.find("Sealed 0 pieces") != std::string::npos);
}

TEST_CASE("a daily reconciliation that fails is an incident until it works again") {
    ProofWorld world;
    const auto source = assurance::make_incident_source(*world);
    assurance::Daily daily(*world);
    world.clock.advance(std::chrono::hours(30));
    const auto statements = world.dir / "var/statements";
    world.dir.write("var/statements", "no folder");

    CHECK(daily.run_if_due().has_error());
    CHECK(daily.run_if_due().has_error());
    const auto signals = source->look(world->clock().now()).value();
    REQUIRE(signals.size() == 1);
    CHECK(signals[0].kind == "unbalanced");
    CHECK(signals[0].subject == "reconciliation");
    CHECK(signals[0].what.find("cannot be done: ") != std::string::npos);
    CHECK(world->metrics().text().find("causeway_reconcile_failures_total 2") != std::string::npos);

    std::filesystem::remove(statements);
    CHECK(daily.run_if_due().value());
    CHECK(source->look(world->clock().now())->empty());
    std::vector<std::string> kinds;
    for (const auto& event : world.store().events_after(0, 10'000).value())
        if (event.kind.starts_with("reconcile.")) kinds.push_back(event.kind);
    CHECK(kinds == std::vector<std::string>{"reconcile.day_ended", "reconcile.failed", "reconcile.completed",
                                            "reconcile.recovered"});
}

TEST_CASE("a daily reconciliation that is off is never due") {
    ProofWorld world;
    world.file("causeway.yaml",
               "state: ../var\nmappings: ../mappings\nops: off\nmin_free_disk: 1MB\nreconcile_at: off\n");
    REQUIRE(world.reload().empty());
    assurance::Daily daily(*world);
    world.clock.advance(std::chrono::hours(30));
    CHECK_FALSE(daily.run_if_due().value());
}

TEST_CASE("incidents: a census that missed something, what was absent and what does not balance are signals") {
    ProofWorld world;
    const auto source = assurance::make_incident_source(*world);
    CHECK(source->look(world->clock().now())->empty());
    std::promise<void> written;
    world.store().note({"reconcile/2026-11-21", R"({"day":"2026-11-21","sound":false,"missing_by_census":2,)"
                                                R"("absent_by_expectation":{"discharge-summary":3}})"},
                       {}, [&](const Result<void>&) { written.set_value(); });
    written.get_future().wait();

    const auto signals = source->look(world->clock().now()).value();

    REQUIRE(signals.size() == 3);
    CHECK(signals[0].kind == "unbalanced");
    CHECK(signals[1].what.find("2 messages") != std::string::npos);
    CHECK(signals[2].kind == "absent");
    CHECK(signals[2].subject == "discharge-summary/2026-11-21");
    CHECK(signals[2].count == 3);
}
