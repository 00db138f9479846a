#pragma once
/// Between the attempts and an operator: what was cancelled, held or sent elsewhere is not sent all the same.

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "core/id.hpp"

namespace causeway::pipeline {

/// An attempt reads its obligation, prepares what it sends and sends it; an act of an operator changes the obligation
/// in the ledger. The one that comes first here wins, and the other is told. Lives as long as the engine.
/// Threads: any; a mutex guards it.
class Attempts {
public:
    /// Counts where acts begin and end: taken before an obligation is read, it says whether what was read may be old.
    using Turn = std::uint64_t;

    /// While it lives, bytes of its obligation may be on their way. Move only.
    class Sending {
    public:
        Sending(Attempts* attempts, Id obligation) : attempts_(attempts), obligation_(obligation) {}
        Sending(Sending&& other) noexcept;
        Sending& operator=(Sending&&) = delete;
        ~Sending();
        /// False: an operator is changing it; look again when he has.
        explicit operator bool() const noexcept { return attempts_ != nullptr; }

    private:
        Attempts* attempts_;
        Id obligation_;
    };

    /// While it lives, nothing that it is about is sent. Move only.
    class Act {
    public:
        Act(Attempts* attempts, Id message, Id obligation)
            : attempts_(attempts), message_(message), obligation_(obligation) {}
        Act(Act&& other) noexcept;
        Act& operator=(Act&&) = delete;
        ~Act();

    private:
        Attempts* attempts_;
        Id message_, obligation_;
    };

    Turn turn() const;
    /// Before the first byte.
    Sending send(Id message, Id obligation);
    /// Before the ledger is changed. `obligation` 0: all that the message owes.
    /// Errors: conflict (later) while it is being sent.
    Result<Act> act(Id message, Id obligation);

private:
    struct Acting {
        Id message, obligation;
    };
    void end_sending(Id obligation);
    void end_act(Id message, Id obligation);

    mutable std::mutex mutex_;
    Turn turn_ = 0;
    std::unordered_map<std::int64_t, std::int64_t> sending_;  ///< Obligation to its message.
    std::vector<Acting> acting_;                              ///< Few at a time.
};

}  // namespace causeway::pipeline
