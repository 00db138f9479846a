/// A crash, or an error, at every system call of receive, deliver and retry, from the first start to the stop; and of
/// a start that purges what is old beside the same work.
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "crash/faults.hpp"
#include "crash/injector.hpp"

namespace causeway::test {
namespace {

constexpr auto kLater = std::chrono::hours(48);
constexpr std::uint64_t kUntilMended = ~std::uint64_t{0};
constexpr std::uint32_t kDisk = kWrite | kSync | kFile;
constexpr std::uint32_t kAll = kDisk | kSend | kReceive;

/// A failure that is tried at every call of its kinds.
struct Attempt {
    const char* name;
    std::uint32_t calls;
    Failure failure;
    std::uint64_t times = 1;
};

constexpr std::array kAttempts = {
    Attempt{"crash", kAll, Failure::crash},
    Attempt{"torn", kWrite | kSend, Failure::torn},
    Attempt{"io-error", kDisk | kSend | kReceive, Failure::io_error},
    Attempt{"read-error", kRead, Failure::io_error},
    Attempt{"disk-full", kDisk, Failure::disk_full},
    Attempt{"disk-stays-full", kDisk, Failure::disk_full, kUntilMended},
    Attempt{"interrupted", kWrite | kSend | kReceive | kRead, Failure::interrupted},
    Attempt{"shortened", kWrite | kSend | kReceive, Failure::shortened},
};

/// The first time that a message comes, every third is refused for now and every third is taken without an answer.
Receiver::Manner awkward() {
    struct Known {
        std::mutex mutex;
        std::map<std::pair<int, std::uint64_t>, int> times;
    };
    return [known = std::make_shared<Known>()](Label label) {
        const std::lock_guard lock(known->mutex);
        if (known->times[{label.lane, label.number}]++ > 0) return Act::take;
        return label.number % 3 == 1 ? Act::refuse_now : label.number % 3 == 2 ? Act::lose : Act::take;
    };
}

/// Starts, takes six messages, delivers them with retries, stops; or dies on the way. False where it hangs.
bool play(World& world) {
    if (!world.start()) return true;
    world.send(3);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (world.engine().running() && world.owes() != 0) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    world.engine().stop();
    return true;
}

WorldOptions options() {
    WorldOptions made;
    made.senders = 2;
    made.mllp_manner = awkward();
    made.http_manner = awkward();
    made.channel = "retention: {bodies: 1d}\n";
    made.engine = "stop_within: 2s\n";
    return made;
}

/// A world that waits for its play: at its first start, or two days after another play, so that the start purges.
class Stage {
public:
    Stage(Run& run, bool aged) : world(run, options()), injector(world, run.options().shim), aged_(aged) {
        if (!aged) return;
        play_well();
        world.may_purge();
        injector.control().clock_offset = std::chrono::seconds(kLater).count();
    }

    /// Without a fault.
    void play_well() {
        if (!play(world) || world.acknowledged() != world.sent())
            throw std::runtime_error("the play does not work without a fault:\n" + world.log_tail());
    }
    void compare() {
        injector.disarm();
        world.settle();
        if (aged_) world.purge(kLater);
    }

    World world;
    Injector injector;

private:
    const bool aged_;
};

std::uint64_t calls_of(Run& run, const Attempt& attempt, bool aged) {
    Stage stage(run, aged);
    stage.injector.count(attempt.calls);
    stage.play_well();
    return stage.injector.counted();
}

/// What fails again and again is mended after a while: the disk has room again.
class Mender {
public:
    explicit Mender(Injector& injector) : thread_([this, &injector] { mend(injector); }) {}
    Mender(const Mender&) = delete;
    Mender& operator=(const Mender&) = delete;
    ~Mender() {
        over_ = true;
        thread_.join();
    }

private:
    void mend(Injector& injector) const {
        while (!over_ && injector.failed() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        for (int wait = 0; !over_ && wait < 150; ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        injector.disarm();
    }

    std::atomic<bool> over_{false};
    std::thread thread_;
};

void one(Run& run, const Attempt& attempt, bool aged, std::uint64_t n) {
    Stage stage(run, aged);
    auto& engine = stage.world.engine();
    stage.injector.arm(attempt.calls, attempt.failure, n, attempt.times);
    const auto what = std::string(attempt.name) + " at call " + std::to_string(n) + (aged ? " beside a purge" : "");
    std::optional<Mender> mender;
    if (attempt.times == kUntilMended) mender.emplace(stage.injector);
    const bool ended = play(stage.world);
    mender.reset();
    const bool by_signal = !engine.running() && engine.status() < 0;
    run.expect(ended, what + ": the engine neither works nor ends:\n" + stage.world.log_tail());
    run.expect(!by_signal, what + ": the engine was ended by a signal:\n" + stage.world.log_tail());
    if (stage.injector.failed() > 0) run.count(attempt.name);
    stage.compare();
    if (!run.good()) run.wrong("that was " + what);
    run.cycle();
}

/// Short: calls by chance. Long: one after the other, and from the beginning again. Every third beside a purge.
void run_calls(Run& run) {
    std::mt19937_64 random(run.seed());
    std::array<std::array<std::uint64_t, kAttempts.size()>, 2> totals{};
    for (std::size_t i = 0; i < kAttempts.size(); ++i)
        for (const bool aged : {false, true}) totals[aged][i] = calls_of(run, kAttempts[i], aged);
    while (run.goes_on()) {
        const auto round = run.cycles() / kAttempts.size();
        const auto which = run.cycles() % kAttempts.size();
        const bool aged = round % 3 == 2;
        const auto turn = run.is_long() ? (aged ? round / 3 : round - round / 3) : random();
        one(run, kAttempts[which], aged, 1 + turn % totals[aged][which]);
    }
    for (const auto& attempt : kAttempts) run.must_have(attempt.name);
    run.must_have("purged");
}

}  // namespace

extern const Fault kCalls;
const Fault kCalls{"calls", "crash, error or half a call at every system call of receive, deliver, retry, purge, stop",
                   120, 6'000, run_calls};

}  // namespace causeway::test
