#pragma once
/// Which promises of a pathway a message has made already: each is made once, however often a message is replayed or
/// amended.

#include <string_view>
#include <vector>

#include "pathway/pathway.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Of the message and of the earlier versions that it replaces, in whatever state.
Result<std::vector<PathwayClock>> promised_before(const MessageStore& store, const Message& message);
/// `pathway` in any version.
bool is_promised(const std::vector<PathwayClock>& before, std::string_view pathway, std::string_view name);

/// Runs from the receipt of the message.
PathwayClock make_promise(Id id, const pathway::ClockRule& rule, const pathway::Decision& decision,
                          const Message& message);

}  // namespace causeway::pipeline
