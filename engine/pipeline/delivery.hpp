#pragma once
/// One attempt: transform, give to the destination, and say how the obligation goes on.

#include <string>

#include "adapter.hpp"
#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// What making a delivery tells beside it.
struct Told {
    std::string members;      ///< What the map says of the message, for the event of the attempt (add_told).
    bool would_lose = false;  ///< Not made, since the map would lose something that the route holds.
};

/// What a destination is given for an obligation. The same message, configuration and facts give the same bytes, so a
/// repeated attempt repeats them. `configuration` is the one that routed it; where an organisation is reached is as
/// `today` says: an Error where it cannot be written to now. `document`: the message decoded, where that was done; what
/// is decoded here is put there. `may_lose`: an operator lets go what the route holds because the map would lose
/// something.
Result<Delivery> make_delivery(const Obligation& obligation, const Message& message, const Configuration& configuration,
                               const directory::Directory& today, tree::DocumentPtr& document, Told* told = nullptr,
                               bool may_lose = false);

/// Adds what a map told to the detail of an event.
void add_told(EventDraft& event, const std::string& told);

/// The pause before the next attempt: doubles from `first` to `most`, less or more by up to a fifth (`jitter` from -1
/// to 1).
Duration back_off(const RetryPolicy& policy, int attempts, double jitter);

/// How an obligation goes on after an attempt, by the destination's policy.
Progress after_receipt(const Obligation& obligation, const Destination& destination, const Receipt& receipt,
                       Instant now, double jitter);
/// The same where nothing was sent.
Progress after_error(const Obligation& obligation, const Destination& destination, const Error& error, Instant now,
                     double jitter);
/// The engine stopped while the attempt was in flight.
Progress after_crash(const Obligation& obligation, const Destination* destination, Instant now);
/// Held for the destination's owner, or whoever the obligation names.
Progress hold(const Obligation& obligation, std::string owner, std::string cause, Instant now);

/// Is the peer's answer an application's own (RRI, ORR ...), not a bare ACK?
bool is_business_answer(const Payload& answer);

}  // namespace causeway::pipeline
