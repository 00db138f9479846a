#pragma once
/// Rows of a ledger of schema version 1.

#include <unordered_map>

#include "store/record/record.hpp"
#include "store/sqlite/connection.hpp"

namespace causeway::sqlite {

/// Threads: one. May throw SqlError.
class V1Reader {
public:
    struct EventRow {
        Event event;
        std::optional<State> state;  ///< Where it left its obligation.
    };
    struct MessageRow {
        StoredMessage stored;
        std::string outcome_json;
        std::optional<record::DuplicateDigest> duplicate;
    };

    explicit V1Reader(Connection& connection);

    std::int64_t events() const noexcept { return events_; }
    /// The next ones after `sequence`.
    std::vector<EventRow> events_after(std::int64_t sequence, std::size_t limit);
    std::optional<MessageRow> message(Id id);
    std::optional<Obligation> obligation(Id id);
    /// The newest event that names the obligation.
    std::int64_t last_event(Id message, Id obligation);
    std::string answer(std::int64_t sequence);
    /// By id; of a message, or all where none is given.
    std::vector<PathwayClock> clocks(Id message);
    std::vector<ConfigRecord> configurations();
    /// Pages of all, by id.
    std::vector<Obligation> obligations(Id after, std::size_t limit);

private:
    const std::string& name(std::int64_t number) { return names_[number]; }
    Obligation read_obligation(const Cursor& row);

    Connection& db_;
    std::unordered_map<std::int64_t, std::string> names_;
    std::int64_t events_ = 0;
};

}  // namespace causeway::sqlite
