#include "assurance/sequence.hpp"

#include <charconv>
#include <optional>

namespace causeway::assurance {
namespace {

struct Numbered {
    std::string prefix;
    std::uint64_t number = 0;
};

/// "LAB000123" is 123 of the prefix "LAB"; nothing where no digit stands at the end. What is longer than any count
/// (a time, two numbers in one) keeps its front in the prefix.
std::optional<Numbered> take_apart(const std::string& id) {
    constexpr std::size_t longest = 15;
    auto begin = id.size();
    while (begin > 0 && id[begin - 1] >= '0' && id[begin - 1] <= '9' && id.size() - begin < longest) --begin;
    Numbered made;
    const auto* const end = id.data() + id.size();
    if (begin == id.size() || std::from_chars(id.data() + begin, end, made.number).ptr != end) return std::nullopt;
    made.prefix = id.substr(0, begin);
    return made;
}

std::string key_of(const Message& message, std::string_view kind);

/// Who numbers: MSH-3|MSH-4 where the message says so, for a client or a file's name may stand for many.
std::string sender_of(const Message& message) {
    auto named = key_of(message, "sender");
    return named.empty() ? message.sender : named;
}

std::string key_of(const Message& message, std::string_view kind) {
    for (const auto& key : message.keys)
        if (key.kind == kind) return key.value;
    return {};
}

}  // namespace

Sequences::Sequences(Instant from, Instant until, std::map<std::string, Numbering> by_channel)
    : from_(from), until_(until), by_channel_(std::move(by_channel)) {
}

Numbering Sequences::numbering_of(const std::string& channel) const {
    const auto known = by_channel_.find(channel);
    return known == by_channel_.end() ? Numbering::automatic : known->second;
}

void Sequences::add(const LedgerRecord& record) {
    if (!record.intake || record.event.at >= until_) return;
    const auto& message = record.intake->message;
    const auto numbering = numbering_of(message.channel);
    if (numbering == Numbering::off) return;
    const auto numbered =
        take_apart(numbering == Numbering::sequence ? key_of(message, kSequenceKey) : message.message_control_id);
    if (numbered)
        count({message.channel, sender_of(message), numbered->prefix}, numbered->number, record.event.at >= from_);
}

void Sequences::count(const Feed& feed, std::uint64_t number, bool of_day) {
    auto& count = feeds_[feed];
    if (!of_day) {
        count.before = number;
        return;
    }
    if (count.too_thin) return;
    const bool restarts = number < kRestart && count.highest >= number + kDrop;
    if (restarts || count.epochs.empty()) {
        count.epochs.emplace_back();
        count.highest = number;
    }
    count.highest = std::max(count.highest, number);
    ++count.numbers;
    insert(count.epochs.back(), number);
    if (count.epochs.back().size() <= kRuns) return;
    count.too_thin = true;
    count.epochs.clear();
}

void Sequences::insert(Runs& runs, std::uint64_t number) {
    auto after = runs.upper_bound(number);
    const auto at = after == runs.begin() ? runs.end() : std::prev(after);
    if (at != runs.end() && at->second >= number) return;
    const bool grows = at != runs.end() && at->second + 1 == number;
    const bool joins = after != runs.end() && after->first == number + 1;
    const auto last = joins ? after->second : number;
    if (joins) runs.erase(after);
    if (grows)
        at->second = last;
    else
        runs.emplace(number, last);
}

bool Sequences::looks_like_a_count(const Count& count) {
    std::uint64_t there = 0, span = 0;
    for (const auto& runs : count.epochs) {
        for (const auto& [first, last] : runs) there += last - first + 1;
        span += runs.rbegin()->second - runs.begin()->first + 1;
    }
    return there >= kLeast && there * 2 >= span;
}

void Sequences::add_gaps(const Feed& feed, const Count& count, std::vector<Gap>& gaps) {
    const auto& [channel, sender, prefix] = feed;
    const auto first_of_day = count.epochs.front().begin()->first;
    // Where the day's numbers begin anew, or far away, nothing is missing at midnight.
    if (count.before != 0 && count.before + 1 < first_of_day && first_of_day - count.before <= count.numbers)
        gaps.push_back({channel, sender, prefix, count.before + 1, first_of_day - 1});
    for (const auto& runs : count.epochs)
        for (auto run = runs.begin(), next = std::next(run); next != runs.end(); run = next++)
            gaps.push_back({channel, sender, prefix, run->second + 1, next->first - 1});
}

std::vector<Gap> Sequences::finish() const {
    std::vector<Gap> gaps;
    for (const auto& [feed, count] : feeds_) {
        if (count.epochs.empty()) continue;
        const bool declared = numbering_of(std::get<0>(feed)) != Numbering::automatic;
        if (declared || looks_like_a_count(count)) add_gaps(feed, count, gaps);
    }
    return gaps;
}

}  // namespace causeway::assurance
