#include "store/index/entry_source.hpp"

namespace causeway::index {

MergedRuns::MergedRuns(std::vector<std::shared_ptr<const Run>> runs, std::int64_t floor) : floor_(floor) {
    for (auto& run : runs) {
        empty_.push_back(places_.size());
        places_.push_back({std::move(run), 0, {}, 0});
    }
}

/// Puts the next entry of each place that has none in the heap into it.
Result<void> MergedRuns::refill(RunReader& reader) {
    while (!empty_.empty()) {
        Place& place = places_[empty_.back()];
        while (place.at == place.entries.size() && place.next_chunk < place.run->chunks()) {
            if (auto got = place.run->read(place.next_chunk, reader, place.entries); !got) {
                place.at = place.entries.size();
                return got;
            }
            ++place.next_chunk;
            place.at = 0;
        }
        if (place.at < place.entries.size()) heads_.push({place.entries[place.at++], empty_.back()});
        empty_.pop_back();
    }
    return {};
}

Result<std::optional<Entry>> MergedRuns::next(RunReader& reader) {
    for (;;) {
        if (auto got = refill(reader); !got) return got.error();
        if (heads_.empty()) return std::optional<Entry>();
        const Head head = heads_.top();
        heads_.pop();
        empty_.push_back(head.place);
        if (head.entry == last_ || head.entry.value < floor_) continue;
        last_ = head.entry;
        return last_;
    }
}

}  // namespace causeway::index
