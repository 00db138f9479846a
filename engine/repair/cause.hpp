#pragma once
/// Why something does not go on, without what differs from message to message; and what a person does about it.

#include <string>
#include <string_view>

namespace causeway::repair {

/// Stands for what differs from message to message.
inline constexpr std::string_view kDiffers = "…";

/// What makes one group of many failures: ids, hashes, times, long numbers, repetitions in paths ("OBX[3]") and places
/// in the message ("line 3, column 7") become kDiffers. Codes stay: an ODS code, "AE 102",
/// "HTTP 503" are the cause. Where two parts of the engine say the same in other words, one of them is given.
std::string cause_of(std::string_view text);

/// What ends a group.
struct Advice {
    std::string todo;  ///< One or two sentences.
    std::string act;   ///< "replay", "release", "redirect", "cancel", "amend"; empty where nothing is to be done.
};

/// `held`: a person must act; else it is tried again by itself.
Advice advice_for(std::string_view cause, bool held);

}  // namespace causeway::repair
