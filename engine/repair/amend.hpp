#pragma once
/// A new version of a message, by an operator: the same checks as at intake, both versions kept.

#include "pipeline/engine.hpp"
#include "pipeline/intake.hpp"

namespace causeway::repair {

/// What intake says of the new bytes, on the channel and from the sender of the earlier version. The record is ready to
/// be stored where it is accepted. Errors: no such message, not an accepted one, the same bytes, amended
/// already.
Result<pipeline::Judgement> judge_amendment(pipeline::Engine& engine, Id message, Payload body, std::string who,
                                            std::string reason);

}  // namespace causeway::repair
