#pragma once
/// Events in words.

#include <string>

#include "model/event.hpp"

namespace causeway::api {

/// What happened, for people: one word for the column ("delivered") and the rest of the sentence. No patient data.
struct Words {
    std::string what;
    std::string sentence;
};

Words describe(const Event& event);

}  // namespace causeway::api
