#include "pipeline/lane_table.hpp"

#include <algorithm>
#include <utility>

namespace causeway::pipeline {
namespace {

constexpr std::size_t kSmallest = 64;

/// Ids rise by one and lanes are hashes already: the bits of either are spread over the table.
std::uint64_t mixed(std::uint64_t key) {
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15ull;
    return key ^ (key >> 29);
}

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

std::size_t IndexTable::home(std::uint64_t key) const {
    return static_cast<std::size_t>(mixed(key)) & (places_.size() - 1);
}

/// Where the key is, or the free place where it would be.
std::size_t IndexTable::position(std::uint64_t key) const {
    auto at = home(key);
    while (places_[at] != kNone && key_of_(places_[at]) != key) at = (at + 1) & (places_.size() - 1);
    return at;
}

std::uint32_t IndexTable::find(std::uint64_t key) const {
    return places_.empty() ? kNone : places_[position(key)];
}

void IndexTable::insert(std::uint64_t key, std::uint32_t index) {
    if ((count_ + 1) * 4 > places_.size() * 3) grow();
    places_[position(key)] = index;
    ++count_;
}

void IndexTable::replace(std::uint64_t key, std::uint32_t index) {
    places_[position(key)] = index;
}

void IndexTable::grow() {
    const auto old = std::exchange(places_, std::vector<std::uint32_t>(std::max(places_.size() * 2, kSmallest), kNone));
    for (const auto index : old)
        if (index != kNone) places_[position(key_of_(index))] = index;
}

/// What follows without a gap moves up, so that every search still ends at the first free place.
void IndexTable::erase(std::uint64_t key) {
    auto gap = position(key);
    if (places_[gap] == kNone) return;
    const auto mask = places_.size() - 1;
    for (auto at = (gap + 1) & mask; places_[at] != kNone; at = (at + 1) & mask) {
        const auto wants = home(key_of_(places_[at]));
        if (((at - wants) & mask) < ((at - gap) & mask)) continue;
        places_[gap] = places_[at];
        gap = at;
    }
    places_[gap] = kNone;
    --count_;
}

LaneTable::LaneTable()
    : by_id_([this](std::uint32_t index) { return static_cast<std::uint64_t>(items_[index].id); }),
      first_of_lane_([this](std::uint32_t index) { return places_[index].lane; }) {
}

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
