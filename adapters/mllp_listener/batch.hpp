#pragma once
/// The one answer to a frame that holds several messages: HL7 chapter 2.10.3.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "hl7v2/batch.hpp"
#include "hl7v2/batch_acknowledgement.hpp"

namespace causeway::mllp {

/// What a channel does with a frame that holds more than one message.
struct BatchOptions {
    /// As it was sent: a batch of acknowledgements for a batch, one acknowledgement each for messages without one.
    enum class Answer { as_sent, batch, each };

    bool split = false;        ///< Else it is refused.
    bool take_faulty = false;  ///< Also where fault_of() finds something.
    Answer answer = Answer::as_sent;
};

/// Collects the acknowledgements of a frame's messages in their order. The batch must outlive it.
class BatchAnswer {
public:
    BatchAnswer(const hl7v2::Batch& batch, BatchOptions::Answer how);

    /// Of each message, in order; nothing where its sender wants none.
    void add(const hl7v2::Piece& piece, std::optional<std::string> acknowledgement);
    /// What goes on the wire: one frame with all, or one frame each; empty where nobody wants any. `id` and `at` are
    /// those of the envelopes.
    std::string frames(std::string_view id, Instant at) const;

private:
    struct Group {
        hl7v2::BatchHeader header;
        std::vector<std::string> acknowledgements;
    };
    Group& group_of(const hl7v2::Piece& piece);
    std::string in_envelopes(std::string_view id, Instant at) const;

    bool is_wanted() const;

    bool in_batch_;
    bool has_messages_ = false;
    std::optional<hl7v2::BatchHeader> file_;
    std::map<std::uint32_t, Group> groups_;  ///< By batch; 0: outside of any.
};

}  // namespace causeway::mllp
