/// Twice what the engine can do: senders that never pause, and receivers that are slower than they.
#include <chrono>
#include <thread>

#include "crash/faults.hpp"
#include "crash/world.hpp"

namespace causeway::test {
namespace {

constexpr std::size_t kMostMemory = std::size_t{256} << 20;
constexpr int kSenders = 64;

/// A receiver that takes two milliseconds a message: with four connections less than half of what comes in.
Act slowly(Label) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return Act::take;
}

void one(Run& run) {
    WorldOptions options;
    options.senders = kSenders;
    options.mllp_manner = slowly;
    options.http_manner = slowly;
    World world(run, options);
    if (!world.start()) return run.wrong("the engine does not start:\n" + world.log_tail());
    world.send_on();
    for (int second = 0; second < (run.is_long() ? 300 : 20) && !interrupted(); ++second)
        std::this_thread::sleep_for(std::chrono::seconds(1));
    world.quiet();
    const auto backlog = world.owes().value_or(0);
    world.mllp().behave([](Label) { return Act::take; });
    world.http().behave([](Label) { return Act::take; });
    const auto peak = world.engine().usage().peak_bytes;
    run.expect(peak <= kMostMemory, "the engine took " + std::to_string(peak >> 20) + " MB");
    run.count("peak-MB", peak >> 20);
    run.count("backlog", static_cast<std::uint64_t>(backlog));
    world.settle(run.is_long() ? 1'800 : 180);
    run.cycle();
}

void run_overload(Run& run) {
    while (run.goes_on()) one(run);
}

}  // namespace

extern const Fault kOverload;
const Fault kOverload{"overload", "twice the capacity for 20 seconds (long: five minutes)", 1, 10, run_overload};

}  // namespace causeway::test
