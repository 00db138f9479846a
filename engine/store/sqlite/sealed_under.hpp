#pragma once
/// Under which keys pieces of the ledger are sealed: told before the first piece is, and forgotten when the last one
/// has been sealed anew. Threads: the connection's.

#include "core/error.hpp"
#include "store/seal/key_ring.hpp"
#include "store/sqlite/connection.hpp"

namespace causeway::sqlite {

/// Errors: login, where pieces are sealed under a key that is not among these.
Result<void> check_keys(Connection& connection, const seal::KeyRing& keys);
/// From now on pieces may be sealed under the newest of these.
void tell_newest(Connection& connection, const seal::KeyRing& keys);
/// Is everything sealed under the newest of these, or under none where there is none?
bool is_sealed_under(Connection& connection, const seal::KeyRing& keys);
/// Nothing is sealed otherwise any more.
void forget_others(Connection& connection, const seal::KeyRing& keys);

}  // namespace causeway::sqlite
