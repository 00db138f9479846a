#pragma once
/// Carries out one act on many obligations, and says what became of them.

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "repair/groups.hpp"
#include "repair/outlook.hpp"

namespace causeway::repair {

/// One obligation after the act.
struct Acted {
    Id obligation;
    Id follow;  ///< What goes on in its place: itself, the new delivery, or the new processing. None where it ended.
    std::string why;  ///< Why nothing was done; empty where it was.
};

/// Acts on all, in this order and in as few commits as the ledger can. With `group`, one that does not belong to it any
/// more is left alone: somebody was quicker. After a crash in between, some have changed: what has not is still in
/// the group, so the same call again does the rest.
boost::asio::awaitable<std::vector<Acted>> act_on(pipeline::Engine& engine, const Wish& wish,
                                                  const std::optional<Group>& group, std::vector<Id> obligations,
                                                  std::string who, std::string reason, std::string owner);

/// What became of the followed ones.
struct Aftermath {
    std::int64_t delivered = 0, filtered = 0;
    std::int64_t waiting = 0;                    ///< Not tried yet, or on its way.
    std::int64_t failing = 0;                    ///< Tried again by itself, or held again.
    std::map<std::string, std::int64_t> causes;  ///< Of these, by cause.
};

Aftermath aftermath(const MessageStore& store, const std::vector<Id>& followed);

}  // namespace causeway::repair
