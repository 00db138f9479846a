#pragma once
/// What a peer answered to `causeway send`, in words.

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace causeway::app {

struct Answer {
    std::string code;  ///< "AA", "200".
    std::string text;  ///< What it says to do, or where the journey is.
    bool positive = false;
};

Answer read_acknowledgement(std::string_view message);
Answer read_outcome(const net::HttpResponse& response);

/// A FHIR Bundle of type message goes to $process-message.
bool is_message_bundle(const std::string& json);

/// The message without an MLLP frame that its file may hold.
std::string_view unframed(std::string_view bytes);

}  // namespace causeway::app
