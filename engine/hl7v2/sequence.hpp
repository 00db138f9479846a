#pragma once
/// The sequence number protocol (chapter 2.10.1): MSH-13 of a message, MSA-4 of its acknowledgement.

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/error.hpp"

namespace causeway::hl7v2 {

/// The receiving side of one link. Both sides keep their number over restarts; a receiver that does not know it begins
/// with whatever comes first. Threads: one at a time.
class SequenceReceiver {
public:
    /// `expected`: the number that was kept; nothing after a start from nothing.
    explicit SequenceReceiver(std::optional<std::int64_t> expected = std::nullopt) : expected_(expected) {}

    /// What a message's number means.
    struct Step {
        bool take = false;                   ///< It is next: process it, and count() when its effects are committed.
        bool is_query = false;               ///< 0: the sender only asks what is expected; there is nothing to process.
        std::optional<std::int64_t> answer;  ///< MSA-4; nothing where no number is used.
        std::optional<Error> error;          ///< Why it is not taken: code 207 of table 0357 at MSH-13.
    };

    /// An empty MSH-13 takes no part. 0 asks; -1 begins anew with the next number that comes; a number that is not the
    /// expected one is not taken, and the answer says which one is.
    Step receive(std::string_view msh13);
    /// The message that receive() took is committed.
    void count() noexcept;
    /// To be kept; nothing before the first message.
    std::optional<std::int64_t> expected() const noexcept { return expected_; }

private:
    std::optional<std::int64_t> expected_;
    std::optional<std::int64_t> taken_;
};

/// The sending side.
class SequenceSender {
public:
    explicit SequenceSender(std::int64_t next = 1) : next_(next) {}

    /// MSH-13 of the message that goes next.
    std::int64_t number() const noexcept { return next_; }
    /// Reads MSA-4 of the acknowledgement: true where the message counts as received. Else number() is what the peer
    /// expects: what went from there on must go again.
    bool acknowledge(bool positive, std::string_view msa4);

private:
    std::int64_t next_;
};

}  // namespace causeway::hl7v2
