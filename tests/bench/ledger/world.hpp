#pragma once
/// An engine in a process of its own with two light peers, as all parts of the ledger benchmark use it.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include "support/engine_process.hpp"
#include "support/load.hpp"

namespace causeway::bench {

/// Channels: "in" and "fhir" (their messages are filtered: intake alone), "deliver" (A28 mapped to a FHIR bundle for
/// the HTTP peer, and passed to the MLLP peer as it came), "slow" (everything to the MLLP peer alone),
/// "letters" (the same, with as many deliveries at once as a destination has that says nothing).
class World {
public:
    /// `folder` is emptied.
    explicit World(std::filesystem::path folder);

    bool start();
    void kill() { engine_.kill(); }
    int stop() { return engine_.stop(); }

    std::uint16_t store_only() const { return in_; }
    std::uint16_t fhir() const { return fhir_; }
    std::uint16_t deliver() const { return deliver_; }
    std::uint16_t slow() const { return slow_; }
    std::uint16_t letters() const { return letters_; }

    /// Messages that the peers have confirmed.
    std::uint64_t by_http() const { return by_http_; }
    std::uint64_t by_mllp() const { return by_mllp_; }
    /// When the MLLP peer confirmed the last message whose type begins so, is told here.
    std::function<void(std::string_view message)> on_mllp;
    /// Pause of the MLLP peer before each answer, in microseconds.
    std::atomic<int> mllp_pause{0};

    test::Usage usage() const { return engine_.usage(); }
    std::filesystem::path ledger() const { return engine_.ledger(); }
    const std::filesystem::path& folder() const { return folder_; }
    /// Until the engine has been idle for a while, or `seconds` are over.
    void settle(double seconds) const;

private:
    std::string answer_mllp(std::string_view message);

    const std::filesystem::path folder_;
    std::atomic<std::uint64_t> by_http_{0}, by_mllp_{0};
    const std::uint16_t in_ = test::free_port(), fhir_ = test::free_port(), deliver_ = test::free_port(),
                        slow_ = test::free_port(), letters_ = test::free_port();
    test::Sink http_;
    test::MllpSink mllp_;
    test::EngineProcess engine_;
};

/// Bytes of the ledger's files, after a checkpoint (the engine must not run).
std::uint64_t ledger_bytes(const std::filesystem::path& file);

}  // namespace causeway::bench
