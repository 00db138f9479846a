#include "assurance/silence.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace causeway::assurance {
namespace {

namespace chrono = std::chrono;

constexpr auto kHour = Duration(chrono::hours(1));
constexpr auto kWeek = chrono::hours(24 * 7);
constexpr int kHoursOfWeek = 168;

using ByHour = std::map<Instant, std::int64_t>;
using Feed = std::pair<std::string, std::string>;  ///< Channel, and feed where there are several.

double median(std::vector<std::int64_t> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    if (values.size() % 2 == 1) return static_cast<double>(values[middle]);
    return static_cast<double>(values[middle - 1] + values[middle]) / 2;
}

/// The hour of the week whose rhythm is to be expected: on a holiday that of Sunday.
std::size_t slot_of(Instant hour, const Holidays& holidays) {
    constexpr int sunday = 6 * 24;
    const int own = hour_of_week(hour, holidays.zone());
    return static_cast<std::size_t>(holidays.has(hour) ? sunday + own % 24 : own);
}

std::int64_t count_in(const ByHour& hours, Instant hour) {
    const auto found = hours.find(hour);
    return found == hours.end() ? 0 : found->second;
}

/// Messages that each hour of the week usually brings. Holidays say nothing of their weekday.
std::array<double, kHoursOfWeek> usual_of(const ByHour& hours, Instant from, const Holidays& holidays) {
    std::array<std::vector<std::int64_t>, kHoursOfWeek> seen;
    for (auto hour = from - kWeek * kUsualWeeks; hour < from; hour += kHour)
        if (!holidays.has(hour)) seen[slot_of(hour, holidays)].push_back(count_in(hours, hour));
    std::array<double, kHoursOfWeek> usual{};
    std::transform(seen.begin(), seen.end(), usual.begin(), median);
    return usual;
}

bool has_rhythm(const ByHour& hours, Instant from) {
    return std::any_of(hours.begin(), hours.end(), [&](const auto& entry) {
        return entry.second > 0 && entry.first < from - kWeek * (kUsualWeeks / 2);
    });
}

/// The hour after the last one with messages before `from`: a silence may have begun on an earlier day.
Instant begin_of_silence(const ByHour& hours, Instant from) {
    auto after = hours.lower_bound(from);
    while (after != hours.begin())
        if (const auto before = std::prev(after); before->second > 0)
            return before->first + kHour;
        else
            after = before;
    return from;
}

void add_silences(const Feed& feed, const ByHour& hours, Instant from, Instant until, const Holidays& holidays,
                  std::vector<Silence>& found) {
    const auto usual = usual_of(hours, from, holidays);
    const auto& [channel, name] = feed;
    Silence silence{channel, name, begin_of_silence(hours, from), {}, false, 0};
    for (auto hour = silence.from; hour < until; hour += kHour) {
        if (count_in(hours, hour) == 0) {
            const auto part = static_cast<double>(std::min(kHour, until - hour).count()) / kHour.count();
            silence.usual += part * usual[slot_of(hour, holidays)];
            continue;
        }
        silence.until = hour;
        if (silence.usual >= kSilent) found.push_back(silence);
        silence = {channel, name, hour + kHour, {}, false, 0};
    }
    silence.until = until;
    silence.goes_on = true;
    if (silence.usual >= kSilent) found.push_back(silence);
}

/// Is the whole channel silent as long as its feed is?
bool is_part_of_any(const Silence& feed, const std::vector<Silence>& silences) {
    return std::any_of(silences.begin(), silences.end(), [&](const Silence& one) {
        return one.feed.empty() && one.channel == feed.channel && one.from <= feed.from && one.until >= feed.until;
    });
}

}  // namespace

std::vector<Silence> find_silences(const std::vector<HourCount>& hours, Instant from, Instant until,
                                   const Holidays& holidays) {
    std::map<Feed, ByHour> feeds;
    for (const auto& hour : hours) feeds[{hour.channel, hour.feed}][hour.hour] += hour.accepted + hour.refused;
    std::vector<Silence> found;
    for (const auto& [feed, by_hour] : feeds)
        if (has_rhythm(by_hour, from)) add_silences(feed, by_hour, from, until, holidays, found);
    const auto whole = found;
    std::erase_if(found, [&](const Silence& one) { return !one.feed.empty() && is_part_of_any(one, whole); });
    return found;
}

bool is_watched(const Silence& silence, const pipeline::Configuration& configuration) {
    const auto channel = configuration.channels.find(silence.channel);
    if (channel == configuration.channels.end()) return false;
    return silence.feed.empty() || channel->second.feeds.contains(silence.feed);
}

}  // namespace causeway::assurance
