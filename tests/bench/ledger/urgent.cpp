#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "bench/ledger/messages.hpp"
#include "bench/ledger/parts.hpp"
#include "bench/ledger/world.hpp"
#include "bench/limits.hpp"
#include "hl7v2/message.hpp"

namespace causeway::bench {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A peer so slow that the backlog stays while it is built.
constexpr int kStuckMicros = 200'000;

/// When each urgent message was sent, and when the peer had it.
class Urgent {
public:
    void sent(const std::string& id) {
        const std::lock_guard lock(mutex_);
        sent_[id] = Steady::now();
    }
    void arrived(std::string_view message) {
        if (message.find("REF^I12") == std::string_view::npos) return;
        const auto header = hl7v2::read_header(message);
        const std::lock_guard lock(mutex_);
        const auto found = header ? sent_.find(header->message_control_id) : sent_.end();
        if (found == sent_.end()) return;
        seconds_.push_back(seconds_since(found->second));
        sent_.erase(found);
    }
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return seconds_.size();
    }
    double percentile(double share) const {
        const std::lock_guard lock(mutex_);
        auto sorted = seconds_;
        std::sort(sorted.begin(), sorted.end());
        return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, Steady::time_point> sent_;
    std::vector<double> seconds_;
};

test::Load load_of(std::uint16_t port, int connections, double seconds) {
    test::Load load;
    load.port = port;
    load.connections = connections;
    load.seconds = seconds;
    load.answer = test::mllp_answer;
    load.positive = test::mllp_positive;
    return load;
}

class UrgentBench {
public:
    explicit UrgentBench(const Options& options) : options_(options), world_(options.folder) {
        world_.on_mllp = [this](std::string_view message) { urgent_.arrived(message); };
    }

    int run() {
        if (!world_.start()) return 1;
        build();
        crash();
        drain();
        return world_.stop();
    }

private:
    void build() {
        world_.mllp_pause = kStuckMicros;
        const auto begun = Steady::now();
        auto load = load_of(world_.slow(), 64, 3'600);
        load.most = options_.urgent;
        load.request = [](std::uint64_t n) { return "\x0b" + new_patient("B", n) + "\x1c\r"; };
        const auto in = test::generate(load);
        waiting_ = in.answered;
        world_.settle(60);
        std::printf("%llu routine messages wait after %.0f s (%.0f/s in); memory %.1f MB\n",
                    static_cast<unsigned long long>(in.answered), seconds_since(begun), in.rate(), megabytes());
        std::fflush(stdout);
    }

    void crash() {
        world_.kill();
        const auto begun = Steady::now();
        world_.mllp_pause = 0;
        world_.start();
        const auto listening = seconds_since(begun);
        send_urgent();
        while (urgent_.count() == 0 && seconds_since(begun) < 120) std::this_thread::sleep_for(1ms);
        std::printf("after kill -9: listens after %.2f s, an urgent message is delivered %.2f s after the start\n",
                    listening, seconds_since(begun));
        std::fflush(stdout);
    }

    void send_urgent() {
        const auto number = number_++;
        auto load = load_of(world_.slow(), 1, 5);
        load.most = 1;
        load.request = [&](std::uint64_t) {
            urgent_.sent(control_id("U", number));
            return "\x0b" + urgent_referral("U", number) + "\x1c\r";
        };
        test::generate(load);
    }

    void drain() {
        const auto begun = Steady::now();
        const auto before = world_.by_mllp();
        auto last = before;
        while (seconds_since(begun) < 600) {
            send_urgent();
            std::this_thread::sleep_for(50ms);
            if (world_.by_mllp() >= waiting_ + urgent_.count() || (number_ % 100 == 0 && world_.by_mllp() == last))
                break;
            if (number_ % 100 == 0) last = world_.by_mllp();
        }
        std::printf(
            "drained at %.0f/s; %zu urgent messages meanwhile: p50 %.3f s, p99 %.3f s, slowest %.3f s; memory %.1f "
            "MB\n",
            static_cast<double>(world_.by_mllp() - before) / seconds_since(begun), urgent_.count(),
            urgent_.percentile(0.5), urgent_.percentile(0.99), urgent_.percentile(1), megabytes());
    }

    double megabytes() const { return static_cast<double>(world_.usage().resident_bytes) / 1e6; }

    const Options options_;
    Urgent urgent_;
    World world_;
    std::uint64_t number_ = 0, waiting_ = 0;
};

}  // namespace

int urgent(const Options& options) {
    return UrgentBench(options).run();
}

}  // namespace causeway::bench
