#pragma once
/// A census compared three ways: what the source says it sent, what the ledger took, what receivers confirmed.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

/// What was found for one channel's census.
struct CensusResult {
    std::string channel;
    std::string key;             ///< Kind of key that its ids are.
    std::string problem;         ///< Why there is nothing to compare, in one sentence; empty where there is.
    std::int64_t listed = 0;     ///< Ids in the census, each counted once.
    std::int64_t repeated = 0;   ///< Lines whose id stood there before.
    std::int64_t taken = 0;      ///< Of them: accepted by the ledger.
    std::int64_t delivered = 0;  ///< Of those: everything owed is delivered or filtered by a rule.
    std::int64_t confirmed = 0;  ///< Of the listed: in the receivers' own list.
    bool has_confirmed = false;  ///< A receivers' list was given.

    /// The lists below name this many each; the counts are whole.
    static constexpr std::size_t kNamed = 1'000;
    struct Named {
        std::int64_t count = 0;
        std::vector<std::string> ids;
        void add(std::string_view id) {
            if (++count <= static_cast<std::int64_t>(kNamed)) ids.emplace_back(id);
        }
    };
    Named missing;      ///< In the census, never in the ledger: lost before it came.
    Named refused;      ///< In the ledger, as refused or in quarantine only.
    Named open;         ///< Taken; something is still queued or held.
    Named unconfirmed;  ///< Taken, and not in the receivers' list.
    Named not_listed;   ///< Message ids: taken in the day from this channel, and not in the census.
    Named without_key;  ///< Message ids: taken in the day, and without a key of this kind.

    /// What may have been lost. A message that is not listed is told, and is none: around midnight it may stand in the
    /// census of the day before.
    std::int64_t concerns() const {
        return (problem.empty() ? 0 : 1) + missing.count + refused.count + unconfirmed.count;
    }
};

/// Gives every id of a list to `take`; may be called again. An Error says why the list cannot be read.
using ReadIds = std::function<Result<void>(const std::function<void(std::string_view id)>& take)>;

/// Visits the ledger's events in order (MessageStore::scan).
using Scan = std::function<Result<void>(const ScanRange& range, const std::function<bool(const LedgerRecord&)>& visit)>;

/// What is compared. Messages that `channel` accepted in [from, until) are those that the census should list; its ids
/// are looked for from `earliest` on.
struct CensusQuestion {
    std::string channel;
    std::string key;  ///< Kind of key that the ids are.
    Instant earliest, from, until;
};

/// Ids that are held at once. Each needs some seventy bytes, however long it is; a longer list is compared in several
/// rounds, each of which reads the list and the ledger again.
inline constexpr std::size_t kCensusRound = 1'000'000;

/// Reads the census, folds the ledger's events, and reads the census again to name what is missing. `confirmed` may be
/// null. Ids are kept as sixteen bytes of their SHA-256. An Error is the ledger's; a list that cannot be read is the
/// result's `problem`.
Result<CensusResult> compare_census(const CensusQuestion& question, const ReadIds& source, const ReadIds& confirmed,
                                    const Scan& scan, std::size_t round = kCensusRound);

}  // namespace causeway::assurance
