#pragma once
/// Acknowledgements: chapter 2.9 (original and enhanced mode), table 0008, ERR.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "hl7v2/message.hpp"
#include "model/operation_outcome.hpp"

namespace causeway::hl7v2 {

/// What a sender is told.
struct Acknowledgement {
    std::string code;        ///< AA, AE, AR, CA, CE, CR.
    std::string control_id;  ///< The acknowledgement's own MSH-10.
    Instant at;              ///< Its MSH-7.
    OperationOutcome outcome;
    std::optional<std::int64_t> sequence = std::nullopt;  ///< MSA-4 (see sequence.hpp).
    /// The application acknowledgement of enhanced mode as a message of its own, later and on another channel: it asks
    /// for an accept acknowledgement of its own (MSH-15 AL, MSH-16 NE).
    bool is_delayed = false;
};

/// The message that answers `header`: deterministic, in the sender's delimiters and version (2.5.1 where that is not
/// 2.x), MSA-2 byte for byte the sender's MSH-10. Findings become ERR segments from 2.5 on (ERR-2, -3, -4, -7, -8; the
/// location is the finding's expression where that is an HL7 path). Before 2.5 errors become ERR-1, and the first one's
/// text MSA-3. Without a header MSA-2 is empty and MSH holds what can be said.
std::string write_acknowledgement(const std::optional<Header>& header, const Acknowledgement& acknowledgement);

/// Is the message itself an acknowledgement (ACK, MCF), which is never acknowledged?
bool is_acknowledgement(const Header& header) noexcept;
/// Original mode: MSH-15 and MSH-16 are both empty (chapter 2.9.2).
bool is_enhanced_mode(const Header& header) noexcept;
/// Does the sender want an accept acknowledgement for this outcome? Original mode: always; enhanced: MSH-15 by table
/// 0155. An empty MSH-15 beside a filled MSH-16, and a code that is not in the table, count as AL: a sender that is
/// answered needlessly can ignore it, one that waits in vain sends again. Never for an acknowledgement.
bool wants_acknowledgement(const Header& header, bool success) noexcept;

/// Does the sender want an application acknowledgement for this outcome? Original mode: always, and at once; enhanced:
/// MSH-16 by table 0155, where an empty one counts as NE and a code that is not in the table as AL.
bool wants_application_acknowledgement(const Header& header, bool success) noexcept;

/// What a peer answered to something that we sent.
struct PeerAnswer {
    std::string message_type;  ///< "ACK" (whatever its event), "RRI^I12".
    std::string code;          ///< MSA-1.
    std::string control_id;    ///< MSA-2: must equal MSH-10 of what was sent.
    std::string sequence;      ///< MSA-4.
    std::string error;         ///< Codes and places of ERR without text, which may be patient data: "207 at MSH-9".
    bool positive() const noexcept { return code == "AA" || code == "CA"; }
};

/// Reads any message with an MSA leniently (a bad header does not make an answer unreadable). Errors: 100 without a
/// readable MSH, 101 without MSA-1.
Result<PeerAnswer> read_answer(std::string_view bytes);

}  // namespace causeway::hl7v2
