#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "bench/ledger/messages.hpp"
#include "bench/ledger/parts.hpp"
#include "bench/ledger/world.hpp"
#include "bench/limits.hpp"
#include "store/message_store.hpp"

namespace causeway::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kLarge = 1'000'000;
/// More connections only wait for the generator, which sends a letter at a time.
constexpr int kMostOfLarge = 128;

/// What the machine can do with as many bytes and connections.
struct Limits {
    double append = 0, echo = 0, echo_p50 = 0;
    double slower() const { return std::min(append, echo); }
};

/// One load with what the engine used for it.
struct Measured {
    test::Outcome outcome;
    double cpu_micros = 0, megabytes = 0;
};

class Table {
public:
    explicit Table(const Options& options) : options_(options), world_(options.folder) {}

    int print() {
        const auto begun = Steady::now();
        if (!world_.start()) return 1;
        std::printf("start-up until it listens: %.0f ms\n", 1000 * seconds_since(begun));
        const auto wanted = [&](std::string_view part) { return options_.only.empty() || options_.only == part; };
        if (wanted("intake")) {
            intake();
            half_rate();
            one_connection();
        }
        if (wanted("fhir")) bundles();
        if (wanted("way")) whole_way();
        if (wanted("large")) large();
        return finish();
    }

private:
    static std::string framed(std::string message) { return "\x0b" + std::move(message) + "\x1c\r"; }

    Measured load(std::uint16_t port, int connections, double seconds, double rate = 0) {
        test::Load load = load_of(port, connections, seconds);
        load.rate = rate;
        const auto run = next_run();
        load.request = [&](std::uint64_t n) { return framed(counted(new_patient(run, first_patient_ + n))); };
        return measured(load);
    }

    static test::Load load_of(std::uint16_t port, int connections, double seconds) {
        test::Load load;
        load.port = port;
        load.connections = connections;
        load.seconds = seconds;
        load.answer = test::mllp_answer;
        load.positive = test::mllp_positive;
        return load;
    }

    std::string next_run() { return "R" + std::to_string(++runs_) + "N"; }

    Measured measured(const test::Load& load) {
        const auto before = world_.usage();
        Measured measured{test::generate(load)};
        const auto after = world_.usage();
        first_patient_ += measured.outcome.sent;
        measured.cpu_micros = 1e6 * (after.cpu_seconds - before.cpu_seconds) /
                              static_cast<double>(std::max<std::uint64_t>(measured.outcome.answered, 1));
        measured.megabytes = static_cast<double>(after.resident_bytes) / 1e6;
        return measured;
    }

    std::string counted(std::string message) {
        bytes_ += message.size();
        ++messages_;
        return message;
    }

    /// `message` makes one of each number, as in the load that is compared with this.
    Limits limits(int connections, std::string (*message)(const std::string& run, std::uint64_t n)) const {
        const auto request = [message](std::uint64_t n) { return framed(message("L", n)); };
        const auto echo = echo_limit(request, acknowledgement("L1"), connections, options_.seconds / 2);
        const auto group = static_cast<std::size_t>(connections);
        return {append_limit(options_.folder, message("L", 1).size(), group, options_.seconds / 2), echo.rate(),
                echo.percentile(0.5)};
    }

    void intake() {
        head("MLLP in to durable acknowledgement", new_patient("L", 1).size());
        for (const int connections : options_.connections) {
            const auto limit = limits(connections, new_patient);
            const auto one = load(world_.store_only(), connections, options_.seconds);
            row(connections, one, limit);
            if (connections == 1) alone_ = {one, limit};
            if (connections == 128) best_ = one.outcome.rate();
            world_.settle(60);
        }
    }

    void bundles() {
        head("FHIR transaction Bundle in to durable answer", referral_bundle("L", 1).size());
        for (const int connections : options_.connections) {
            const auto limit = limits(connections, referral_bundle);
            auto load = load_of(world_.fhir(), connections, options_.seconds);
            const auto run = next_run();
            load.request = [&](std::uint64_t n) { return counted(referral_bundle(run, first_patient_ + n)); };
            load.answer = test::http_answer;
            load.positive = test::http_positive;
            row(connections, measured(load), limit);
            world_.settle(60);
        }
    }

    static void head(const char* what, std::size_t bytes) {
        std::printf("\n%s (%zu bytes each) beside the limits of this machine\n", what, bytes);
        std::printf("%5s %9s %8s %8s %8s %7s | %12s %9s | %6s\n", "conn", "msg/s", "p50 ms", "p99 ms", "CPU us",
                    "RSS MB", "fdatasync/s", "echo/s", "ratio");
    }

    static void row(int connections, const Measured& one, const Limits& limit) {
        std::printf("%5d %9.0f %8.2f %8.2f %8.1f %7.1f | %12.0f %9.0f | %5.0f%%\n", connections, one.outcome.rate(),
                    1000 * one.outcome.percentile(0.5), 1000 * one.outcome.percentile(0.99), one.cpu_micros,
                    one.megabytes, limit.append, limit.echo, 100 * one.outcome.rate() / limit.slower());
        tell_refused(one.outcome);
        std::fflush(stdout);
    }

    static void tell_refused(const test::Outcome& outcome) {
        if (outcome.refused == 0) return;
        auto why = outcome.refusal;
        std::replace(why.begin(), why.end(), '\r', ' ');
        std::printf("      %llu were refused, and count nowhere: %s\n",
                    static_cast<unsigned long long>(outcome.refused), why.c_str());
    }

    /// Messages come at even intervals, whether or not earlier ones were answered.
    void half_rate() {
        if (best_ <= 0) return;
        const auto half = load(world_.store_only(), 128, options_.seconds, best_ / 2);
        std::printf("\nat half of that (%.0f/s asked, %.0f/s answered, 128 connections): p50 %.2f ms, p99 %.2f ms\n",
                    best_ / 2, half.outcome.rate(), 1000 * half.outcome.percentile(0.5),
                    1000 * half.outcome.percentile(0.99));
        tell_refused(half.outcome);
        world_.settle(60);
    }

    void one_connection() const {
        if (alone_.second.append <= 0) return;
        const auto sync = 1 / alone_.second.append, echo = alone_.second.echo_p50;
        const auto p50 = alone_.first.outcome.percentile(0.5);
        std::printf("one connection: p50 %.3f ms = %.2f x (fdatasync %.3f ms + echo %.3f ms)\n", 1000 * p50,
                    p50 / (sync + echo), 1000 * sync, 1000 * echo);
    }

    /// The rate is of messages that are in, acknowledged, routed, mapped, delivered twice and closed in the ledger.
    void whole_way() {
        const auto http = world_.by_http(), mllp = world_.by_mllp();
        const auto before = world_.usage();
        const auto begun = Steady::now();
        const auto in = load(world_.deliver(), 128, options_.seconds * 2);
        const auto sent = in.outcome.answered;
        while ((world_.by_http() < http + sent || world_.by_mllp() < mllp + sent) && seconds_since(begun) < 120)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const auto took = seconds_since(begun);
        const auto after = world_.usage();
        std::printf("\nthe whole way (128 connections; A28 to a FHIR Bundle over HTTP, and as it came over MLLP)\n");
        std::printf(
            "%9.0f messages/s closed, %.0f/s acknowledged meanwhile, p99 %.2f ms, CPU %.1f us a message\n",
            static_cast<double>(sent) / took, in.outcome.rate(), 1000 * in.outcome.percentile(0.99),
            1e6 * (after.cpu_seconds - before.cpu_seconds) / static_cast<double>(std::max<std::uint64_t>(sent, 1)));
        tell_refused(in.outcome);
        std::fflush(stdout);
        world_.settle(30);
    }

    /// Memory must stay small however many large messages come at once.
    void large() {
        std::printf("\nletters of 1 MB, in and over MLLP to a destination\n%5s %9s %8s %8s %8s %8s\n", "conn", "msg/s",
                    "p50 ms", "p99 ms", "CPU us", "peak MB");
        for (const int connections : options_.connections) {
            if (connections > kMostOfLarge) continue;
            const auto mllp = world_.by_mllp();
            auto load = load_of(world_.letters(), connections, options_.seconds);
            const auto run = next_run();
            load.request = [&](std::uint64_t n) { return framed(counted(letter(run, first_patient_ + n, kLarge))); };
            const auto one = measured(load);
            const auto begun = Steady::now();
            while (world_.by_mllp() < mllp + one.outcome.answered && seconds_since(begun) < 120)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            std::printf("%5d %9.0f %8.2f %8.2f %8.1f %8.1f\n", connections, one.outcome.rate(),
                        1000 * one.outcome.percentile(0.5), 1000 * one.outcome.percentile(0.99), one.cpu_micros,
                        static_cast<double>(world_.usage().peak_bytes) / 1e6);
            tell_refused(one.outcome);
            std::fflush(stdout);
            world_.settle(60);
        }
    }

    int finish() {
        const auto peak = world_.usage().peak_bytes;
        const auto status = world_.stop();
        const auto bytes = ledger_bytes(world_.ledger());
        std::printf(
            "\npeak memory %.1f MB; %llu messages of %.1f MB in a ledger of %.1f MB: %.2f bytes a message byte\n",
            static_cast<double>(peak) / 1e6, static_cast<unsigned long long>(messages_),
            static_cast<double>(bytes_) / 1e6, static_cast<double>(bytes) / 1e6,
            static_cast<double>(bytes) / static_cast<double>(bytes_));
        return std::max(status, closed());
    }

    /// Everything that was taken has ended.
    int closed() const {
        const SystemClock clock;
        LedgerOptions options;
        options.file = world_.ledger().string();
        const auto store = open_sqlite_ledger(options, clock);
        const auto open = store ? (*store)->open_obligations(Id{}, 1) : Result<std::vector<Obligation>>(store.error());
        const bool good = open && open->empty();
        std::printf("ledger %s\n", good ? "closed: every obligation has ended" : "NOT CLOSED: something is still owed");
        return good ? 0 : 1;
    }

    const Options options_;
    World world_;
    std::uint64_t first_patient_ = 0, bytes_ = 0, messages_ = 0;
    int runs_ = 0;
    double best_ = 0;
    std::pair<Measured, Limits> alone_;
};

}  // namespace

int table(const Options& options) {
    return Table(options).print();
}

}  // namespace causeway::bench
