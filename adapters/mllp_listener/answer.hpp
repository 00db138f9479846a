#pragma once
/// From what intake decided to what an HL7 v2 sender hears: chapter 2.9, tables 0008, 0155 and 0357.

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "hl7v2/message.hpp"
#include "model/message.hpp"

namespace causeway::mllp {

/// Table 0357 for an issue that names no code of its own. 207 (internal error) is never chosen for a fault in the data.
int hl7_code_of(Issue issue) noexcept;

/// The second letter of MSA-1: A (accepted or the same again), E (mend it and send again), R (type, version or system).
char answer_letter(const Verdict& verdict) noexcept;

/// What an acknowledgement depends on besides header and verdict.
struct Manner {
    /// In a batch: what comes behind its MSH-10, so that each has one of its own.
    std::string suffix = {};
};

/// The acknowledgement of `verdict`, or nothing where the sender asked for none. It depends on what it is given alone,
/// so that a duplicate is answered with the same bytes.
std::optional<std::string> answer(const std::optional<hl7v2::Header>& header, const Verdict& verdict,
                                  const Manner& manner = {});

/// AR for an intake that refuses for a reason of its own (a configured limit), which stored nothing.
std::optional<std::string> answer_error(const std::optional<hl7v2::Header>& header, const Error& error, Instant now,
                                        const Manner& manner = {});

}  // namespace causeway::mllp
