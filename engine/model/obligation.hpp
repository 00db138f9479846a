#pragma once
/// What is owed for an accepted message, and how an attempt ends.

#include <optional>
#include <string>
#include <string_view>

#include "core/id.hpp"
#include "core/payload.hpp"
#include "core/time.hpp"
#include "model/message.hpp"

namespace causeway {

/// Every obligation is in exactly one state. Final are delivered and filtered; held ends only by an operator.
enum class State { queued, in_flight, held, delivered, filtered };

std::string_view to_code(State state) noexcept;
std::optional<State> state_from_code(std::string_view code) noexcept;

/// What is owed.
enum class Duty {
    process,  ///< Decide and route: replaced by one obligation a destination.
    deliver,  ///< Give it to one destination.
    answer    ///< A business answer from the destination is awaited.
};

std::string_view to_code(Duty duty) noexcept;

/// Stands in Obligation::map where the application acknowledgement of the message is owed to its sender (HL7 v2 chapter
/// 2.9.3); no map has such a name.
inline constexpr std::string_view kAcknowledgementMap = "(acknowledgement)";

/// One message owed to one destination, or still to be processed.
struct Obligation {
    Id id;  ///< Its text is the idempotency key that the peer sees (MSH-10, X-Request-Id).
    Id message;
    Duty duty = Duty::process;
    State state = State::queued;
    std::string route;         ///< Route that created it; empty for `process`.
    std::string destination;   ///< Name of the destination; empty for `process`.
    std::string organisation;  ///< ODS code where the destination has many addresses (practices); else empty.
    std::string map;           ///< Mapping to apply; empty: the bytes as received.
    std::string lane;          ///< destination + ordering key; one delivery in flight a lane, strictly in order.
    Priority priority = Priority::routine;
    std::string facts;  ///< JSON object: what enrichment and the decision found, frozen when it was routed.
    int attempts = 0;
    Instant created_at;
    Instant next_attempt_at;  ///< Not before this moment.
    std::string owner;        ///< Who must act, when held.
    std::string cause;        ///< Why it is held, filtered or waiting, in words without patient data.
    std::string rule;         ///< The rule that filtered it.
};

/// One attempt to give one destination what is owed to it.
struct Delivery {
    std::string obligation;  ///< At most 20 characters; the idempotency key that the peer sees.
    std::string message;     ///< Id of the message, for the peer's correlation.
    std::string media_type;  ///< "application/hl7-v2", "application/fhir+json".
    Payload payload;
    std::string address;    ///< Where, when the directory decides (a practice's FHIR endpoint); else empty.
    bool repeated = false;  ///< An earlier attempt may have arrived.
};

/// What became of it. Unknown means that the peer may have it: the destination's policy decides between holding and
/// sending again under the same key.
struct Receipt {
    enum class Outcome { confirmed, refused, unknown };

    Outcome outcome = Outcome::unknown;
    Payload answer;          ///< ACK, RRI, response bundle: stored with the attempt. May be empty.
    std::string detail;      ///< What the peer's answer means: "AA", "AE 102 at PID-3", "HTTP 422"; no patient data.
    bool transient = false;  ///< refused, but the peer said that it may work later (HTTP 429/503, AR 207).
    Duration retry_after{};  ///< What the peer asked for; zero where it said nothing.
};

}  // namespace causeway
