/// The key index alone, in a file: entries of N messages (five each) added and looked up, with what that costs.
/// Usage: bench_index [MESSAGES] (default 1,000,000; 10,000,000 takes a few minutes and 800 MB of disk)
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "store/index/key_hash.hpp"
#include "store/index/key_index.hpp"
#include "store/index/sqlite_runs.hpp"
#include "store/sqlite/schema.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::index;
using sqlite::Connection;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr HashSecret kSecret{3, 5};
constexpr std::int64_t kGroup = 64;

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::int64_t id_of(std::int64_t message) {
    return (std::int64_t{200'000'000'000} + message / 4) << 22 | (message & 3);
}

std::uint64_t hash_of(const char* kind, std::int64_t number) {
    return key_hash(kSecret, kind, std::to_string(number));
}

struct Bench {
    explicit Bench(const std::string& file) : connection(file, Connection::Mode::write, {}) {
        connection.script("PRAGMA page_size = 4096;");
        sqlite::prepare_writer(connection);
        connection.script("PRAGMA synchronous = NORMAL");
        connection.script(kRunTables);
        index = std::make_unique<KeyIndex>(IndexOptions{}, read_runs(connection));
    }

    void add(std::int64_t message) {
        const std::int64_t id = id_of(message);
        index->add(Family::duplicates, hash_of("duplicate", message), id);
        index->add(Family::keys, hash_of("control-id", message), id);
        index->add(Family::keys, hash_of("nhs-number", message % 1'000'000), id);
        index->add(Family::keys, hash_of("ods", message % 7'000), id);
        index->add(Family::ids, static_cast<std::uint64_t>(id), message / kGroup + 1);
    }

    void write() {
        SqliteRunReader reader(connection);
        SqliteRunWriter writer(connection);
        while (index->prepare(reader).value()) {
        }
        while (index->has_slice()) {
            connection.script("BEGIN IMMEDIATE");
            index->write(writer).value();
            connection.script("COMMIT");
            index->written();
            while (index->prepare(reader).value()) {
            }
        }
    }

    /// Microseconds a look-up, on average.
    double look_up(Family family, const char* kind, std::int64_t most, std::size_t limit) {
        SqliteRunReader reader(connection);
        const auto start = SteadyClock::now();
        for (std::int64_t i = 0; i < 2'000; ++i)
            (void)index->lookup({family, hash_of(kind, (i * 7'919'111) % most), limit}, reader).value();
        return seconds_since(start) / 2'000 * 1e6;
    }

    Connection connection;
    std::unique_ptr<KeyIndex> index;
};

void report(Bench& bench, std::int64_t messages, double seconds, double cpu) {
    const auto figures = bench.index->figures();
    std::printf(
        "%11lld  %9.0f  %7.2f  %7.1f  %5zu  %8.1f  %8.1f  %8.1f  %8.1f  %8.1f\n", static_cast<long long>(messages),
        static_cast<double>(messages) / seconds, cpu / static_cast<double>(messages) * 1e6,
        static_cast<double>(figures.memory_bytes) / 1e6, figures.runs,
        static_cast<double>(bench.connection.pragma("page_count") - bench.connection.pragma("freelist_count")) * 4096 /
            static_cast<double>(messages),
        static_cast<double>(figures.bytes_written) / static_cast<double>(messages),
        bench.look_up(Family::duplicates, "absent", messages, 1),
        bench.look_up(Family::keys, "control-id", messages, 10), bench.look_up(Family::keys, "ods", 7'000, 100));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const std::int64_t most = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
    const test::TempDir folder;
    Bench bench((folder.write("index.db", "")).string());
    std::printf(
        "   messages  messages/s  us CPU  memory MB  runs  B/message  B written  absent us  control-id us  ods us\n");
    const auto start = SteadyClock::now();
    const double cpu = cpu_seconds();
    double looked = 0;
    std::int64_t next_report = 100'000;
    for (std::int64_t message = 0; message < most;) {
        for (std::int64_t i = 0; i < kGroup; ++i) bench.add(message++);
        bench.index->publish(message / kGroup);
        if (message / kGroup % 64 == 0) bench.write();
        if (message < next_report && message < most) continue;
        bench.write();
        const double seconds = seconds_since(start) - looked, used = cpu_seconds() - cpu - looked;
        const auto pause = SteadyClock::now();
        report(bench, message, seconds, used);
        looked += seconds_since(pause);
        next_report *= 10;
    }
    return 0;
}
