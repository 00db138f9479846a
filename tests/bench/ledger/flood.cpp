#include "support/flood.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "bench/ledger/messages.hpp"
#include "bench/ledger/parts.hpp"
#include "bench/ledger/world.hpp"

namespace causeway::bench {
namespace {

constexpr std::size_t kLarge = 1'000'000;
constexpr double kMostMegabytes = 256;

/// One way in, with a new engine, since a peak never falls.
struct Way {
    const char* name;
    std::uint16_t (World::*port)() const;
    std::string (*request)(std::uint64_t n);
    std::size_t (*answer)(std::string_view bytes);
    std::string_view accepted;  ///< In every answer.
    bool delivered;             ///< To the MLLP peer.
    int pause = 0;              ///< Of that peer, microseconds before each answer.
};

std::string letter_frame(std::uint64_t n) {
    return "\x0b" + letter("F", n, kLarge) + "\x1c\r";
}

std::string bundle_request(std::uint64_t n) {
    return large_bundle("F", n, kLarge);
}

const Way kWays[] = {
    {"MLLP, filtered", &World::store_only, letter_frame, test::mllp_answer, "MSA|AA|", false},
    {"MLLP, delivered", &World::letters, letter_frame, test::mllp_answer, "MSA|AA|", true},
    {"MLLP, slow peer", &World::slow, letter_frame, test::mllp_answer, "MSA|AA|", true, 20'000},
    {"FHIR, filtered", &World::fhir, bundle_request, test::http_answer, "HTTP/1.1 20", false},
};

void wait_for(const World& world, std::uint64_t deliveries) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (world.by_mllp() < deliveries && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

bool row(const Options& options, const Way& way) {
    World world(options.folder);
    world.mllp_pause = way.pause;
    if (!world.start()) return false;
    const double before = static_cast<double>(world.usage().resident_bytes) / 1e6;
    test::Flood flood;
    flood.port = (world.*way.port)();
    flood.connections = options.flood;
    flood.seconds = options.seconds;
    flood.request = way.request;
    flood.answer = way.answer;
    std::uint64_t refused = 0;
    flood.answered = [&](std::uint64_t, std::string_view answer) {
        if (answer.find(way.accepted) == std::string_view::npos) ++refused;
    };
    const auto outcome = test::flood(flood);
    if (way.delivered) wait_for(world, outcome.answered);
    world.settle(30);
    const double peak = static_cast<double>(world.usage().peak_bytes) / 1e6;
    const bool arrived = !way.delivered || world.by_mllp() >= outcome.answered;
    const bool good =
        world.stop() == 0 && outcome.answered == outcome.sent && refused == 0 && arrived && peak <= kMostMegabytes;
    std::printf("%-16s %6llu %9.0f %8.0f %8.0f %8.0f %8.0f  %s\n", way.name,
                static_cast<unsigned long long>(outcome.answered), outcome.rate(), 1000 * outcome.percentile(0.5),
                1000 * outcome.percentile(0.99), before, peak, good ? "" : "NOT GOOD");
    if (refused > 0 || outcome.answered < outcome.sent)
        std::printf("    %llu refused, %llu without an answer\n", static_cast<unsigned long long>(refused),
                    static_cast<unsigned long long>(outcome.sent - outcome.answered));
    std::fflush(stdout);
    return good;
}

}  // namespace

int flood(const Options& options) {
    std::printf("%d senders of messages of 1 MB at once; at most %.0f MB\n", options.flood, kMostMegabytes);
    std::printf("%-16s %6s %9s %8s %8s %8s %8s\n", "", "taken", "a second", "p50 ms", "p99 ms", "idle MB", "peak MB");
    bool good = true;
    for (const auto& way : kWays) good = row(options, way) && good;
    return good ? 0 : 1;
}

}  // namespace causeway::bench
