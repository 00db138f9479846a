#pragma once
/// A unit of exchange, and what intake asks of the ledger.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/id.hpp"
#include "core/payload.hpp"
#include "core/time.hpp"
#include "model/operation_outcome.hpp"

namespace causeway {

/// Media types in use (IANA and HL7).
inline constexpr std::string_view kHl7v2 = "application/hl7-v2";
inline constexpr std::string_view kFhirJson = "application/fhir+json";

/// By what a message can be found. Kinds in use: "nhs-number", "patient", "ubrn", "referral", "service-request",
/// "control-id", "bundle", "document", "ods", "sender", "file", "batch", and those that a channel adds.
struct Key {
    std::string kind;
    std::string value;
    auto operator<=>(const Key&) const = default;
};

/// Priority of a message and its lanes (FHIR request-priority, made three).
enum class Priority { routine = 0, urgent = 1, emergency = 2 };

std::string_view to_code(Priority priority) noexcept;

/// One unit of exchange; immutable once accepted.
struct Message {
    Id id;                           ///< Sorts by acceptance.
    std::string channel;             ///< Name of the channel that took it.
    std::string sender;              ///< Who sent it, as the channel knows it: "MSH-3|MSH-4", client id.
    std::string message_control_id;  ///< MSH-10, Bundle.identifier, Bundle.id.
    std::string message_type;        ///< "REF^I12", "Bundle/message".
    std::string media_type;
    Payload body;  ///< The exact bytes as received.
    Sha256 body_sha256{};
    Instant received_at;
    Priority priority = Priority::routine;
    std::string config_hash;  ///< The ConfigSnapshot that accepted (or refused) it.
    std::vector<Key> keys;
};

/// What happened to a message at intake.
enum class Disposition {
    accepted,   ///< Committed with its obligation to be processed.
    duplicate,  ///< Same key, same bytes: the earlier message stands, nothing new is owed.
    conflict,   ///< Same key, other bytes: stored in quarantine, not accepted.
    refused     ///< Stored as refused.
};

std::string_view to_code(Disposition disposition) noexcept;

/// What intake tells an inbound adapter once the ledger has committed. The answer to the sender is made from this
/// alone, so that a duplicate gets the same answer, byte for byte.
struct Verdict {
    Disposition disposition = Disposition::refused;
    Id message;                ///< The accepted (or earlier, or refused) message; none where even storing failed.
    Instant at;                ///< When `message` was received.
    OperationOutcome outcome;  ///< Warnings of an accepted message, or why it was refused.
    int http_status = 200;     ///< What a FHIR sender gets.
    std::string config_hash;   ///< The configuration that judged it.
    std::optional<std::int64_t> sequence{};  ///< MSA-4, where the sequence number protocol is in use.
    bool acknowledged_later = false;         ///< Its application acknowledgement follows as a message of its own.
};

}  // namespace causeway
