#pragma once
/// `causeway exceptions fix`: one act on a group of failures, and what became of them.

#include <set>
#include <string>
#include <vector>

#include "app/client.hpp"
#include "app/command.hpp"

namespace causeway::app {

struct GroupMembers {
    std::vector<std::string> ids;    ///< Obligations, oldest first.
    std::set<std::string> messages;  ///< A message that owes at several places is in the group several times.
};

/// --count, or everything.
std::size_t count_of(const Arguments& arguments);
/// The oldest `most` of a group, read page by page. Issue::not_found where there is no such group.
Result<GroupMembers> members_of(const Client& client, const std::string& group, std::size_t most);
int print_no_members(const Error& error);

/// Shows what the act would do to the first ones. Gives the exit status, as does what follows.
int preview_repair(const Arguments& arguments, const std::string& group, const std::string& act);

/// Acts on the group at `rate` a second, waits for what becomes of it, and reports; also where the engine does not
/// answer any more: how many are done, and that the same call does the rest.
int repair_group(const Arguments& arguments, const std::string& group, const std::string& act, double rate);

}  // namespace causeway::app
