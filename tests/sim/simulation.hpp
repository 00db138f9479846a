#pragma once
/// One life of an engine with its senders, receivers, operators, disk and clocks, all by one seed.
///
/// The engine is the real one: configuration, intake, dispatcher, worker, ledger. Its executor runs one handler at a
/// time when the simulation says, its ledger's writer one group, its disk is memory, its time stands still until it is
/// moved, and its adapters are peers.hpp.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pipeline/engine.hpp"

namespace causeway::sim {

/// What a seed did, to see that it did something.
struct Figures {
    std::uint64_t steps = 0, acknowledged = 0, duplicates = 0, conflicts = 0, effects = 0, repeated = 0, crashes = 0,
                  power_cuts = 0, disk_faults = 0, acts = 0, jumps = 0;
    Figures& operator+=(const Figures& other);
};

/// Threads: one.
class Simulation {
public:
    /// `configuration`: see configure(). `trace`: prints what happens.
    Simulation(std::uint64_t seed, std::filesystem::path folder, pipeline::ConfigurationPtr configuration, bool trace);
    ~Simulation();

    /// Lives, is healed, and is looked at. Gives what was wrong; empty: nothing.
    std::vector<std::string> run();
    const Figures& figures() const { return figures_; }

private:
    /// A patient's sender: the next message only after the one before was acknowledged.
    struct Sender {
        std::string patient;
        std::uint64_t next = 0;
        bool waits = false;
        std::uint64_t epoch = 0;
        std::map<std::uint64_t, Id> acknowledged;
    };
    /// What operators did with a message, whether it is known to have worked or not.
    struct Touched {
        int replays = 0, releases = 0, cancels = 0, holds = 0;
    };

    void start();
    void drop(bool power = false);
    void stop();
    void crash(bool power);
    void step();
    void act();
    bool turn_something();
    template <class T>
    std::optional<T> finish(boost::asio::awaitable<T> work);

    void send(Sender& sender);
    void send_again(Sender& sender);
    void send_other_bytes(Sender& sender);
    void submit(Sender& sender, std::uint64_t number, int variant);
    void heard(Sender& sender, std::uint64_t number, int variant, const Result<Verdict>& verdict);
    void operate();
    void operate_on(OperatorAct::Kind kind, Id target, Id message);
    void spoil_disk();

    void heal();
    bool quiet();
    void settle();
    void check_stored();
    void check_message(const Sender& sender, std::uint64_t number, Id message);
    void check_effects();
    void check_balance();
    void wrong(std::string what);
    void tell(const std::string& what) const;
    Sender& any_sender() { return senders_[random_() % senders_.size()]; }

    const std::uint64_t seed_;
    const std::filesystem::path folder_;
    const pipeline::ConfigurationPtr configuration_;
    const bool trace_;
    std::mt19937_64 random_;
    Figures figures_;
    std::vector<std::string> mistakes_;
    std::vector<Sender> senders_;
    std::map<Id, Touched> touched_;
    std::uint64_t epoch_ = 0;  ///< Rises with every start of the engine: what an earlier one said late is dropped.
    bool failed_ = false;      ///< The ledger said that it is the end.

    std::unique_ptr<boost::asio::io_context> context_;
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard_;
    std::function<bool()> turn_;
    std::unique_ptr<pipeline::Engine> engine_;
};

/// Writes and reads the configuration of every simulation below `folder`.
pipeline::ConfigurationPtr configure(const std::filesystem::path& folder);

}  // namespace causeway::sim
