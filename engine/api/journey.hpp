#pragma once
/// Everything that belongs to one referral or document.

#include <vector>

#include "api/view.hpp"
#include "core/error.hpp"
#include "model/event.hpp"
#include "store/message_store.hpp"

namespace causeway::api {

struct Journey {
    StoredMessage message;
    std::vector<Obligation> obligations;
    std::vector<Event> events;
    std::vector<PathwayClock> clocks;
    std::vector<StoredAnswer> answers;    ///< Only when and how long they are is shown.
    std::vector<MessageSummary> related;  ///< Other messages with the same UBRN or referral identifier.
};

Result<Journey> collect_journey(const MessageStore& store, Id message);
View render(const Journey& journey);

}  // namespace causeway::api
