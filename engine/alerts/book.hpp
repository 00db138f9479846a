#pragma once
/// Which incidents there are: what was wrong for long enough starts one, what was right for long enough ends it.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/incident.hpp"

namespace causeway::alerts {

/// Patience of the book.
struct Patience {
    Duration start_after = std::chrono::minutes(1);
    /// Doubles with each return of an incident within kReturns of its end, up to kLongestQuiet.
    Duration end_after = std::chrono::minutes(5);
};
inline constexpr Duration kReturns = std::chrono::hours(1);
inline constexpr Duration kLongestQuiet = std::chrono::hours(1);
/// How long an ended incident is remembered, for lists.
inline constexpr Duration kRemembered = std::chrono::hours(7 * 24);

/// An incident that started, ended or was forgotten (its note goes).
struct Change {
    enum class Kind { started, ended, forgotten } kind = Kind::started;
    std::string key;
};

/// Decides, and does nothing else: the same signals at the same times give the same changes. Threads: one.
class Book {
public:
    /// What the ledger's notes say, after a restart: what was open is taken as seen now.
    void restore(std::vector<Incident> incidents, Instant now);

    /// What one source sees at this moment. What it does not see any more may end.
    std::vector<Change> update(std::string_view source, const std::vector<pipeline::Signal>& signals,
                               const Patience& patience, Instant now);
    /// Ended ones that nobody needs to see any more.
    std::vector<Change> forget(Instant now);

    Incident* find(const std::string& key);
    /// Open ones first, then those that ended, each newest first.
    std::vector<Incident> all() const;
    std::map<std::string, Incident>& incidents() noexcept { return incidents_; }

private:
    /// Something that is not an incident yet.
    struct Suspicion {
        std::string source;
        Instant first_seen, last_seen;
    };
    bool ripe(const std::string& key, std::string_view source, const pipeline::Signal& signal, const Patience& patience,
              Instant now);
    void start(const std::string& key, std::string_view source, const pipeline::Signal& signal, Instant now);
    void end_unseen(std::string_view source, const Patience& patience, Instant now, std::vector<Change>& changes);

    std::map<std::string, Incident> incidents_;  ///< By key: the newest of each.
    std::map<std::string, Instant> last_seen_;   ///< Of the open ones.
    std::map<std::string, Suspicion> suspicions_;
};

}  // namespace causeway::alerts
