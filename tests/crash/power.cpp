/// Power loss: the file system under the ledger is shut down without writing what is not synced, and mounted again.
#include <chrono>
#include <random>
#include <thread>

#include "crash/disk.hpp"
#include "crash/faults.hpp"
#include "crash/injector.hpp"

namespace causeway::test {
namespace {

constexpr int kCyclesOfOne = 10;

/// Under load, until `before_the_cut` returns.
template <class Wait>
void one_cut(Run& run, World& world, Disk& disk, Wait before_the_cut) {
    if (!world.start()) return run.wrong("the engine does not start again:\n" + world.log_tail());
    world.send_on();
    before_the_cut();
    // A shut-down is not as sudden as a power cut: an fsync that runs meanwhile may succeed for a transaction that the
    // shut-down has thrown away. Only what was acknowledged before is sure.
    world.doubt();
    disk.lose_power();
    world.kill();
    world.quiet();
    disk.mount_again();
    run.cycle();
}

void run_power(Run& run, const std::string& type) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) {
        const TempDir folder;
        Disk disk(folder.path(), type);
        WorldOptions options;
        options.state = disk.path() / "var";
        World world(run, options);
        for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i)
            one_cut(run, world, disk,
                    [&] { std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 300)); });
        world.settle(120);
    }
}

/// A sync fails, the kernel forgets the pages, and the next sync would succeed; then the power goes.
void run_failed_sync(Run& run) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) {
        const TempDir folder;
        Disk disk(folder.path(), "ext4");
        WorldOptions options;
        options.state = disk.path() / "var";
        World world(run, options);
        Injector injector(world, run.options().shim);
        for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i) {
            one_cut(run, world, disk, [&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(30));
                injector.arm(kSync, Failure::lost_sync, 1 + random() % 60);
                for (int wait = 0; wait < 200 && world.engine().running(); ++wait)
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
            });
            if (injector.failed() > 0) run.count("failed-syncs");
            injector.disarm();
        }
        world.settle(120);
    }
    run.must_have("failed-syncs");
}

}  // namespace

extern const Fault kPowerExt4, kPowerXfs, kFailedSync;
const Fault kPowerExt4{"power-ext4", "power loss on ext4: what is not synced is gone", 20, 500,
                       [](Run& run) { run_power(run, "ext4"); }};
const Fault kPowerXfs{"power-xfs", "power loss on xfs: what is not synced is gone", 20, 500,
                      [](Run& run) { run_power(run, "xfs"); }};
const Fault kFailedSync{"failed-sync", "a sync fails, the next would succeed without effect, then the power goes", 10,
                        500, run_failed_sync};

}  // namespace causeway::test
