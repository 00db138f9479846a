#include <chrono>
#include <cstdio>
#include <string>

#include "bench/ledger/messages.hpp"
#include "bench/ledger/parts.hpp"
#include "bench/ledger/world.hpp"

namespace causeway::bench {
namespace {

constexpr double kSlice = 10;  ///< Seconds a line.

}  // namespace

/// The whole way at an even rate; memory should not grow after the first minutes.
int soak(const Options& options) {
    World world(options.folder);
    if (!world.start()) return 1;
    std::printf("%8s %9s %9s %8s %8s %8s %12s\n", "seconds", "answered", "delivered", "p50 ms", "p99 ms", "RSS MB",
                "ledger MB");
    std::uint64_t sent = 0, answered = 0;
    for (double second = 0; second < options.soak_minutes * 60; second += kSlice) {
        test::Load load;
        load.port = world.deliver();
        load.connections = 32;
        load.seconds = kSlice;
        load.rate = options.rate;
        load.answer = test::mllp_answer;
        load.positive = test::mllp_positive;
        load.request = [&](std::uint64_t n) { return "\x0b" + new_patient("S", sent + n) + "\x1c\r"; };
        const auto outcome = test::generate(load);
        sent += outcome.sent;
        answered += outcome.answered;
        std::printf("%8.0f %9llu %9llu %8.2f %8.2f %8.1f %12.1f\n", second + kSlice,
                    static_cast<unsigned long long>(answered),
                    static_cast<unsigned long long>(world.by_http() + world.by_mllp()), 1000 * outcome.percentile(0.5),
                    1000 * outcome.percentile(0.99), static_cast<double>(world.usage().resident_bytes) / 1e6,
                    static_cast<double>(std::filesystem::file_size(world.ledger())) / 1e6);
        std::fflush(stdout);
    }
    world.settle(30);
    return world.stop();
}

}  // namespace causeway::bench
