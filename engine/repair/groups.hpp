#pragma once
/// Failures by cause: one line for what looks alike, whatever the number of messages.

#include <string>
#include <string_view>
#include <vector>

#include "repair/cause.hpp"
#include "store/message_store.hpp"

namespace causeway::repair {

/// Everything that fails at one destination, for one owner, of one cause.
struct Group {
    std::string id;           ///< Eight hexadecimal digits from destination, owner and cause: the same every day.
    std::string destination;  ///< "" for processing.
    Duty duty = Duty::process;
    State state = State::held;  ///< held, or queued: it is tried again by itself.
    std::string owner;
    std::string cause;  ///< As cause_of gives it.
    std::int64_t count = 0;
    std::int64_t urgent = 0;
    Instant oldest;
    Advice advice;
    std::vector<std::string> texts;  ///< The causes as the ledger has them.

    bool held() const noexcept { return state == State::held; }
    /// The cause for people: in full where there is one text, else with an example of what differs.
    std::string words() const;
};

std::string group_id(std::string_view destination, std::string_view owner, std::string_view cause);

/// The groups of what failed: held, or waiting for another attempt. What a person must act on comes first, of that what
/// has urgent messages, then the largest.
std::vector<Group> failures(const std::vector<WaitingGroup>& waiting);

/// Does the obligation, as it is now, belong to the group?
bool belongs(const Obligation& obligation, const Group& group);

/// The oldest `limit` obligations of the group after `after`, oldest first, reading the ledger page by page.
Result<std::vector<Obligation>> members(const MessageStore& store, const Group& group, std::size_t limit,
                                        Id after = {});

}  // namespace causeway::repair
