#include "store/sqlite/history.hpp"

#include <algorithm>

#include "store/sqlite/ledger_error.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kEveryBlock = 1'000'000;

std::uint64_t hash_of(Id id) {
    return static_cast<std::uint64_t>(id.value);
}

void add_keys(std::vector<Key>& keys, const std::vector<Key>& more) {
    for (const Key& key : more)
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
}

}  // namespace

std::vector<std::int64_t> History::look_up(index::Family family, std::uint64_t hash, std::size_t limit) {
    index::Query query;
    query.family = family;
    query.hash = hash;
    query.limit = limit;
    auto values = take(shared_.keys.lookup(query, runs_));
    if (unfinished_ == nullptr) return values;
    std::vector<std::int64_t> all;
    shared_.keys.staged(family, hash, all);
    if (all.empty()) return values;
    all.insert(all.end(), values.begin(), values.end());
    return all;
}

std::optional<std::int64_t> History::accepting_block(Id message) {
    if (unfinished_ != nullptr && message > shared_.recent.last().last_message) return unfinished_->number();
    const auto header = blocks.of_message(message);
    return header ? std::optional(header->number) : std::nullopt;
}

bool History::visit_block(std::int64_t number, const Visit& visit) {
    if (unfinished_ != nullptr && number == unfinished_->number()) {
        bool go_on = true;
        unfinished_->visit([&](const record::RecordView& view) { go_on = go_on && visit(view); });
        return go_on;
    }
    const auto header = blocks.get(number);
    return !header || blocks.visit(*header, visit);
}

std::vector<std::int64_t> History::blocks_of(Id message) {
    auto numbers = look_up(index::Family::ids, hash_of(message), kEveryBlock);
    if (const auto accepting = accepting_block(message)) numbers.push_back(*accepting);
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

bool History::has_body(const record::StoredRecord& intake) {
    if (!intake.body || intake.body->size == 0) return true;
    const auto header = blocks.of_message(intake.record.event.message);
    // The newest block may still be in the making; nothing of it is purged.
    return !header || !blocks.body(*header, intake.record.event.sequence, *intake.body).empty();
}

std::int64_t History::newest_block(Id message) {
    const auto later = look_up(index::Family::ids, hash_of(message), 1);
    return std::max(later.empty() ? 0 : later.front(), accepting_block(message).value_or(0));
}

void History::visit(Id message, const Visit& visit) {
    for (const std::int64_t number : blocks_of(message))
        if (!visit_block(number,
                         [&](const record::RecordView& view) { return view.message != message || visit(view); }))
            return;
}

std::optional<record::StoredRecord> History::intake(Id message) {
    std::optional<record::StoredRecord> found;
    const auto block = accepting_block(message);
    if (!block) return found;
    visit_block(*block, [&](const record::RecordView& view) {
        if (view.message != message || (view.parts & record::kIntake) == 0) return true;
        found = take(record::decode(view));
        return false;
    });
    return found;
}

std::optional<StoredMessage> History::whole(Id message) {
    auto stored = intake(message);
    if (!stored) return std::nullopt;
    StoredMessage& found = *stored->record.intake;
    const auto header = blocks.of_message(message);
    if (header && stored->body) found.message.body = blocks.body(*header, stored->record.event.sequence, *stored->body);
    visit(message, [&](const record::RecordView& view) {
        if (view.parts & record::kKeys) add_keys(found.message.keys, take(record::decode(view)).record.keys);
        return true;
    });
    return std::move(found);
}

std::optional<Id> History::message_of(Id obligation) {
    std::optional<Id> found;
    const auto look = [&](const record::RecordView& view) {
        if ((view.parts & record::kCreated) == 0 || (view.parts & record::kObligation) == 0) return true;
        const auto stored = take(record::decode(view));
        if (stored.record.event.obligation == obligation) found = view.message;
        return !found;
    };
    // A process obligation that was created with its message has the id of that.
    if (const auto block = accepting_block(obligation))
        visit_block(*block, [&](const record::RecordView& view) { return view.message != obligation || look(view); });
    for (const std::int64_t number : look_up(index::Family::ids, hash_of(obligation), kEveryBlock))
        if (!found) visit_block(number, look);
    return found;
}

std::vector<Obligation> History::obligations(Id message) {
    struct Known {
        Obligation obligation;
        std::int64_t block = 0;  ///< Of the newest event about it.
    };
    std::map<Id, Known> owed;
    std::int64_t lost = 0;  // The newest block whose events about the message are gone.
    for (const std::int64_t number : blocks_of(message)) {
        bool seen = false;
        visit_block(number, [&](const record::RecordView& view) {
            if (view.message != message) return true;
            seen = true;
            if ((view.parts & (record::kCreated | record::kChange)) == 0) return true;
            auto stored = take(record::decode(view));
            const Id id = stored.record.event.obligation;
            if (stored.record.created) owed[id].obligation = *std::move(stored.record.created);
            const auto known = owed.find(id);
            if (known == owed.end()) return true;
            if (stored.record.change) apply(*stored.record.change, known->second.obligation);
            known->second.block = number;
            return true;
        });
        if (!seen && blocks.lost_events(number)) lost = number;
    }
    std::vector<Obligation> all;
    for (auto& [id, known] : owed)
        if (is_final(known.obligation.state) || known.block > lost) all.push_back(std::move(known.obligation));
    return all;
}

bool History::is_partial(Id message) {
    const auto numbers = blocks_of(message);
    return std::any_of(numbers.begin(), numbers.end(),
                       [this](std::int64_t number) { return blocks.lost_events(number); });
}

std::vector<PathwayClock> History::clocks(Id message) {
    std::map<Id, PathwayClock> clocks;
    visit(message, [&](const record::RecordView& view) {
        if ((view.parts & record::kClock) == 0) return true;
        auto clock = *take(record::decode(view)).record.clock;
        clocks[clock.id] = std::move(clock);
        return true;
    });
    std::vector<PathwayClock> all;
    for (auto& [id, clock] : clocks) all.push_back(std::move(clock));
    return all;
}

std::optional<PathwayClock> History::clock(Id id) {
    std::optional<Id> message;
    for (const std::int64_t number : look_up(index::Family::ids, hash_of(id), kEveryBlock))
        visit_block(number, [&](const record::RecordView& view) {
            if ((view.parts & record::kClock) && take(record::decode(view)).record.clock->id == id)
                message = view.message;
            return !message;
        });
    if (!message) return std::nullopt;
    for (auto& clock : clocks(*message))
        if (clock.id == id) return std::move(clock);
    return std::nullopt;
}

bool History::knows(Id id) {
    const Id greatest = unfinished_ != nullptr ? unfinished_->header().greatest_id : shared_.recent.last().greatest_id;
    if (id > greatest) return false;
    return !look_up(index::Family::ids, hash_of(id), 1).empty() || intake(id).has_value();
}

std::vector<Id> History::candidates(index::Family family, std::uint64_t hash, std::size_t limit) {
    std::vector<Id> ids;
    for (const std::int64_t value : look_up(family, hash, limit)) ids.push_back(Id{value});
    return ids;
}

}  // namespace causeway::sqlite
