#pragma once
/// A ledger in a folder of its own, with calls that wait for their commit.

#include <sqlite3.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "store/message_store.hpp"
#include "support/temp_dir.hpp"

namespace causeway::test {

/// Time that stands still until it is moved.
class StillClock final : public Clock {
public:
    Instant now() const override { return at; }
    Instant at = Instant(std::chrono::hours(24 * 365 * 57));
};

/// Calls `start` with a completion and waits for what it gets.
template <class T, class Start>
Result<T> wait_for(Start start) {
    const auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    start([promise](Result<T> result) { promise->set_value(std::move(result)); });
    return future.get();
}

inline IntakeRecord intake(std::string body, std::string key = {}) {
    IntakeRecord record;
    record.message.channel = "pas-in";
    record.message.sender = "PAS|RXX";
    record.message.message_control_id = key;
    record.message.message_type = "MDM^T02";
    record.message.media_type = kHl7v2;
    record.message.body = Payload(std::move(body));
    record.message.config_hash = "c0ffee";
    record.message.received_at = Instant(std::chrono::seconds(1'800'000'000));
    record.duplicate_key = std::move(key);
    record.lane = "pas-in/lane";
    return record;
}

inline Finding finding(Severity severity, std::string text) {
    Finding found;
    found.severity = severity;
    found.text = std::move(text);
    return found;
}

/// The store that the contract suite (tests/store/ledger_contract) runs against. Another one is added here, and chosen
/// by CAUSEWAY_LEDGER in a run of the suite of its own.
inline Result<std::unique_ptr<MessageStore>> open_ledger(const LedgerOptions& options, const Clock& clock) {
    const char* const kind = std::getenv("CAUSEWAY_LEDGER");
    if (kind == nullptr || std::string_view(kind) == "sqlite") return open_sqlite_ledger(options, clock);
    return fail(Issue::not_supported, "CAUSEWAY_LEDGER", "There is no such ledger; say sqlite.");
}

class Ledger {
public:
    explicit Ledger(LedgerOptions changes = {}) : options_(std::move(changes)) {
        options_.file = (folder_ / "ledger.db").string();
        if (options_.min_free_bytes == LedgerOptions{}.min_free_bytes) options_.min_free_bytes = 0;
        open();
    }

    void open() { store_ = std::move(open_ledger(options_, clock).value()); }
    void close() { store_.reset(); }
    void reopen(seal::KeyRing keys) {
        options_.keys = std::move(keys);
        reopen();
    }
    void reopen() {
        close();
        open();
    }

    MessageStore* operator->() { return store_.get(); }
    const std::string& file() const { return options_.file; }
    const TempDir& folder() const { return folder_; }

    Result<Verdict> accept(IntakeRecord record) {
        return wait_for<Verdict>([&](auto done) { store_->accept(std::move(record), done); });
    }
    Result<Verdict> refuse(IntakeRecord record) {
        return wait_for<Verdict>([&](auto done) { store_->refuse(std::move(record), done); });
    }
    Result<void> route(Routing routing) {
        return wait_for<void>([&](auto done) { store_->route(std::move(routing), done); });
    }
    Result<void> start(Id obligation) {
        return wait_for<void>([&](auto done) { store_->start_attempt(obligation, clock.now(), done); });
    }
    Result<void> progress(Progress progress) {
        return wait_for<void>([&](auto done) { store_->progress(std::move(progress), done); });
    }
    Result<std::vector<Obligation>> act(OperatorAct::Kind kind, Id target, std::string owner = {}) {
        OperatorAct act{kind, target, "nurse.on.call", "asked by the practice", std::move(owner)};
        return wait_for<std::vector<Obligation>>([&](auto done) { store_->act(std::move(act), done); });
    }
    Result<void> activate(ConfigRecord config) {
        return wait_for<void>([&](auto done) { store_->activate(std::move(config), done); });
    }
    Result<void> move_clock(Id id, PathwayClock::State state) {
        return wait_for<void>([&](auto done) { store_->move_clock(id, state, {}, done); });
    }
    Result<void> append(Event event) {
        return wait_for<void>([&](auto done) { store_->append(std::move(event), done); });
    }

    /// An accepted message.
    Id message(std::string body = "MSH|one") { return accept(intake(std::move(body))).value().message; }
    /// A message that owes a delivery to each destination; gives the obligations.
    std::vector<Id> routed(Id message, const std::vector<std::string>& destinations) {
        Routing routing;
        routing.process = message;
        std::vector<Id> ids;
        for (const auto& destination : destinations) {
            routing.obligations.push_back(obligation(destination));
            ids.push_back(routing.obligations.back().id);
        }
        route(std::move(routing)).value();
        return ids;
    }
    Obligation obligation(const std::string& destination) {
        Obligation o;
        o.id = store_->ids().next(clock.now());
        o.duty = Duty::deliver;
        o.route = "letters";
        o.destination = destination;
        o.organisation = "A81001";
        o.map = "mdm-to-document";
        o.lane = destination + "/lane";
        o.priority = Priority::urgent;
        o.facts = R"({"practice":"A81001"})";
        return o;
    }
    State state(Id obligation) { return store_->obligation(obligation).value().state; }

    std::vector<std::string> event_kinds(Id message) {
        std::vector<std::string> kinds;
        for (const Event& event : store_->events_of(message).value()) kinds.push_back(event.kind);
        return kinds;
    }
    Event last_event(Id message) { return store_->events_of(message).value().back(); }

    /// Messages and obligations as the balance counts them.
    std::int64_t stored() {
        std::int64_t count = 0;
        const Balance balance = store_->balance().value();
        for (const auto& [channel, intake] : balance.intake)
            for (const auto& [disposition, n] : intake) count += disposition == Disposition::duplicate ? 0 : n;
        return count;
    }
    std::size_t open_by_balance() {
        std::int64_t count = 0;
        const Balance balance = store_->balance().value();
        for (const auto& row : balance.rows)
            for (const auto& [state, n] : row.by_state)
                count += state == State::delivered || state == State::filtered ? 0 : n;
        return static_cast<std::size_t>(count);
    }

    /// Rows of a query as text, straight from the file.
    std::vector<std::string> rows(const std::string& sql) const {
        sqlite3* db = nullptr;
        sqlite3_open_v2(file().c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        std::vector<std::string> found;
        const auto add = [](void* to, int columns, char** values, char**) {
            std::string row;
            for (int i = 0; i < columns; ++i) row += (i > 0 ? "|" : "") + std::string(values[i] ? values[i] : "-");
            static_cast<std::vector<std::string>*>(to)->push_back(row);
            return 0;
        };
        if (sqlite3_exec(db, sql.c_str(), add, &found, nullptr) != SQLITE_OK) found.push_back(sqlite3_errmsg(db));
        sqlite3_close(db);
        return found;
    }
    void change_file(const std::string& sql) const {
        sqlite3* db = nullptr;
        sqlite3_open(file().c_str(), &db);
        const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
        sqlite3_close(db);
        if (code != SQLITE_OK) throw std::runtime_error("the test's own SQL failed");
    }

    StillClock clock;

private:
    TempDir folder_;
    LedgerOptions options_;
    std::unique_ptr<MessageStore> store_;
};

}  // namespace causeway::test
