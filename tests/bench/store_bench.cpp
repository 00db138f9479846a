/// How fast the ledger accepts 1 KB messages with so many submitters at once, beside the machine's own limit: the same
/// bytes appended to a file, with one fdatasync for each round of all submitters (the best that a group commit can do).
///
///     bench_store [seconds a row] [folder]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "bench/limits.hpp"
#include "store/message_store.hpp"

using namespace causeway;
using bench::cpu_seconds, bench::seconds_since;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t kBodyBytes = 1'024;

IntakeRecord intake(std::int64_t n) {
    const std::string number = std::to_string(n);
    IntakeRecord record;
    record.message.channel = "pas-in";
    record.message.sender = "PAS|RXX";
    record.message.message_control_id = number;
    record.message.message_type = "MDM^T02";
    record.message.media_type = kHl7v2;
    record.message.config_hash = "c0ffee";
    std::string body(kBodyBytes, 'x');
    body.replace(0, number.size(), number);
    record.message.body = Payload(std::move(body));
    // As intake does: control id, sender and one NHS number of a million.
    record.message.keys = {{"control-id", number},
                           {"sender", "PAS|RXX"},
                           {"nhs-number", std::to_string(9'990'000'000 + n * 7919 % 1'000'000)}};
    record.duplicate_key = "pas-in|PAS|RXX|" + number;
    record.lane = "pas-in/" + number;
    return record;
}

/// Submitters that each wait for their answer before they send again, all driven by the completions.
class Load {
public:
    Load(MessageStore& store, int submitters, double seconds)
        : store_(store),
          open_(submitters),
          end_(Steady::now() + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds))) {
        for (int i = 0; i < submitters; ++i) submit();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return open_ == 0; });
    }
    const std::vector<double>& latencies() const { return latencies_; }

private:
    void submit() {
        const auto start = Steady::now();
        store_.accept(intake(next_++), [this, start](Result<Verdict> verdict) { answered(start, verdict); });
    }
    void answered(Steady::time_point start, const Result<Verdict>& verdict) {
        if (!verdict || verdict->disposition != Disposition::accepted) std::abort();
        latencies_.push_back(seconds_since(start));
        if (Steady::now() < end_) return submit();
        const std::lock_guard lock(mutex_);
        if (--open_ == 0) done_.notify_all();
    }

    MessageStore& store_;
    int open_;
    const Steady::time_point end_;
    static inline std::atomic<std::int64_t> next_{1};
    std::vector<double> latencies_;  // Written by the writer thread alone.
    std::mutex mutex_;
    std::condition_variable done_;
};

double percentile(std::vector<double> values, double part) {
    if (values.empty()) return 0;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at * 1e3;
}

/// Messages a second when groups of so many bodies are appended, each with one fdatasync.
double bare_rate(const std::string& folder, int group, double seconds) {
    const std::string file = folder + "/bare";
    const int descriptor = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    const std::string bytes(kBodyBytes * static_cast<std::size_t>(group), 'x');
    const auto start = Steady::now();
    double messages = 0;
    while (seconds_since(start) < seconds) {
        if (::write(descriptor, bytes.data(), bytes.size()) < 0 || ::fdatasync(descriptor) != 0) std::abort();
        messages += group;
    }
    const double rate = messages / seconds_since(start);
    ::close(descriptor);
    ::unlink(file.c_str());
    return rate;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    std::string folder = (std::filesystem::path(argc > 2 ? argv[2] : ".") / "bench-store-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    const SystemClock clock;
    LedgerOptions options;
    options.file = folder + "/ledger.db";
    auto store = open_sqlite_ledger(options, clock);
    if (!store) return std::fprintf(stderr, "%s\n", to_string(store.error()).c_str()), 1;

    std::printf("%10s %12s %9s %9s %12s %14s %7s\n", "submitters", "accepted/s", "p50 ms", "p99 ms", "CPU us/msg",
                "bare append/s", "ratio");
    for (const int submitters : {1, 8, 32, 128, 512}) {
        const double bare = bare_rate(folder, submitters, seconds / 3);
        const double cpu = cpu_seconds();
        const auto start = Steady::now();
        Load load(**store, submitters, seconds);
        load.wait();
        const double took = seconds_since(start);
        const auto count = static_cast<double>(load.latencies().size());
        std::printf("%10d %12.0f %9.2f %9.2f %12.1f %14.0f %7.2f\n", submitters, count / took,
                    percentile(load.latencies(), 0.5), percentile(load.latencies(), 0.99),
                    (cpu_seconds() - cpu) / count * 1e6, bare, count / took / bare);
    }
    store->reset();
    std::filesystem::remove_all(folder);
    return 0;
}
