#pragma once
/// `causeway exceptions fix`: one act on a group of failures, and what became of them.

#include <string>

#include "app/command.hpp"

namespace causeway::app {

/// Shows what the act would do to the first ones. Gives the exit status, as does what follows.
int preview_repair(const Arguments& arguments, const std::string& group, const std::string& act);

/// Acts on the group at `rate` a second, waits for what becomes of it, and reports; also where the engine does not
/// answer any more: how many are done, and that the same call does the rest.
int repair_group(const Arguments& arguments, const std::string& group, const std::string& act, double rate);

}  // namespace causeway::app
