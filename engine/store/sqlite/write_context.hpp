#pragma once
/// What a write works with: the writer's connection, the event chain, counts, ids and time.

#include <atomic>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

#include "core/id.hpp"
#include "core/time.hpp"
#include "model/event.hpp"
#include "model/message.hpp"
#include "model/obligation.hpp"
#include "store/sqlite/chain.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/disk.hpp"
#include "store/sqlite/names.hpp"

namespace causeway::sqlite {

/// Threads: the writer's.
class WriteContext {
public:
    WriteContext(Connection& connection, const Clock& time, IdSource& id_source, DiskGuard& disk_guard);

    // ---- the transaction around a group; each may throw SqlError
    void begin();
    void commit();
    /// Back to the last commit.
    void rollback();

    // ---- what commands write
    /// Gives sequence, time and actor where they are missing, writes the event and links it to the chain. `after` is
    /// the state in which it leaves its obligation.
    std::int64_t write_event(Event event, std::optional<State> after = std::nullopt);
    void write_obligation(const Obligation& obligation, std::int64_t channel);
    void write_key(const Key& key, Id message);
    void count_intake(std::int64_t channel, Disposition disposition);
    /// Moves an obligation in the counts; `before` is none for a new one.
    void count_move(std::int64_t channel, std::int64_t destination, std::optional<State> before, State after);

    Connection& db;
    Names names;
    const Clock& clock;
    IdSource& ids;
    DiskGuard& disk;

private:
    struct ChainEnd {
        std::int64_t sequence = 0;
        Sha256 hash{};
    };
    using Tally = std::tuple<int, std::int64_t, std::int64_t, std::int64_t>;

    static ChainEnd read_chain_end(Connection& connection);
    void write_tallies();

    Chain chain_;
    ChainEnd end_;
    ChainEnd committed_;
    std::map<Tally, std::int64_t> tallies_;
};

}  // namespace causeway::sqlite
