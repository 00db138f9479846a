/// The wall clock jumps, forward and back, under load and across a restart.
#include <chrono>
#include <random>
#include <thread>

#include "crash/faults.hpp"
#include "crash/injector.hpp"

namespace causeway::test {
namespace {

constexpr int kCyclesOfOne = 5;
/// Up to a day to either side; a destination gives up after twelve hours, which a jump must not make of a second.
constexpr std::int64_t kFarthest = 6 * 3600;

void one_ledger(Run& run, std::mt19937_64& random) {
    World world(run);
    Injector injector(world, run.options().shim);
    auto& control = injector.control();
    const auto jump = [&] {
        control.clock_offset = static_cast<std::int64_t>(random() % (2 * kFarthest)) - kFarthest;
        std::this_thread::sleep_for(std::chrono::milliseconds(30 + random() % 60));
    };
    /// An engine under load looks at its clock all the time.
    const auto is_seen = [&] {
        for (int wait = 0; wait < 500 && control.clock_seen != control.clock_offset; ++wait)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return control.clock_seen == control.clock_offset;
    };
    for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i) {
        if (!world.start()) return run.wrong("the engine does not start again:\n" + world.log_tail());
        world.send_on();
        for (int jumps = 0; jumps < 4; ++jumps) {
            jump();
            run.expect(is_seen(), "the engine does not see that its clock jumps");
        }
        if (random() % 2 == 0) {
            world.kill();
            world.quiet();
        } else {
            world.quiet();
            run.expect(world.engine().stop() == 0, "the engine does not stop well:\n" + world.log_tail());
        }
        jump();
        run.cycle();
    }
    world.settle(60);
}

void run_clock(Run& run) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) one_ledger(run, random);
}

}  // namespace

extern const Fault kClockJumps;
const Fault kClockJumps{"clock", "the wall clock jumps by hours, forward and back, under load and across restarts", 10,
                        1'000, run_clock};

}  // namespace causeway::test
