#include "store/sqlite/block_set.hpp"

#include <algorithm>
#include <charconv>

#include "core/json_object.hpp"
#include "core/text.hpp"
#include "store/sqlite/detail.hpp"

namespace causeway::sqlite {
namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size() && number > 0;
    return whole ? std::optional(number) : std::nullopt;
}

}  // namespace

void BlockSet::add(Range range) {
    auto at = last_of_.upper_bound(range.first);
    if (at != last_of_.begin() && std::prev(at)->second >= range.first - 1) --at;
    while (at != last_of_.end() && at->first <= range.last + 1) {
        range.first = std::min(range.first, at->first);
        range.last = std::max(range.last, at->second);
        at = last_of_.erase(at);
    }
    last_of_.emplace(range.first, range.last);
}

void BlockSet::add(const BlockSet& other) {
    for (const auto& [first, last] : other.last_of_) add(Range{first, last});
}

bool BlockSet::contains(std::int64_t number) const {
    const auto after = last_of_.upper_bound(number);
    return after != last_of_.begin() && std::prev(after)->second >= number;
}

std::vector<BlockSet::Range> BlockSet::without(const BlockSet& other) const {
    std::vector<Range> left;
    for (const auto& [first, last] : last_of_) {
        std::int64_t from = first;
        auto at = other.last_of_.upper_bound(first);
        if (at != other.last_of_.begin()) --at;
        for (; at != other.last_of_.end() && at->first <= last && from <= last; ++at) {
            if (at->first > from) left.push_back({from, at->first - 1});
            from = std::max(from, at->second + 1);
        }
        if (from <= last) left.push_back({from, last});
    }
    return left;
}

std::string BlockSet::text() const {
    std::string out;
    for (const auto& [first, last] : last_of_) {
        if (!out.empty()) out += ',';
        out += std::to_string(first);
        if (last > first) out += '-' + std::to_string(last);
    }
    return out;
}

std::optional<BlockSet> BlockSet::parse(std::string_view text) {
    BlockSet set;
    if (text.empty()) return set;
    for (const auto part : split(text, ',')) {
        const auto dash = std::min(part.find('-'), part.size());
        const auto first = number_of(part.substr(0, dash));
        const auto last = dash == part.size() ? first : number_of(part.substr(dash + 1));
        if (!first || !last || *last < *first) return std::nullopt;
        set.add(Range{*first, *last});
    }
    return set;
}

void RemovedBlocks::add(const RemovedBlocks& other) {
    events.add(other.events);
    bodies.add(other.bodies);
}

std::string RemovedBlocks::detail() const {
    return Detail().add("events", events.text()).add("bodies", bodies.text()).text();
}

RemovedBlocks RemovedBlocks::parse(const std::string& detail) {
    const JsonObject object(detail);
    return {BlockSet::parse(object.text("events")).value_or(BlockSet()),
            BlockSet::parse(object.text("bodies")).value_or(BlockSet())};
}

}  // namespace causeway::sqlite
