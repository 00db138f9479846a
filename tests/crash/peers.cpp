/// Receivers that are slow, silent, refuse, close, reset or answer to another message, and senders that break off.
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <random>
#include <vector>

#include "crash/faults.hpp"
#include "crash/world.hpp"

namespace causeway::test {
namespace {

constexpr std::uint64_t kMessagesOfEach = 15;

/// Does well two times of three, and each of the other things now and then.
Receiver::Manner moody(std::uint64_t seed) {
    struct Mood {
        std::mutex mutex;
        std::mt19937_64 random;
    };
    const auto mood = std::make_shared<Mood>();
    mood->random.seed(seed);
    return [mood](Label) {
        constexpr Act kBad[] = {Act::take_slow, Act::lose,  Act::half,      Act::refuse_now,
                                Act::foreign,   Act::reset, Act::black_hole};
        const std::lock_guard lock(mood->mutex);
        return mood->random() % 3 != 0 ? Act::take : kBad[mood->random() % std::size(kBad)];
    };
}

/// Connections that send half a message, or something else, and then stay silent, close or reset.
class BadSenders {
public:
    void come(std::uint16_t port, std::mt19937_64& random) {
        constexpr const char* kBeginnings[] = {"",
                                               "\x0b",
                                               "\x0bMSH|^~\\&|PAS|R9Z|CAUSE",
                                               "GET / HTTP/1.1\r\n\r\n",
                                               "\x0b\x1c\r",
                                               "MSH|^~\\&|without|frame\r"};
        const int fd = connect_to(port);
        if (fd < 0) return;
        const std::string bytes = kBeginnings[random() % std::size(kBeginnings)];
        if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 || random() % 3 == 0) {
            const linger now{1, 0};
            ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            ::close(fd);
            return;
        }
        open_.push_back(fd);
    }
    ~BadSenders() {
        for (const int fd : open_) ::close(fd);
    }

private:
    std::vector<int> open_;
};

void one(Run& run, std::mt19937_64& random) {
    WorldOptions options;
    options.mllp = "acknowledgement_limit: 200ms\n";
    options.http = "answer_limit: 200ms\n";
    options.mllp_manner = moody(random());
    options.http_manner = moody(random());
    World world(run, options);
    BadSenders bad;
    if (!world.start()) return run.wrong("the engine does not start:\n" + world.log_tail());
    for (int i = 0; i < 20; ++i) bad.come(world.port(), random);
    world.send(kMessagesOfEach);
    run.expect(world.engine().running(), "the engine ended:\n" + world.log_tail());
    world.settle(90);
    run.cycle();
}

void run_peers(Run& run) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) one(run, random);
}

}  // namespace

extern const Fault kPeers;
const Fault kPeers{"peers", "slow, black-hole, half-open, resetting and confused peers on both sides", 6, 1'000,
                   run_peers};

}  // namespace causeway::test
