#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bench/ledger/messages.hpp"
#include "bench/ledger/parts.hpp"
#include "bench/limits.hpp"
#include "core/digest.hpp"
#include "store/message_store.hpp"

namespace causeway::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kSubmitters = 256;
/// Rates are those of so many messages at the end of each step.
constexpr std::uint64_t kMeasured = 50'000;

std::string ubrn(std::uint64_t n) {
    return "UBRN" + std::to_string(n / 5);  // Five messages a referral.
}

/// What intake would make of the message.
IntakeRecord intake(std::uint64_t n) {
    IntakeRecord record;
    auto& message = record.message;
    message.channel = "pas-in";
    message.sender = "LORENZO|RX999";
    message.message_control_id = control_id("G", n);
    message.message_type = "ADT^A28";
    message.media_type = kHl7v2;
    message.config_hash = "c0ffee";
    message.body = Payload(new_patient("G", n));
    message.body_sha256 = sha256(message.body.reveal());
    message.keys = {{"nhs-number", nhs_number(n)},
                    {"control-id", message.message_control_id},
                    {"patient", "RZ" + std::to_string(1'000'000 + n)},
                    {"ubrn", ubrn(n)},
                    {"sender", message.sender}};
    record.duplicate_key = "pas-in|LORENZO|RX999|" + message.message_control_id;
    record.lane = "pas-in/" + nhs_number(n);
    return record;
}

/// Messages that live their whole life in the ledger: accepted, routed to two destinations, attempted, delivered.
class Lives {
public:
    Lives(MessageStore& store, const Clock& clock, std::uint64_t from, std::uint64_t to)
        : store_(store), clock_(clock), next_(from), to_(to) {
        open_ = kSubmitters;
        for (int i = 0; i < kSubmitters; ++i) accept();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return open_ == 0; });
    }

private:
    static void must(bool good) {
        if (!good) std::abort();
    }

    void accept() {
        const auto n = next_.fetch_add(1);
        if (n >= to_) return end();
        store_.accept(intake(n), [this, n](const Result<Verdict>& verdict) {
            must(verdict && verdict->disposition == Disposition::accepted);
            route(verdict->message, n);
        });
    }

    void route(Id message, std::uint64_t n) {
        Routing routing;
        routing.process = message;
        std::vector<Id> owed;
        for (const auto* destination : {"gp-practices", "theatre"}) {
            Obligation made;
            made.id = store_.ids().next(clock_.now());
            made.message = message;
            made.duty = Duty::deliver;
            made.route = "both";
            made.destination = destination;
            made.lane = destination + ("/" + nhs_number(n));
            made.created_at = clock_.now();
            owed.push_back(made.id);
            routing.obligations.push_back(std::move(made));
        }
        store_.route(std::move(routing), [this, message, owed](const Result<void>& routed) {
            must(routed.has_value());
            const auto left = std::make_shared<int>(2);
            for (const auto id : owed) deliver(message, id, left);
        });
    }

    void deliver(Id message, Id obligation, const std::shared_ptr<int>& left) {
        store_.start_attempt(obligation, clock_.now(), [](const Result<void>&) {});
        Progress progress;
        progress.obligation = obligation;
        progress.state = State::delivered;
        progress.answer = Payload(acknowledgement(obligation.text()));
        progress.event.kind = "attempt.confirmed";
        progress.event.message = message;
        progress.event.obligation = obligation;
        progress.event.actor = "engine";
        store_.progress(std::move(progress), [this, left](const Result<void>& written) {
            must(written.has_value());
            if (--*left == 0) accept();
        });
    }

    void end() {
        const std::lock_guard lock(mutex_);
        if (--open_ == 0) done_.notify_all();
    }

    MessageStore& store_;
    const Clock& clock_;
    std::atomic<std::uint64_t> next_;
    const std::uint64_t to_;
    std::mutex mutex_;
    std::condition_variable done_;
    int open_ = 0;
};

/// The slowest of some, since that is what was promised.
template <class Read>
double slowest_ms(Read&& read) {
    double slowest = 0;
    for (std::uint64_t i = 0; i < 40; ++i) {
        const auto begun = Steady::now();
        if (!read(i)) std::abort();
        slowest = std::max(slowest, seconds_since(begun));
    }
    return 1000 * slowest;
}

void print_reads(const MessageStore& store, std::uint64_t count) {
    const auto somewhere = [&](std::uint64_t i) { return i * 7919 * 104'729 % count; };
    const double find = slowest_ms([&](std::uint64_t i) {
        return store.find({"nhs-number", nhs_number(somewhere(i))}, 50).has_value();
    });
    const double journey = slowest_ms([&](std::uint64_t i) {
        const auto messages = store.find({"ubrn", ubrn(somewhere(i))}, 50);
        if (!messages || messages->empty()) return false;
        for (const auto& one : *messages)
            if (!store.events_of(one.id) || !store.obligations_of(one.id)) return false;
        return true;
    });
    const double queue = slowest_ms([&](std::uint64_t) { return store.waiting_groups().has_value(); });
    std::printf(" %10.2f %10.2f %10.2f", find, journey, queue);
}

/// Loads up to `to`; prints the rate and the processor time of the last of them.
void load(MessageStore& store, const Clock& clock, std::uint64_t from, std::uint64_t to) {
    const auto measured = std::min(kMeasured, (to - from) / 2);
    Lives(store, clock, from, to - measured).wait();
    const auto begun = Steady::now();
    const double cpu = cpu_seconds();
    Lives(store, clock, to - measured, to).wait();
    const auto count = static_cast<double>(measured);
    std::printf("%12llu %10.0f %10.1f", static_cast<unsigned long long>(to), count / seconds_since(begun),
                1e6 * (cpu_seconds() - cpu) / count);
}

std::uint64_t bytes_of(const std::string& file) {
    std::uint64_t bytes = 0;
    for (const auto* suffix : {"", "-wal"}) {
        struct stat found {};
        if (::stat((file + suffix).c_str(), &found) == 0) bytes += static_cast<std::uint64_t>(found.st_size);
    }
    return bytes;
}

}  // namespace

int grow(const Options& options) {
    std::filesystem::create_directories(options.folder);
    const SystemClock clock;
    LedgerOptions ledger;
    ledger.file = (options.folder / "ledger.db").string();
    const auto store = open_sqlite_ledger(ledger, clock);
    if (!store) return std::fprintf(stderr, "%s\n", to_string(store.error()).c_str()), 1;
    std::printf("whole lives in the ledger (accepted, routed to two, two attempts); slowest of 40 reads\n");
    std::printf("%12s %10s %10s %10s %10s %10s %12s %10s\n", "messages", "lives/s", "CPU us", "find ms", "journey ms",
                "queues ms", "ledger MB", "bytes/byte");
    std::uint64_t done = 0, body_bytes = 0;
    const auto size = new_patient("G", 1).size();
    for (std::uint64_t mark = std::min<std::uint64_t>(options.growth, 10'000); done < options.growth;
         mark = std::min(mark * 10, options.growth)) {
        load(**store, clock, done, mark);
        done = mark;
        body_bytes = done * size;
        print_reads(**store, done);
        const auto bytes = static_cast<double>(bytes_of(ledger.file));
        std::printf(" %12.1f %10.2f\n", bytes / 1e6, bytes / static_cast<double>(body_bytes));
        std::fflush(stdout);
    }
    return 0;
}

}  // namespace causeway::bench
