#include "pipeline/lane_table.hpp"

#include <utility>

namespace causeway::pipeline {
namespace {

template <class Thing>
std::uint32_t put(std::deque<Thing>& things, std::vector<std::uint32_t>& free, Thing thing) {
    if (free.empty()) {
        things.push_back(std::move(thing));
        return static_cast<std::uint32_t>(things.size() - 1);
    }
    const auto index = free.back();
    free.pop_back();
    things[index] = std::move(thing);
    return index;
}

}  // namespace

LaneTable::Index LaneTable::insert(const Item& item, std::span<const std::uint64_t> lanes) {
    const auto index = put(items_, free_items_, item);
    items_[index].place = kNone;
    by_id_.insert(static_cast<std::uint64_t>(item.id), index);
    for (const auto lane : lanes) link(add_place(lane, index));
    return index;
}

LaneTable::Index LaneTable::add_place(std::uint64_t lane, Index item) {
    const auto place = put(places_, free_places_, Place{lane, item, kNone, kNone, items_[item].place});
    items_[item].place = place;
    return place;
}

/// From the end, where nearly all belong: ids rise, though commits may be told of out of order.
void LaneTable::link(Index place) {
    auto& added = places_[place];
    const auto first = first_of_lane_.find(added.lane);
    if (first == kNone) {
        added.previous = place;
        return first_of_lane_.insert(added.lane, place);
    }
    const auto id = id_at(place);
    auto after = places_[first].previous;
    while (after != first && id_at(after) > id) after = places_[after].previous;
    if (after == first && id_at(first) > id) {
        added.previous = places_[first].previous;
        added.next = first;
        places_[first].previous = place;
        return first_of_lane_.replace(added.lane, place);
    }
    added.previous = after;
    added.next = places_[after].next;
    (added.next == kNone ? places_[first] : places_[added.next]).previous = place;
    places_[after].next = place;
}

bool LaneTable::is_head(Index index) const {
    for (auto place = items_[index].place; place != kNone; place = places_[place].sibling)
        if (first_of_lane_.find(places_[place].lane) != place) return false;
    return true;
}

void LaneTable::erase(Index index, std::vector<Index>& heads) {
    for (auto place = items_[index].place; place != kNone;) {
        const auto sibling = places_[place].sibling;
        unlink(place, heads);
        free_places_.push_back(place);
        place = sibling;
    }
    by_id_.erase(static_cast<std::uint64_t>(items_[index].id));
    free_items_.push_back(index);
}

void LaneTable::unlink(Index place, std::vector<Index>& heads) {
    const auto& gone = places_[place];
    const auto first = first_of_lane_.find(gone.lane);
    if (first != place) {
        places_[gone.previous].next = gone.next;
        (gone.next == kNone ? places_[first] : places_[gone.next]).previous = gone.previous;
        return;
    }
    if (gone.next == kNone) return first_of_lane_.erase(gone.lane);
    places_[gone.next].previous = gone.previous;
    first_of_lane_.replace(gone.lane, gone.next);
    heads.push_back(places_[gone.next].item);
}

void LaneTable::behind(Index index, std::vector<Index>& found) const {
    for (auto place = items_[index].place; place != kNone; place = places_[place].sibling)
        if (places_[place].next != kNone) found.push_back(places_[places_[place].next].item);
}

void LaneTable::before(Index index, const std::function<bool(Index)>& visit) const {
    for (auto place = items_[index].place; place != kNone; place = places_[place].sibling) {
        const auto first = first_of_lane_.find(places_[place].lane);
        for (auto at = place; at != first;) {
            at = places_[at].previous;
            if (!visit(places_[at].item)) break;
        }
    }
}

}  // namespace causeway::pipeline
