#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

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
    std::size_t tried = 0;  // Messages that were accepted one by one.
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
        ++outcome.tried;
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
    made.caller_commits = true;  // The first messages are committed by the writer, those that follow alone are not.
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

/// Takes it in the end, however often there is no room before.
Result<Verdict> accept_in_the_end(Ledger& ledger, const std::string& key) {
    for (int i = 0; i < 500; ++i) {
        const auto verdict = ledger.accept(intake("MSH|again", key));
        if (verdict) return verdict;
        CHECK((verdict.error().issue == Issue::no_store && verdict.error().retry == Retry::later));
        CHECK(verdict.error().hl7_code == 207);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return ledger.accept(intake("MSH|again", key));
}

/// So many writes find no room, from the n-th on: messages may be refused, nothing else is, and nothing is lost, in the
/// ledger that goes on and in the file. False where the work ended before it.
bool run_without_room(Kind kind, int n, int writes) {
    CAPTURE(n);
    std::atomic<int> fatal{0};
    Ledger ledger(options(fatal));
    Faults::instance().arm(kind, n, ledger.file(), writes);
    const Outcome outcome = work(ledger);
    const bool happened = Faults::instance().happened();
    CHECK(outcome.delivered.size() == outcome.tried);
    Faults::instance().arm(kind, n % 7 + 1, ledger.file(), writes);
    CHECK(accept_in_the_end(ledger, "again").value().disposition == Disposition::accepted);
    Faults::instance().disarm();
    CHECK(fatal == 0);
    check_kept(ledger, outcome);
    ledger.reopen();
    check_kept(ledger, outcome);
    CHECK(ledger.accept(intake("MSH|again", "again")).value().disposition == Disposition::duplicate);
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
    CHECK(run_through(Kind::write_error) > 50);
}

TEST_CASE("faults: a failed sync anywhere is the end, and is not tried again") {
    CHECK(run_through(Kind::sync_error) > 25);
}

TEST_CASE("faults: a disk that is full anywhere refuses what comes, and what is owed waits for room") {
    const QuietLog quiet;
    int n = 1;
    while (run_without_room(Kind::disk_full, n, 1 + n % 3)) n += n < 12 ? 1 : 5;
    CHECK(n > 30);
}

TEST_CASE("faults: a quota that is used up is a disk that is full") {
    const QuietLog quiet;
    int n = 1;
    while (run_without_room(Kind::over_quota, n, 1 + n % 3)) n += n < 12 ? 1 : 11;
    CHECK(n > 30);
}

TEST_CASE("faults: a ledger that finds no room to open takes it from its reserve, and sets it aside again later") {
    const QuietLog quiet;
    std::atomic<int> fatal{0};
    auto with_reserve = options(fatal);
    with_reserve.reserve_bytes = 1u << 20;
    Ledger ledger(with_reserve);
    const auto reserve = ledger.file() + ".reserve";
    const Id id = ledger.message();
    REQUIRE(std::filesystem::file_size(reserve) == 1u << 20);
    ledger.close();
    Faults::instance().arm(Kind::disk_full, 1, ledger.file(), 1);

    ledger.open();

    CHECK(Faults::instance().happened());
    Faults::instance().disarm();
    CHECK_FALSE(std::filesystem::exists(reserve));
    CHECK(ledger->message(id).has_value());
    CHECK(ledger.message("MSH|two").value > id.value);
    CHECK(std::filesystem::exists(reserve));
}

TEST_CASE("faults: a ledger that finds no room at all to open says so, and opens when there is some") {
    const QuietLog quiet;
    std::atomic<int> fatal{0};
    Ledger ledger(options(fatal));
    const Id id = ledger.message();
    ledger.close();
    auto same = options(fatal);
    same.file = ledger.file();
    Faults::instance().arm(Kind::disk_full, 1, ledger.file(), 1'000'000);
    const auto opened = open_sqlite_ledger(same, ledger.clock);
    CHECK(Faults::instance().happened());
    Faults::instance().disarm();

    REQUIRE(opened.has_error());
    CHECK(opened.error().issue == Issue::no_store);
    CHECK(opened.error().what.find("no room") != std::string::npos);
    ledger.open();
    CHECK(ledger->message(id).has_value());
}

TEST_CASE("faults: what waits for room when the ledger is closed is told, and found again as it was") {
    const QuietLog quiet;
    std::atomic<int> fatal{0};
    Ledger ledger(options(fatal));
    const Id id = ledger.message();
    Routing routing;
    routing.process = id;
    routing.obligations = {ledger.obligation("pas")};
    Faults::instance().arm(Kind::disk_full, 1, ledger.file(), 1'000'000);
    std::promise<Result<void>> routed;
    ledger->route(routing, [&](Result<void> done) { routed.set_value(std::move(done)); });
    CHECK(ledger.accept(intake("MSH|two")).has_error());
    ledger.close();
    Faults::instance().disarm();

    CHECK(routed.get_future().get().error().issue == Issue::no_store);
    CHECK(fatal == 0);
    ledger.open();
    CHECK(ledger.state(id) == State::queued);
    CHECK(ledger->obligations_of(id).value().size() == 1);
}

TEST_CASE("faults: a removal that finds no room anywhere keeps all that is owed") {
    const QuietLog quiet;
    const std::vector<Retention> retention{{"pas-in", std::chrono::hours(24), std::chrono::hours(24 * 30)}};
    for (int n = 1, happened = 1; happened != 0; ++n) {
        CAPTURE(n);
        std::atomic<int> fatal{0};
        Ledger ledger(options(fatal));
        std::vector<Id> owed;
        for (int i = 0; i < 20; ++i) owed.push_back(ledger.message("MSH|" + std::to_string(i)));
        Faults::instance().arm(Kind::disk_full, n, ledger.file(), 3);
        (void)ledger->purge(retention);
        happened = Faults::instance().happened() ? 1 : 0;
        Faults::instance().disarm();
        for (const Id id : owed) CHECK(ledger->obligation(id)->state == State::queued);
        CHECK(accept_in_the_end(ledger, "more").has_value());
        ledger.reopen();
        CHECK(fatal == 0);
        for (const Id id : owed) CHECK(ledger.routed(id, {"pas"}).size() == 1);
    }
}

TEST_CASE("faults: a power cut anywhere leaves all that was acknowledged") {
    for (unsigned seed = 0; seed < 2; ++seed) CHECK(run_through(Kind::power_cut, seed) > 50);
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
