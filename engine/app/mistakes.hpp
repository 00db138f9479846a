#pragma once
/// Prints mistakes in a configuration.

#include <ostream>
#include <vector>

#include "config/settings.hpp"

namespace causeway::app {

/// One line a mistake: file:line:column, what is wrong, the nearest right name.
void print_mistakes(std::ostream& out, const std::vector<config::Mistake>& mistakes);
std::size_t count_errors(const std::vector<config::Mistake>& mistakes);
std::string mistakes_json(const std::vector<config::Mistake>& mistakes);

}  // namespace causeway::app
