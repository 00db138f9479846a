#pragma once
/// Acknowledgements: chapter 2.9 (original and enhanced mode), table 0008, ERR.

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "hl7v2/message.hpp"
#include "model/operation_outcome.hpp"

namespace causeway::hl7v2 {

/// What a sender is told.
struct Acknowledgement {
    std::string code;          ///< AA, AE, AR, CA, CE, CR.
    std::string control_id;    ///< The acknowledgement's own MSH-10.
    Instant at;                ///< Its MSH-7.
    OperationOutcome outcome;  ///< Errors become ERR segments (v2.5 and later: ERR-2, -3, -4, -7, -8; before: ERR-1 and MSA-3).
};

/// The message that answers `header`. Without a header MSA-2 is empty and MSH holds what can be said.
std::string write_acknowledgement(const std::optional<Header>& header, const Acknowledgement& acknowledgement);

/// Does the sender want an accept acknowledgement for this outcome (original mode: always; enhanced: MSH-15, table 0155)?
bool wants_acknowledgement(const Header& header, bool success) noexcept;
bool is_enhanced_mode(const Header& header) noexcept;

/// What a peer answered to something that we sent.
struct PeerAnswer {
    std::string message_type;  ///< "ACK", "RRI^I12".
    std::string code;          ///< MSA-1.
    std::string control_id;    ///< MSA-2: must equal MSH-10 of what was sent.
    std::string error;         ///< Codes and places of ERR without text: "207 at MSH-9".
    bool positive() const noexcept { return code == "AA" || code == "CA"; }
};

Result<PeerAnswer> read_answer(std::string_view bytes);

}  // namespace causeway::hl7v2
