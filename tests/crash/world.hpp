#pragma once
/// The engine between senders and receivers, and the comparison of what was sent, acknowledged, stored and delivered.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/time.hpp"
#include "crash/receiver.hpp"
#include "crash/sender.hpp"
#include "crash/soak.hpp"
#include "support/engine_process.hpp"
#include "support/temp_dir.hpp"

namespace causeway::test {

struct WorldOptions {
    int senders = 8;
    std::filesystem::path state = {};  ///< Of the engine; empty: in the world's own folder.
    std::string engine = {};           ///< More lines of causeway.yaml.
    std::string channel = {};          ///< More lines of the channel.
    std::string mllp = {}, http = {};  ///< More lines of the destinations.
    bool only_http = false;            ///< Nothing goes to the receiver over MLLP.
    bool poison = false;               ///< A second channel, whose messages are learnt from, mapped and sent by HTTP.
    Receiver::Manner mllp_manner = [](Label) { return Act::take; };
    Receiver::Manner http_manner = [](Label) { return Act::take; };
};

/// One engine with its own folder; MLLP in, the same bytes out over MLLP and HTTP. Threads: one.
class World {
public:
    explicit World(Run& run, WorldOptions options = {});

    /// Starts the engine and waits until it listens; false where it ended instead.
    bool start(int seconds = 60);
    /// Every sender works until the engine is gone, or that many more of its messages are acknowledged.
    void send(std::uint64_t most);
    /// The same in the background, until quiet().
    void send_on();
    void quiet();
    /// What is acknowledged from here to quiet() does not count, nor the order of what is delivered until the next start.
    void doubt();
    void kill() { engine_.kill(); }
    /// Starts the engine where it does not run, lets senders repeat what is not acknowledged, waits until everything
    /// is delivered, stops the engine, and compares message by message. What does not hold is told to the run.
    void settle(int seconds = 60);
    /// Only the ledger, of an engine that does not run: what was acknowledged is stored as it was sent.
    void compare_stored();
    /// What has been sent until now may be purged from here on: its bytes are there, or gone as a whole.
    void may_purge();
    /// Purges the ledger of an engine that does not run, `later` than now: the bytes that may go are gone, no others.
    void purge(Duration later);

    EngineProcess& engine() { return engine_; }
    std::uint16_t port() const { return port_; }
    std::uint16_t poison_port() const { return poison_; }
    const std::vector<std::unique_ptr<Sender>>& senders() const { return senders_; }
    Receiver& mllp() { return mllp_; }
    Receiver& http() { return http_; }
    std::uint64_t acknowledged() const;
    std::uint64_t sent() const;
    std::uint64_t refused() const;
    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path ledger_file() const { return state_ / "ledger.db"; }
    /// Obligations that are neither delivered, filtered nor held, as the running engine counts them; none where it does
    /// not answer.
    std::optional<std::int64_t> owes() const;
    /// What the running engine says that it owes, for people.
    std::string queue() const;
    /// The end of the engine's log, for people.
    std::string log_tail() const;

private:
    std::map<std::string, std::string> configuration(const WorldOptions& options) const;
    void compare_delivered();
    void compare_lane(const Sender& sender, const std::vector<Arrival>& arrivals, const char* where);

    Run& run_;
    TempDir folder_;
    std::filesystem::path state_;
    Receiver mllp_, http_;
    std::uint16_t port_, ops_, poison_;
    EngineProcess engine_;
    std::vector<std::unique_ptr<Sender>> senders_;
    std::vector<std::uint64_t> purgeable_;  ///< Of each sender, the messages before this one.
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

}  // namespace causeway::test
