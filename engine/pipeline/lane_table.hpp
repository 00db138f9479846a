#pragma once
/// Who stands in which lane, in few bytes: there may be millions.

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "model/message.hpp"
#include "pipeline/index_table.hpp"

namespace causeway::pipeline {

/// Open obligations and their lanes. A lane is ordered by id; an obligation has a place in each of its lanes. Some 75
/// bytes an obligation of one lane, with the tables. Threads: one at a time.
class LaneTable {
public:
    using Index = std::uint32_t;
    static constexpr Index kNone = kNoIndex;

    struct Item {
        std::int64_t id = 0;
        Instant due;
        std::uint32_t slot = 0;
        Index place = kNone;  ///< The first of its places; then Place::sibling.
        Priority priority = Priority::routine;
        bool held : 1 = false, running : 1 = false, ready : 1 = false, dropped : 1 = false;
    };

    LaneTable() = default;
    LaneTable(const LaneTable&) = delete;
    LaneTable& operator=(const LaneTable&) = delete;

    Index find(std::int64_t id) const { return by_id_.find(static_cast<std::uint64_t>(id)); }
    Item& item(Index index) { return items_[index]; }
    const Item& item(Index index) const { return items_[index]; }
    /// Makes room for so many, with a lane each.
    void reserve(std::size_t items) {
        by_id_.reserve(items);
        first_of_lane_.reserve(items);
    }
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

    struct IdOf {
        const std::deque<Item>& items;
        std::uint64_t operator()(Index index) const { return static_cast<std::uint64_t>(items[index].id); }
    };
    struct LaneOf {
        const std::deque<Place>& places;
        std::uint64_t operator()(Index index) const { return places[index].lane; }
    };

    std::deque<Item> items_;
    std::deque<Place> places_;
    std::vector<Index> free_items_, free_places_;
    IndexTable<IdOf> by_id_{IdOf{items_}};
    IndexTable<LaneOf> first_of_lane_{LaneOf{places_}};
};

}  // namespace causeway::pipeline
