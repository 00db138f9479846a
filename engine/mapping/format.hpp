#pragma once
/// The one way in which a map is written: `causeway fmt`.

#include <string>
#include <string_view>

namespace causeway::mapping {

/// The same map with indented blocks, rows in columns, options in order and no stray blanks. Comments and documents in
/// tests stay as they are. A line that is no statement stays, too: the check reports it. Formatting twice changes
/// nothing.
std::string format_map(std::string_view text);

}  // namespace causeway::mapping
