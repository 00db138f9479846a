/// kill -9 at random moments under load, on a ledger that grows: what was acknowledged is stored and delivered.
#include <chrono>
#include <random>
#include <thread>

#include "crash/faults.hpp"
#include "crash/world.hpp"

namespace causeway::test {
namespace {

/// Cycles on one ledger; then everything is delivered and compared, and the next ledger begins.
constexpr int kCyclesOfOne = 50;

void one_ledger(Run& run, std::mt19937_64& random) {
    World world(run);
    for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i) {
        if (!world.start()) return run.wrong("the engine does not start again:\n" + world.log_tail());
        world.send_on();
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 250));
        world.kill();
        world.quiet();
        run.cycle();
    }
    world.settle(300);
}

void run_kill(Run& run) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) one_ledger(run, random);
}

}  // namespace

extern const Fault kKill;
const Fault kKill{"kill", "kill -9 under load, MLLP in, MLLP and HTTP out", 100, 10'000, run_kill};

}  // namespace causeway::test
