/// sim [--seeds N] [--from SEED] [--jobs N] [--seed SEED [--trace]]
///
/// Explores seeds; the first one with which something is wrong is printed, and `--seed` repeats it.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "sim/simulation.hpp"
#include "support/temp_dir.hpp"

namespace {

using namespace causeway;

struct Options {
    std::uint64_t seeds = 10'000, from = 1, jobs = 2;
    bool trace = false;
};

/// False: something was wrong with this seed.
bool explore(std::uint64_t seed, const std::filesystem::path& folder, const pipeline::ConfigurationPtr& configuration,
             bool trace, sim::Figures& sum) {
    std::vector<std::string> mistakes;
    try {
        sim::Simulation simulation(seed, folder, configuration, trace);
        mistakes = simulation.run();
        sum += simulation.figures();
    } catch (const std::exception& thrown) {
        mistakes.emplace_back(thrown.what());
    }
    for (const auto& what : mistakes)
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), what.c_str());
    std::fflush(stdout);
    return mistakes.empty();
}

/// With so many seeds all of it must have happened; else the simulation does not simulate.
constexpr std::uint64_t kEnoughSeeds = 100;

bool has_all(const sim::Figures& sum) {
    return sum.acknowledged > 0 && sum.duplicates > 0 && sum.conflicts > 0 && sum.effects > 0 && sum.repeated > 0 &&
           sum.crashes > 0 && sum.power_cuts > 0 && sum.disk_faults > 0 && sum.acts > 0 && sum.jumps > 0;
}

int explore_share(const Options& options, std::uint64_t share) {
    log::set_sink([](std::string_view) {});
    const test::TempDir folder;
    const auto configuration = sim::configure(folder.path());
    sim::Figures sum;
    for (std::uint64_t i = share; i < options.seeds; i += options.jobs)
        if (!explore(options.from + i, folder.path(), configuration, options.trace, sum)) return 1;
    const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
    std::printf(
        "%llu steps: %llu acknowledged, %llu duplicates, %llu conflicts, %llu effects (%llu repeated), %llu "
        "kills, %llu power cuts, %llu disk faults, %llu acts of operators, %llu clock jumps\n",
        number(sum.steps), number(sum.acknowledged), number(sum.duplicates), number(sum.conflicts), number(sum.effects),
        number(sum.repeated), number(sum.crashes), number(sum.power_cuts), number(sum.disk_faults), number(sum.acts),
        number(sum.jumps));
    if (options.seeds / options.jobs < kEnoughSeeds || has_all(sum)) return 0;
    std::printf("one of these never happened: the simulation says nothing\n");
    return 1;
}

int explore_all(const Options& options) {
    const auto begun = std::chrono::system_clock::now();
    std::vector<pid_t> children;
    for (std::uint64_t share = 1; share < options.jobs; ++share) {
        const pid_t child = ::fork();
        if (child == 0) {
            const int status = explore_share(options, share);
            std::fflush(stdout);
            ::_exit(status);
        }
        children.push_back(child);
    }
    int status = explore_share(options, 0);
    for (const auto child : children) {
        int ended = 0;
        ::waitpid(child, &ended, 0);
        if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0) status = 1;
    }
    const std::chrono::duration<double> took = std::chrono::system_clock::now() - begun;
    std::printf("%llu seeds from %llu in %.1f s: %s\n", static_cast<unsigned long long>(options.seeds),
                static_cast<unsigned long long>(options.from), took.count(), status == 0 ? "nothing wrong" : "WRONG");
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
        if (word == "--seeds") options.seeds = value();
        if (word == "--from") options.from = value();
        if (word == "--jobs") options.jobs = value();
        if (word == "--seed") options.from = value(), options.seeds = options.jobs = 1;
        if (word == "--trace") options.trace = true;
    }
    return explore_all(options);
}
