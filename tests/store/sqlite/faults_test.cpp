#include <doctest/doctest.h>

#include <atomic>

#include "core/log.hpp"
#include "store/fault_vfs.hpp"
#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::Faults;
using test::intake;
using test::Ledger;
using Kind = Faults::Kind;

namespace {

struct Outcome {
    std::vector<Id> acked;
    std::vector<Id> delivered;
    bool failed = false;
    bool success_after_failure = false;

    template <class T>
    bool note(const Result<T>& result) {
        if (result.has_value() && failed) success_after_failure = true;
        if (result.has_error()) failed = true;
        return result.has_value();
    }
};

/// Messages one by one, each routed and delivered, then a group at once.
Outcome work(Ledger& ledger) {
    Outcome outcome;
    for (int i = 0; i < 8; ++i) {
        const auto verdict = ledger.accept(intake("MSH|" + std::string(3'000, 'x'), "one-" + std::to_string(i)));
        if (!outcome.note(verdict)) continue;
        outcome.acked.push_back(verdict->message);
        Routing routing;
        routing.process = verdict->message;
        routing.obligations = {ledger.obligation("pas")};
        if (!outcome.note(ledger.route(routing))) continue;
        Progress progress;
        progress.obligation = routing.obligations[0].id;
        progress.state = State::delivered;
        if (outcome.note(ledger.progress(progress))) outcome.delivered.push_back(progress.obligation);
    }
    std::vector<std::future<Result<Verdict>>> group;
    for (int i = 0; i < 20; ++i) {
        const auto promise = std::make_shared<std::promise<Result<Verdict>>>();
        group.push_back(promise->get_future());
        ledger->accept(intake("MSH|group", "group-" + std::to_string(i)),
                       [promise](Result<Verdict> v) { promise->set_value(std::move(v)); });
    }
    for (auto& answer : group) {
        const auto verdict = answer.get();
        if (outcome.note(verdict)) outcome.acked.push_back(verdict->message);
    }
    return outcome;
}

LedgerOptions options(std::atomic<int>& fatal) {
    LedgerOptions made;
    made.vfs = test::fault_vfs();
    made.checkpoint_pages = 30;
    made.on_fatal = [&fatal](const Error&) { ++fatal; };
    return made;
}

/// Each failure is logged as an error; here there are hundreds.
struct QuietLog {
    QuietLog() {
        log::set_sink([](std::string_view) {});
    }
    ~QuietLog() { log::set_sink({}); }
};

/// What was acknowledged is in the reopened file, and the file is sound.
void check_kept(Ledger& ledger, const Outcome& outcome) {
    for (const Id id : outcome.acked) CHECK(ledger->message(id).has_value());
    for (const Id id : outcome.delivered) CHECK(ledger.state(id) == State::delivered);
    CHECK(ledger->verify_events().has_value());
    CHECK(ledger.rows("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
    CHECK(ledger->verify_obligations().value().differences.empty());
    CHECK(ledger.open_by_balance() == ledger->open_obligations({}, 1'000).value().size());
}

/// One run with the fault at its n-th chance; false where the work ended before it.
bool run_with(Kind kind, int n, unsigned seed = 0) {
    CAPTURE(n);
    CAPTURE(seed);
    std::atomic<int> fatal{0};
    Ledger ledger(options(fatal));
    Faults::instance().arm(kind, n, ledger.file());
    const Outcome outcome = work(ledger);
    ledger.close();
    const bool happened = Faults::instance().happened();
    if (happened && kind == Kind::power_cut) Faults::instance().cut_power(seed);
    Faults::instance().disarm();
    ledger.open();
    // The checkpoint at the end may be what failed: then nobody had to hear of it.
    if (outcome.failed) CHECK((happened && fatal == 1));
    CHECK(fatal <= 1);
    CHECK_FALSE(outcome.success_after_failure);
    check_kept(ledger, outcome);
    CHECK(ledger.accept(intake("MSH|after", "after")).value().disposition == Disposition::accepted);
    return happened;
}

/// Moves the fault through the whole of the work; gives how many places there were.
int run_through(Kind kind, unsigned seed = 0) {
    const QuietLog quiet;
    int n = 1;
    while (run_with(kind, n, seed)) n += n < 12 ? 1 : 5;
    return n;
}

}  // namespace

TEST_CASE("faults: a write error anywhere is the end, and nothing acknowledged is lost") {
    CHECK(run_through(Kind::write_error) > 100);
}

TEST_CASE("faults: a failed sync anywhere is the end, and is not tried again") {
    CHECK(run_through(Kind::sync_error) > 25);
}

TEST_CASE("faults: a full disk in the middle of a commit is the end, and nothing acknowledged is lost") {
    CHECK(run_through(Kind::disk_full) > 100);
}

TEST_CASE("faults: a power cut anywhere leaves all that was acknowledged") {
    for (unsigned seed = 0; seed < 2; ++seed) CHECK(run_through(Kind::power_cut, seed) > 100);
}

TEST_CASE("faults: reads go on after the ledger has stopped writing") {
    const QuietLog quiet;
    std::atomic<int> fatal{0};
    Ledger ledger(options(fatal));
    const Id id = ledger.message();
    Faults::instance().arm(Kind::sync_error, 1, ledger.file());
    const auto failed = ledger.accept(intake("MSH|two"));
    Faults::instance().disarm();

    REQUIRE(failed.has_error());
    CHECK(failed.error().issue == Issue::no_store);
    CHECK(failed.error().hl7_code == 0);
    CHECK(ledger->message(id).has_value());
    CHECK(ledger.append({0, {}, "decision.made", {}, {}, {}, {}}).error().issue == Issue::no_store);
    CHECK(ledger->rebuild_patients().error().issue == Issue::no_store);
    CHECK(ledger->events_after(0, 10).value().size() == 1);
    CHECK(fatal == 1);
}
