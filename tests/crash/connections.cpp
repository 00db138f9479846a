/// Ten thousand connections at once, each of them with messages.
#include <sys/resource.h>

#include "crash/faults.hpp"
#include "crash/world.hpp"
#include "support/load.hpp"

namespace causeway::test {
namespace {

constexpr int kConnections = 10'000;
constexpr rlim_t kDescriptors = kConnections + 500;

void allow_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < kDescriptors)
        throw Skip("a process may open " + std::to_string(limit.rlim_max) + " files, not " +
                   std::to_string(kDescriptors));
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Every sender has one message; a connection takes the next sender when it is answered.
void one(Run& run) {
    WorldOptions options;
    options.senders = kConnections * 3 / 2;
    options.channel = "max_connections: 11000\n";
    World world(run, options);
    if (!world.start()) return run.wrong("the engine does not start:\n" + world.log_tail());
    Load load;
    load.port = world.port();
    load.connections = kConnections;
    load.seconds = 120;
    load.most = static_cast<std::uint64_t>(options.senders);
    load.request = [&](std::uint64_t n) { return world.senders()[n]->first_frame(); };
    load.answer = mllp_answer;
    load.answered = [&](std::uint64_t n, std::string_view answer) { world.senders()[n]->take_first(answer); };
    const auto outcome = generate(load);
    run.expect(outcome.answered == load.most,
               std::to_string(outcome.answered) + " of " + std::to_string(load.most) + " were answered");
    run.expect(world.engine().running(), "the engine ended:\n" + world.log_tail());
    run.count("peak-MB", world.engine().running() ? world.engine().usage().peak_bytes >> 20 : 0);
    world.settle(120);
    run.cycle();
}

void run_connections(Run& run) {
    allow_descriptors();
    while (run.goes_on()) one(run);
}

}  // namespace

extern const Fault kManyConnections;
const Fault kManyConnections{"connections", "10,000 connections at once", 1, 20, run_connections};

}  // namespace causeway::test
