/// The tests are tested: every deliberate mistake (core/mutant.hpp) must be caught by some of them.
#include <cstdio>
#include <cstdlib>

#include "crash/faults.hpp"

namespace causeway::test {
namespace {

constexpr const char* kRow = "%-20s %-12s %-18s %s\n";
constexpr int kSeeds = 3'000, kSeedsWithout = 100;
constexpr std::uint64_t kCyclesWithout = 5;

/// A mistake, and a test that catches it in so many cycles.
struct Catch {
    const char* mutant;
    const Fault& by;
    std::uint64_t cycles;
};

const Catch kCatches[] = {
    {"ack-before-commit", kKill, 40},       {"ack-before-commit", kPowerExt4, 60},
    {"synchronous-normal", kPowerExt4, 20}, {"synchronous-normal", kPowerXfs, 20},
    {"no-duplicate-key", kKill, 40},        {"msa-unchecked", kPeers, 5},
    {"fsync-retried", kFailedSync, 20},
};

/// What the simulation can see: it has no MLLP.
constexpr const char* kSimulated[] = {"ack-before-commit", "synchronous-normal", "no-duplicate-key", "fsync-retried"};

bool is_caught(const Catch& one, const SoakOptions& given) {
    auto options = given;
    options.state.clear();
    options.mutant = one.mutant;
    options.cycles = one.cycles;
    options.is_quiet = true;
    Run run(one.by, options);
    const std::string by(one.by.name);
    try {
        one.by.run(run);
    } catch (const Skip& skip) {
        std::printf(kRow, one.mutant, by.c_str(), "SKIPPED", skip.what());
        return true;
    } catch (const std::exception& thrown) {
        run.wrong(thrown.what());
    }
    const auto after = run.good() ? "NOT CAUGHT" : std::to_string(run.cycles()) + " cycles";
    std::printf(kRow, one.mutant, by.c_str(), after.c_str(), run.first_wrong().c_str());
    std::fflush(stdout);
    return !run.good();
}

/// "seed 17: PAT0-3 was acknowledged ..."
bool is_caught_by_simulation(const char* mutant, const std::string& simulation) {
    const auto command = "CAUSEWAY_MUTANT=" + std::string(mutant) + " " + simulation + " --jobs 1 --seeds " +
                         std::to_string(kSeeds) + " 2>&1";
    std::string out;
    char buffer[4096];
    FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return false;
    while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) out += buffer;
    ::pclose(pipe);
    const auto colon = out.find(": ");
    const bool caught = out.starts_with("seed ") && colon != std::string::npos;
    const auto after = caught ? out.substr(5, colon - 5) + " seeds" : "NOT CAUGHT";
    const auto what = caught ? out.substr(colon + 2, out.find('\n') - colon - 2) : "";
    std::printf(kRow, mutant, "sim", after.c_str(), what.c_str());
    std::fflush(stdout);
    return caught;
}

/// The programs with the switches, and none of them set: else what is caught might be something else.
bool is_good_without(const SoakOptions& given) {
    auto options = given;
    options.state.clear();
    options.mutant = "none";
    options.cycles = kCyclesWithout;
    options.is_quiet = true;
    Run run(kKill, options);
    kKill.run(run);
    std::printf(kRow, "none", "kill", run.good() ? "good" : "NOT GOOD", run.first_wrong().c_str());
    const auto command = given.sim.string() + " --jobs 1 --seeds " + std::to_string(kSeedsWithout) + " >/dev/null 2>&1";
    const bool is_sim_good = given.sim.empty() || std::system(command.c_str()) == 0;
    std::printf(kRow, "none", "sim", is_sim_good ? "good" : "NOT GOOD", "");
    return run.good() && is_sim_good;
}

}  // namespace

int run_mutants(const SoakOptions& options) {
    std::printf(kRow, "mutant", "caught by", "after", "with");
    bool all = is_good_without(options);
    for (const auto& one : kCatches)
        if (!interrupted()) all = is_caught(one, options) && all;
    for (const auto* mutant : kSimulated)
        if (!options.sim.empty() && !interrupted()) all = is_caught_by_simulation(mutant, options.sim.string()) && all;
    return all ? 0 : 1;
}

}  // namespace causeway::test
