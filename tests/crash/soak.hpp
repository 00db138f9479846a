#pragma once
/// What the fault tests have in common: cycles that can be interrupted, go on where they stopped, and add up.

#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace causeway::test {

/// Numbers by name, "acknowledged" and the like.
using Counts = std::map<std::string, std::uint64_t>;

struct SoakOptions {
    std::filesystem::path program;  ///< The engine.
    std::filesystem::path mutants;  ///< The engine with switches for its mutants.
    std::filesystem::path shim;     ///< Library that makes system calls fail.
    std::filesystem::path state;    ///< Folder for what has been counted so far; empty: nothing is kept.
    std::filesystem::path sim;      ///< The simulation with the same switches.
    std::string mutant;             ///< Run this mutant instead of the engine.
    std::uint64_t cycles = 0;       ///< 0: as many as the fault says.
    std::uint64_t seed = 0;         ///< 0: by chance; printed.
    bool is_long = false;
    bool is_quiet = false;  ///< Prints nothing.
};

/// The machine does not allow this test: it is skipped, which is not the same as passed.
struct Skip : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Fault;

/// One run of one fault test. Threads: the one that runs it.
class Run {
public:
    Run(const Fault& fault, const SoakOptions& options);

    /// Shall there be another cycle? Not when there were enough, something was wrong, or somebody pressed Ctrl-C.
    bool goes_on() const;
    /// A cycle ended.
    void cycle();
    /// Adds to what the run counts.
    void count(const std::string& what, std::uint64_t number = 1) { counts_[what] += number; }
    /// Wrong where all cycles ended and that was never counted.
    void must_have(const std::string& what);
    /// The guarantee is broken. Counted as a loss; the first few are printed.
    void wrong(const std::string& what);
    /// `wrong(what)` unless `holds`.
    void expect(bool holds, const std::string& what) {
        if (!holds) wrong(what);
    }
    void save() const;
    void report() const;

    bool good() const { return losses_ == 0; }
    /// What was wrong first.
    const std::string& first_wrong() const { return first_wrong_; }
    std::uint64_t cycles() const { return cycles_; }
    std::uint64_t seed() const { return seed_; }
    bool is_long() const { return options_.is_long; }
    const SoakOptions& options() const { return options_; }
    /// The engine to test: with a mutant, that one.
    const std::filesystem::path& program() const {
        return options_.mutant.empty() ? options_.program : options_.mutants;
    }

private:
    std::filesystem::path file() const;
    void load();

    const Fault& fault_;
    const SoakOptions& options_;
    std::uint64_t wanted_ = 0, cycles_ = 0, losses_ = 0, here_ = 0;
    std::uint64_t seed_ = 0;
    Counts counts_;
    std::string first_wrong_;
};

/// A fault that is caused again and again.
struct Fault {
    std::string_view name, summary;
    std::uint64_t short_cycles, long_cycles;
    void (*run)(Run&);
};

/// Ctrl-C or SIGTERM came: end after this cycle.
bool interrupted();

}  // namespace causeway::test
