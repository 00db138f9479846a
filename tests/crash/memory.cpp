/// Out of memory: allocations fail under load. The engine may end, but never says what is not so.
#include <chrono>
#include <random>
#include <thread>

#include "crash/faults.hpp"
#include "crash/injector.hpp"

namespace causeway::test {
namespace {

constexpr int kCyclesOfOne = 10;
constexpr std::uint64_t kForEver = ~std::uint64_t{0};

void one_ledger(Run& run, std::mt19937_64& random) {
    World world(run);
    Injector injector(world, run.options().shim);
    for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i) {
        if (!world.start()) return run.wrong("the engine does not start again:\n" + world.log_tail());
        world.send_on();
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        const std::uint64_t times = random() % 3 == 0 ? kForEver : 1 + random() % 100;
        injector.arm(kAllocate, Failure::io_error, 1 + random() % 20'000, times);
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        run.count(world.engine().running() ? "survived" : "ended");
        world.kill();
        world.quiet();
        if (injector.failed() > 0) run.count("failed-allocations", injector.failed());
        injector.disarm();
        run.cycle();
    }
    world.settle(60);
}

void run_memory(Run& run) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) one_ledger(run, random);
    run.must_have("failed-allocations");
}

}  // namespace

extern const Fault kMemory;
const Fault kMemory{"memory", "allocations fail under load, some or all from then on", 20, 2'000, run_memory};

}  // namespace causeway::test
