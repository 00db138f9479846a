/// Kills a process that accepts messages, again and again at random moments, and looks whether the ledger still has
/// each message that was acknowledged.
///
///     crash_store [cycles]      the test; the same program is its own victim: crash_store child FILE CYCLE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "store/message_store.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;

namespace {

constexpr int kThreads = 6;

std::string body_of(const std::string& key) {
    return "MSH|^~\\&|" + key + std::string(900, 'x');
}

IntakeRecord intake(const std::string& key) {
    IntakeRecord record;
    record.message.channel = "pas-in";
    record.message.message_type = "MDM^T02";
    record.message.body = Payload(body_of(key));
    record.message.keys = {{"control-id", key}};
    record.duplicate_key = key;
    record.lane = "lane";
    return record;
}

std::unique_ptr<MessageStore> open(const std::string& file) {
    static const SystemClock clock;
    LedgerOptions options;
    options.file = file;
    options.min_free_bytes = 0;
    options.checkpoint_pages = 200;
    options.caller_commits = true;
    auto store = open_sqlite_ledger(options, clock);
    if (!store) {
        std::fprintf(stderr, "cannot open: %s\n", to_string(store.error()).c_str());
        std::exit(3);
    }
    return std::move(*store);
}

Result<Verdict> accept(MessageStore& store, const std::string& key) {
    std::promise<Result<Verdict>> answer;
    store.accept(intake(key), [&](Result<Verdict> verdict) { answer.set_value(std::move(verdict)); });
    return answer.get_future().get();
}

// ---- the victim

/// One line is one write(2) below PIPE_BUF, so lines are whole even when the process dies.
void acknowledge(const std::string& line) {
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(4);
}

void accept_for_ever(MessageStore& store, const std::string& prefix) {
    for (int i = 0;; ++i) {
        const std::string key = prefix + std::to_string(i);
        const auto verdict = accept(store, key);
        if (!verdict) std::exit(5);
        acknowledge("accepted " + verdict->message.text() + " " + key + "\n");
        if (i % 3 != 0) continue;
        Routing routing;
        routing.process = verdict->message;
        routing.end = State::filtered;
        routing.rule = "crash-test";
        std::promise<Result<void>> routed;
        store.route(routing, [&](Result<void> result) { routed.set_value(std::move(result)); });
        if (!routed.get_future().get()) std::exit(6);
        acknowledge("filtered " + verdict->message.text() + " " + key + "\n");
    }
}

int be_victim(const std::string& file, const std::string& cycle) {
    const auto store = open(file);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] { accept_for_ever(*store, cycle + "-" + std::to_string(t) + "-"); });
    for (auto& thread : threads) thread.join();
    return 0;
}

// ---- the test

/// Starts the victim, kills it after a while, and gives what it had written by then.
std::string run_and_kill(const std::string& file, int cycle, std::chrono::milliseconds life) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::exit(7);
    const std::string number = std::to_string(cycle);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execl("/proc/self/exe", "crash_store", "child", file.c_str(), number.c_str(), nullptr);
        ::_exit(8);
    }
    ::close(ends[1]);
    std::thread killer([&] {
        std::this_thread::sleep_for(life);
        ::kill(child, SIGKILL);
    });
    std::string out;
    char buffer[65536];
    for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        out.append(buffer, static_cast<std::size_t>(n));
    killer.join();
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) {
        std::fprintf(stderr, "the victim ended by itself with %d\n", WEXITSTATUS(status));
        std::exit(9);
    }
    return out;
}

struct Acknowledged {
    std::map<std::string, std::string> accepted;  ///< Key to id.
    std::set<std::string> filtered;               ///< Ids.
};

void read_lines(const std::string& out, Acknowledged& acknowledged) {
    std::istringstream in(out);
    std::string word, id, key;
    while (in >> word >> id >> key) {
        if (word == "accepted") acknowledged.accepted[key] = id;
        if (word == "filtered") acknowledged.filtered.insert(id);
    }
}

int check(MessageStore& store, const Acknowledged& acknowledged) {
    int wrong = 0;
    const auto expect = [&](bool holds, const std::string& what) {
        if (holds) return;
        ++wrong;
        std::fprintf(stderr, "WRONG: %s\n", what.c_str());
    };
    for (const auto& [key, id] : acknowledged.accepted) {
        const auto stored = store.message(*Id::parse(id));
        expect(stored && stored->message.body.reveal() == body_of(key), "message " + id + " is not there whole");
        expect(store.obligation(*Id::parse(id)).has_value(), "obligation " + id + " is not there");
    }
    for (const auto& id : acknowledged.filtered)
        expect(store.obligation(*Id::parse(id))->state == State::filtered, "obligation " + id + " went back");
    expect(store.verify_events().has_value(), "the event chain is broken");
    if (!acknowledged.accepted.empty()) {
        const auto& [key, id] = *acknowledged.accepted.rbegin();
        const auto again = accept(store, key);
        expect(again && again->disposition == Disposition::duplicate && again->message.text() == id,
               "a message that is sent again is not a duplicate");
    }
    return wrong;
}

std::int64_t stored_count(const MessageStore& store) {
    std::int64_t count = 0;
    const auto balance = store.balance();
    for (const auto& [channel, intake] : balance->intake)
        if (const auto accepted = intake.find(Disposition::accepted); accepted != intake.end())
            count += accepted->second;
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == "child") return be_victim(argv[2], argv[3]);
    const int cycles = argc > 1 ? std::atoi(argv[1]) : 10;
    const test::TempDir folder;
    const std::string file = (folder / "ledger.db").string();
    std::mt19937 random(std::random_device{}());
    Acknowledged acknowledged;
    int wrong = 0;
    for (int cycle = 0; cycle < cycles; ++cycle) {
        const std::chrono::milliseconds life(20 + random() % 400);
        read_lines(run_and_kill(file, cycle, life), acknowledged);
        const auto store = open(file);
        wrong += check(*store, acknowledged);
    }
    const auto stored = stored_count(*open(file));
    std::printf("%d kills: %zu acknowledged, %lld stored, %d wrong\n", cycles, acknowledged.accepted.size(),
                static_cast<long long>(stored), wrong);
    if (acknowledged.accepted.empty()) std::fprintf(stderr, "nothing was ever acknowledged: the test says nothing\n");
    return wrong == 0 && !acknowledged.accepted.empty() ? 0 : 1;
}
