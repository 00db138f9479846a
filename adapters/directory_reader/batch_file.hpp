#pragma once
/// A file that holds several HL7 v2 messages.

#include <functional>

#include "adapter.hpp"

namespace causeway::spool {

/// Does an HL7 v2 file hold more than one message, an envelope, or MLLP frames?
bool holds_batch(std::string_view bytes);

/// How far a file was taken, so that the next attempt goes on from there.
struct BatchProgress {
    std::size_t pieces = 0;    ///< That need no more.
    std::size_t messages = 0;  ///< Of them.
    Verdict whole;
};

/// Submits each message of the file on its own, in order. The verdict is of the whole: accepted where each message was
/// or had been, else refused, with what is wrong in which message; its id is that of the first. What was accepted stays
/// accepted: a mended file may come again, and only what is new in it has an effect. An Error means that the file must
/// come again, with the same `progress`. `count` is told of every message. `take_faulty`: also where hl7v2::fault_of()
/// finds something. `intake` and `progress` outlive the call.
Async<Verdict> accept_batch(Intake& intake, Submission file, bool take_faulty, BatchProgress& progress,
                            std::function<void(Disposition)> count);

}  // namespace causeway::spool
