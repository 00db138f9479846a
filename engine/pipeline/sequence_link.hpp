#pragma once
/// The sequence number protocol on a channel (HL7 v2 chapter 2.10.1): which number a message carries, and what its
/// sender asks of the link.

#include <optional>
#include <string>

#include "core/error.hpp"
#include "hl7v2/message.hpp"
#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// What a sender says about its link, with a message that has no content.
enum class LinkRequest {
    ask,   ///< MSH-13 is 0: which number is expected?
    reset  ///< MSH-13 is -1: begin anew with the next number that comes.
};

/// The name of the note that holds what this sender's link expects.
std::string link_note(const std::string& channel, const hl7v2::Header& header);

/// Nothing where it is a message like any other.
std::optional<LinkRequest> link_request(std::string_view body, const hl7v2::Header& header);

/// The number that a message carries; nothing where it takes no part. Errors: 101 where the channel requires a number,
/// 102 where it is none from 1, or a message with content carries 0 or -1.
Result<std::optional<Numbered>> number_of(const Channel& channel, const hl7v2::Header& header);

/// MSA-4 for a sender that asks: what its link expects; -1 where any number may come.
Result<std::int64_t> expected_on(const MessageStore& store, const std::string& note);

}  // namespace causeway::pipeline
