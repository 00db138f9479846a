/// soak mutants | NAME... [--long] [--cycles N] [--seed N] [--state FOLDER] [--mutant NAME] --program FILE --mutants
/// FILE --shim FILE
///
/// Runs fault tests. Ends with 0 (nothing was wrong), 1 (something was), 77 (the machine does not allow it).
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "crash/faults.hpp"

namespace causeway::test {
namespace {

constexpr int kSkipped = 77;
volatile std::sig_atomic_t stop = 0;

void on_signal(int) {
    stop = 1;
}

const Fault* find(const std::string& name) {
    for (const auto* fault : kFaults)
        if (fault->name == name) return fault;
    return nullptr;
}

int list() {
    for (const auto* fault : kFaults)
        std::printf("  %-14s %6llu %6llu  %s\n", std::string(fault->name).c_str(),
                    static_cast<unsigned long long>(fault->short_cycles),
                    static_cast<unsigned long long>(fault->long_cycles), std::string(fault->summary).c_str());
    return 0;
}

int run_one(const Fault& fault, const SoakOptions& options) {
    Run run(fault, options);
    try {
        fault.run(run);
        run.must_have("acknowledged");
    } catch (const Skip& skip) {
        std::printf("%s: SKIPPED, not tested: %s\n", std::string(fault.name).c_str(), skip.what());
        return kSkipped;
    } catch (const std::exception& thrown) {
        run.wrong(thrown.what());
    }
    run.save();
    run.report();
    return run.good() ? 0 : 1;
}

int run(const std::vector<std::string>& arguments) {
    SoakOptions options;
    std::vector<const Fault*> faults;
    bool mutants = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        const auto value = [&] { return i + 1 < arguments.size() ? arguments[++i] : std::string(); };
        if (word == "--program")
            options.program = value();
        else if (word == "--mutants")
            options.mutants = value();
        else if (word == "--shim")
            options.shim = value();
        else if (word == "--sim")
            options.sim = value();
        else if (word == "mutants")
            mutants = true;
        else if (word == "--state")
            options.state = value();
        else if (word == "--mutant")
            options.mutant = value();
        else if (word == "--cycles")
            options.cycles = std::strtoull(value().c_str(), nullptr, 10);
        else if (word == "--seed")
            options.seed = std::strtoull(value().c_str(), nullptr, 10);
        else if (word == "--long")
            options.is_long = true;
        else if (const auto* fault = find(word))
            faults.push_back(fault);
        else
            return std::fprintf(stderr, "There is no fault test %s. There are:\n", word.c_str()), list(), 2;
    }
    if (mutants) return run_mutants(options);
    if (faults.empty()) return list();
    int status = 0;
    for (const auto* fault : faults) {
        const int ended = interrupted() ? 0 : run_one(*fault, options);
        if (status == 0 || ended == 1) status = ended;
    }
    return status;
}

}  // namespace

bool interrupted() {
    return stop != 0;
}

}  // namespace causeway::test

int main(int argc, char** argv) {
    std::signal(SIGINT, causeway::test::on_signal);
    std::signal(SIGTERM, causeway::test::on_signal);
    return causeway::test::run(std::vector<std::string>(argv + 1, argv + argc));
}
