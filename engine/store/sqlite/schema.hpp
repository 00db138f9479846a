#pragma once
/// The tables of the ledger (see engine/store/README.md) and how a file is recognised.

#include "core/error.hpp"
#include "store/sqlite/connection.hpp"

namespace causeway::sqlite {

/// In the header of every ledger file: "CWAY".
inline constexpr std::int64_t kApplicationId = 0x43574159;
/// Rises with every change of the tables; kept in user_version.
inline constexpr std::int64_t kSchemaVersion = 2;

/// Makes the tables in an empty file; refuses a foreign file and a ledger of another version.
Result<void> prepare_schema(Connection& connection);

/// Settings of the connection that writes.
void prepare_writer(Connection& connection);

/// Numbers that the ledger keeps about itself; 0 where there is none of that name.
std::int64_t ledger_value(Connection& connection, std::string_view name);
void set_ledger_value(Connection& connection, std::string_view name, std::int64_t value);

}  // namespace causeway::sqlite
