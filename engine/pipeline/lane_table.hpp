#pragma once
/// Who stands in which lane, in few bytes: there may be millions.

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "model/message.hpp"

namespace causeway::pipeline {

/// Indexes of things by a 64-bit key that the things themselves hold: open addressing, four bytes a place.
class IndexTable {
public:
    using KeyOf = std::function<std::uint64_t(std::uint32_t)>;
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    explicit IndexTable(KeyOf key_of) : key_of_(std::move(key_of)) {}

    std::uint32_t find(std::uint64_t key) const;
    /// The key must not be there.
    void insert(std::uint64_t key, std::uint32_t index);
    /// The thing under this key is another one now.
    void replace(std::uint64_t key, std::uint32_t index);
    void erase(std::uint64_t key);

private:
    std::size_t home(std::uint64_t key) const;
    std::size_t position(std::uint64_t key) const;
    void grow();

    const KeyOf key_of_;
    std::vector<std::uint32_t> places_;
    std::size_t count_ = 0;
};

/// Open obligations and their lanes. A lane is ordered by id; an obligation has a place in each of its lanes. Some 75
/// bytes an obligation of one lane, with the tables. Threads: one at a time.
class LaneTable {
public:
    using Index = std::uint32_t;
    static constexpr Index kNone = IndexTable::kNone;

    struct Item {
        std::int64_t id = 0;
        Instant due;
        std::uint32_t slot = 0;
        Index place = kNone;  ///< The first of its places; then Place::sibling.
        Priority priority = Priority::routine;
        bool held : 1 = false, running : 1 = false, ready : 1 = false, dropped : 1 = false;
    };

    LaneTable();

    Index find(std::int64_t id) const { return by_id_.find(static_cast<std::uint64_t>(id)); }
    Item& item(Index index) { return items_[index]; }
    const Item& item(Index index) const { return items_[index]; }
    std::size_t size() const { return items_.size() - free_items_.size(); }

    /// Gives it a place in each lane, by its id. The id must be new.
    Index insert(const Item& item, std::span<const std::uint64_t> lanes);
    /// Is it the first in each of its lanes?
    bool is_head(Index index) const;
    /// Takes it out; `head` gets each item that is now the first of a lane.
    void erase(Index index, std::vector<Index>& heads);
    /// The items just behind it, one a lane.
    void behind(Index index, std::vector<Index>& found) const;
    /// Visits what stands before it, lane by lane from near to far, while `visit` says true in that lane.
    void before(Index index, const std::function<bool(Index)>& visit) const;

private:
    struct Place {
        std::uint64_t lane = 0;
        Index item = kNone;
        Index previous = kNone;  ///< Of the first one: the last one.
        Index next = kNone;
        Index sibling = kNone;
    };

    Index add_place(std::uint64_t lane, Index item);
    void link(Index place);
    void unlink(Index place, std::vector<Index>& heads);
    std::int64_t id_at(Index place) const { return items_[places_[place].item].id; }

    std::deque<Item> items_;
    std::deque<Place> places_;
    std::vector<Index> free_items_, free_places_;
    IndexTable by_id_, first_of_lane_;
};

}  // namespace causeway::pipeline
