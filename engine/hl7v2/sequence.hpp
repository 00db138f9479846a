#pragma once
/// The sequence number protocol (chapter 2.10.1), sending: MSH-13 of a message, MSA-4 of its acknowledgement. The
/// receiving side keeps its number in the ledger (pipeline/sequence_link.hpp).

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// One link to one peer. It begins, and begins again after an outcome that nobody knows, by asking the peer which
/// number it expects; so no number is kept over a restart (a message in doubt then comes again under a new one). What
/// goes is known by a name that is its own for ever (the id of the obligation). Threads: one at a time.
class SequenceSender {
public:
    /// Else ask (link_message() with 0), and tell start() the answer.
    bool is_known() const noexcept { return known_; }
    /// MSH-13 of the message that goes next.
    std::int64_t number() const noexcept { return next_; }

    /// What the peer's MSA-4 means for the message that waits.
    enum class Start {
        ready,    ///< It goes next, with number().
        arrived,  ///< It had arrived; its acknowledgement was lost.
        behind,   ///< The peer has forgotten what it acknowledged. Told once; after that the link goes on from there.
        silent    ///< The peer names no number: it does not know the protocol.
    };
    Start start(std::string_view msa4, std::string_view name);
    /// It was in doubt, and what the peer expected since, when something else was to go, shows that it had arrived.
    bool has_arrived(std::string_view name) const;

    /// What an acknowledgement means.
    enum class Heard {
        received,
        refused,     ///< For what is in it: the number is still free.
        out_of_step  ///< The peer expects another number: ask, and send again.
    };
    Heard acknowledge(bool positive, std::string_view msa4);
    /// Nobody knows whether this message, sent with number(), arrived.
    void lose_sight(std::string name);

private:
    struct Doubt {
        std::string name;
        std::int64_t number = 0;
    };
    bool known_ = false;
    std::int64_t next_ = 1;
    std::int64_t confirmed_ = 0;  ///< The greatest number that the peer acknowledged to this process.
    std::optional<Doubt> doubt_;
    std::deque<std::string> arrived_;  ///< Oldest first; those that have not come again.
};

/// The message with this number in MSH-13. Errors: as parse().
Result<std::string> with_sequence_number(const Payload& message, std::int64_t number);

/// Are these the same message but for its number? False where one of them does not begin with MSH.
bool same_but_for_number(std::string_view one, std::string_view other);

/// A message without content that speaks about the link (0: which number is expected?), in the name of `like`.
std::string link_message(const Header& like, std::string_view control_id, Instant at, std::int64_t number);

}  // namespace causeway::hl7v2
