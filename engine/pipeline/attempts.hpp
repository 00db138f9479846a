#pragma once
/// Between the attempts and an operator: what was cancelled, held or sent elsewhere is not sent all the same.

#include <cstdint>
#include <memory>
#include <utility>

#include "core/error.hpp"
#include "core/id.hpp"

namespace causeway::pipeline {

/// An attempt reads its obligation, prepares what it sends and sends it; an act of an operator changes the obligation
/// in the ledger. The one that comes first here wins, and the other is told. Threads: any; a mutex guards it.
class Attempts {
    struct State;

public:
    /// Counts where acts begin and end: taken before an obligation is read, it says whether what was read may be old.
    using Turn = std::uint64_t;

    /// While it lives, bytes of its obligation may be on their way. Move only. May outlive the Attempts, as a run does
    /// that a crash left standing.
    class Sending {
    public:
        Sending(std::shared_ptr<State> state, Id obligation) : state_(std::move(state)), obligation_(obligation) {}
        Sending(Sending&&) noexcept = default;
        Sending& operator=(Sending&&) = delete;
        ~Sending();
        /// False: an operator is changing it; look again when he has.
        explicit operator bool() const noexcept { return state_ != nullptr; }

    private:
        std::shared_ptr<State> state_;
        Id obligation_;
    };

    /// While it lives, nothing that it is about is sent. Move only. May outlive the Attempts.
    class Act {
    public:
        Act(std::shared_ptr<State> state, Id message, Id obligation)
            : state_(std::move(state)), message_(message), obligation_(obligation) {}
        Act(Act&&) noexcept = default;
        Act& operator=(Act&&) = delete;
        ~Act();

    private:
        std::shared_ptr<State> state_;
        Id message_, obligation_;
    };

    Attempts();
    Turn turn() const;
    /// Before the first byte.
    Sending send(Id message, Id obligation);
    /// Before the ledger is changed. `obligation` 0: all that the message owes.
    /// Errors: conflict (later) while it is being sent.
    Result<Act> act(Id message, Id obligation);

private:
    std::shared_ptr<State> state_;
};

}  // namespace causeway::pipeline
