/// How long proof takes on a ledger of N messages, each delivered to one destination: the report of a day with a census
/// from which one message was withheld, the check of the chain, a search over all bodies.
///
///   bench_assurance [N] [FOLDER]      (100,000 messages)
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "assurance/work.hpp"
#include "repair/groups.hpp"

using namespace causeway;

namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

/// Keeps a bounded number of writes under way.
class Flow {
public:
    void begin() {
        while (under_way_.load() >= kMost) std::this_thread::sleep_for(std::chrono::microseconds(200));
        ++under_way_;
    }
    void end() { --under_way_; }
    void drain() {
        while (under_way_.load() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

private:
    static constexpr int kMost = 4'096;
    std::atomic<int> under_way_{0};
};

std::string id_of(std::size_t i) {
    return "DOC-" + std::to_string(i);
}

IntakeRecord message(std::size_t i) {
    IntakeRecord record;
    record.message.channel = "letters";
    record.message.sender = "PAS|RX999";
    record.message.message_control_id = std::to_string(i);
    record.message.message_type = "MDM^T02";
    record.message.media_type = kHl7v2;
    record.message.keys = {{"document", id_of(i)}, {"control-id", std::to_string(i)}};
    record.message.body = Payload("MSH|^~\\&|PAS|RX999|C|C|20261121||MDM^T02|" + std::to_string(i) + "|P|2.5.1\r" +
                                  std::string(900, 'x') + "\r");
    record.duplicate_key = "letters|" + std::to_string(i);
    record.lane = "letters";
    return record;
}

Routing routing_of(Id process, Id owed) {
    Routing routing;
    routing.process = process;
    Obligation made;
    made.id = owed;
    made.message = process;
    made.duty = Duty::deliver;
    made.destination = made.lane = "gp-practices";
    routing.obligations.push_back(std::move(made));
    return routing;
}

void deliver(MessageStore& store, const Clock& clock, Flow& flow, Id message_id) {
    const auto owed = store.ids().next(clock.now());
    store.route(routing_of(message_id, owed), [](const Result<void>&) {});
    store.start_attempt(owed, clock.now(), [](const Result<void>&) {});
    Progress progress;
    progress.obligation = owed;
    progress.state = State::delivered;
    progress.event.kind = "attempt.confirmed";
    store.progress(std::move(progress), [&flow](const Result<void>&) { flow.end(); });
}

/// The message in the middle is withheld.
void fill(MessageStore& store, const Clock& clock, std::size_t count) {
    Flow flow;
    for (std::size_t i = 0; i < count; ++i) {
        if (i == count / 2) continue;
        flow.begin();
        store.accept(message(i), [&](const Result<Verdict>& verdict) {
            if (verdict)
                deliver(store, clock, flow, verdict->message);
            else
                flow.end();
        });
    }
    flow.drain();
}

/// As many deliveries more that are held: most for one cause, one in a hundred for causes that
/// differ in the id they name.
void hold(MessageStore& store, const Clock& clock, std::size_t count) {
    Flow flow;
    for (std::size_t i = 0; i < count; ++i) {
        flow.begin();
        auto record = message(count + i);
        store.accept(std::move(record), [&, i](const Result<Verdict>& verdict) {
            if (!verdict) return flow.end();
            auto routing = routing_of(verdict->message, store.ids().next(clock.now()));
            auto& owed = routing.obligations.front();
            owed.state = State::held;
            owed.owner = "letter-team";
            owed.cause = i % 100 != 0
                             ? "Organisation Y12345 is not in the directory. Add it."
                             : "gp-practices answered AE: read message " + verdict->message.text() + " and act.";
            store.route(std::move(routing), [&flow](const Result<void>&) { flow.end(); });
        });
    }
    flow.drain();
}

void timed(const char* what, const std::function<std::string()>& work) {
    const auto begun = Steady::now();
    const auto result = work();
    const std::chrono::duration<double> took = Steady::now() - begun;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%-28s %8.2f s   %5ld MB at most   %s\n", what, took.count(), usage.ru_maxrss / 1024, result.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::stoull(argv[1]) : 100'000;
    const fs::path folder = fs::path(argc > 2 ? argv[2] : CAUSEWAY_BINARY_DIR) / "bench-assurance";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const SystemClock clock;
    LedgerOptions options;
    options.file = (folder / "ledger.db").string();
    auto store = open_sqlite_ledger(std::move(options), clock).value();

    timed("fill", [&] {
        fill(*store, clock, count);
        return std::to_string(store->last_sequence()) + " events";
    });
    std::ofstream census(folder / "census.csv");
    census << "id\n";
    for (std::size_t i = 0; i < count; ++i) census << id_of(i) << '\n';
    census.close();

    timed("census, ids against ledger", [&] {
        pipeline::Channel channel;
        const assurance::GivenCensus given{(folder / "census.csv").string(), "document", "id"};
        const auto day = assurance::day_of(clock.now(), assurance::Zone::london);
        const auto lists = assurance::census_lists(channel, day, &given);
        const assurance::Scan scan = [&](const ScanRange& range, const auto& visit) {
            return store->scan(range, visit);
        };
        const auto result = assurance::compare_census({"letters", "document", day.begin(), day.begin(), day.end()},
                                                      lists->source, nullptr, scan)
                                .value();
        return std::to_string(result.taken) +
               " taken, missing: " + (result.missing.ids.empty() ? "none" : result.missing.ids.front());
    });
    timed("balance and sequences", [&] {
        const auto day = assurance::day_of(clock.now(), assurance::Zone::london);
        assurance::Balancer balancer(day.begin(), day.end(), [](Id) { return std::string(); });
        assurance::Sequences sequences(day.begin(), day.end());
        (void)store->scan({}, [&](const LedgerRecord& record) {
            balancer.add(record);
            sequences.add(record);
            return true;
        });
        return std::to_string(balancer.finish().imbalance_count) + " contradictions, " +
               std::to_string(sequences.finish().size()) + " gaps";
    });
    timed("obligations rebuilt",
          [&] { return std::to_string(store->verify_obligations()->differences.size()) + " differences"; });
    timed("chain", [&] { return std::to_string(store->verify_chain(std::nullopt)->faults.size()) + " faults"; });
    timed("search over bodies", [&] {
        const assurance::TextMatcher matcher("|" + std::to_string(count - 1) + "|P|");
        std::size_t hits = 0;
        (void)store->scan_bodies({}, Instant::max(), [&](const StoredMessage& stored) {
            hits += matcher.matches(stored.message.body.reveal()) ? 1 : 0;
            return true;
        });
        return std::to_string(hits) + " hits";
    });
    timed("as many held", [&] {
        hold(*store, clock, count);
        return std::to_string(count) + " held";
    });
    std::vector<WaitingGroup> waiting;
    for (const char* const what : {"what waits", "what waits, once more"})
        timed(what, [&] { return std::to_string((waiting = store->waiting_groups().value()).size()) + " texts"; });
    auto groups = repair::failures(waiting);
    timed("exceptions", [&] { return std::to_string((groups = repair::failures(waiting)).size()) + " groups"; });
    for (const auto& group : groups) {
        timed("first three of a group",
              [&] { return std::to_string(repair::members(*store, group, 3)->size()) + ": " + group.cause; });
        timed("all of a group",
              [&] { return std::to_string(repair::members(*store, group, count)->size()) + " messages"; });
    }
    store.reset();
    fs::remove_all(folder);
    return 0;
}
