#pragma once
/// The application acknowledgement that follows as a message of its own (HL7 v2 chapter 2.9.3, enhanced mode). It is
/// an obligation of the message like any other, created when the message is processed; it waits until it is known what
/// became of the message, and says the same however often it is sent.

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

bool is_acknowledgement(const Obligation& obligation) noexcept;

/// Does its sender ask for one (MSH-16), on a channel that sends them later?
bool owes_acknowledgement(const Channel& channel, const Message& message);

/// What the sender is told.
struct ApplicationAnswer {
    std::string code;  ///< AA, AE, AR.
    int hl7_code = 0;  ///< Table 0357; 0 for AA.
    std::string text;  ///< Why, without patient data; empty for AA.
};

/// What became of a message, by what it owes and what happened to it. Nothing while it is open; `late`: then that is
/// what is told.
std::optional<ApplicationAnswer> answer_for(const std::vector<Obligation>& owed, const std::vector<Event>& events,
                                            bool after_delivery, bool late);

/// The decision as an event, and back from the events of the message: what was decided once stays.
EventDraft decision_event(const Obligation& acknowledgement, const ApplicationAnswer& answer, Instant now);
struct DecidedAnswer {
    ApplicationAnswer answer;
    Instant at;
};
std::optional<DecidedAnswer> decided(const std::vector<Event>& events, Id acknowledgement);

/// The message to its sender. Errors: what it acknowledges has no readable header.
Result<Delivery> make_acknowledgement(const Obligation& obligation, const Message& message,
                                      const DecidedAnswer& decided);

/// The other way round: the delivery, sent on as it came, of a message with this control id whose answer is awaited;
/// none where there are several. `by` is the answer itself.
Id awaited_delivery(const MessageStore& store, const std::string& control_id, const Message& by);

/// Which messages have an acknowledgement that waits for them. Threads: any.
class WaitingAcknowledgements {
public:
    void add(Id message, Id acknowledgement);
    void remove(Id message);
    /// None for most messages.
    Id of(Id message) const;

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::int64_t, Id> by_message_;
};

}  // namespace causeway::pipeline
