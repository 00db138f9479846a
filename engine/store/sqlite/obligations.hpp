#pragma once
/// Obligations as the writes move them.

#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// The search key of a message that an operator amended: the id of the version that took its place.
inline constexpr std::string_view kAmendedBy = "amended-by";

/// The change that leaves `obligation` as it is now.
ObligationChange change_to(const Obligation& obligation, bool attempt = false);

/// Why nothing is open under this id: it has ended, or the ledger does not know it.
Error not_open(WriteContext& context, Id obligation);
/// "There is no ... with this id": the target of a write is unknown.
Error unknown(std::string_view what);
/// The obligation has ended and never moves again.
Error ended(State state);

/// The version of the message that operators made last (IntakeRecord::amends); itself where it was never amended.
Id newest_version(WriteContext& context, Id message);
/// The version that took the place of this one; none where it was never amended.
Id next_version(WriteContext& context, Id message);

/// A new obligation with the event that says so; `told` is that of the caller, if it wrote one.
void create_obligation(WriteContext& context, Obligation obligation, const record::Origin& origin, const Event* told);

}  // namespace causeway::sqlite
