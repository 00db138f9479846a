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

double median(std::array<std::int64_t, kUsualWeeks> values) {
    static_assert(kUsualWeeks % 2 == 0);
    std::sort(values.begin(), values.end());
    return static_cast<double>(values[kUsualWeeks / 2 - 1] + values[kUsualWeeks / 2]) / 2;
}

/// Messages that each hour of the week usually brings.
std::array<double, kHoursOfWeek> usual_of(const ByHour& hours, Instant from, Zone zone) {
    std::array<std::array<std::int64_t, kUsualWeeks>, kHoursOfWeek> seen{};
    for (const auto& [hour, count] : hours) {
        const auto week = (from - hour - Duration(1)) / kWeek;
        if (hour >= from || week >= kUsualWeeks) continue;
        seen[static_cast<std::size_t>(hour_of_week(hour, zone))][static_cast<std::size_t>(week)] += count;
    }
    std::array<double, kHoursOfWeek> usual{};
    std::transform(seen.begin(), seen.end(), usual.begin(), median);
    return usual;
}

bool has_rhythm(const ByHour& hours, Instant from) {
    return std::any_of(hours.begin(), hours.end(), [&](const auto& entry) {
        return entry.second > 0 && entry.first < from - kWeek * (kUsualWeeks / 2);
    });
}

bool has_messages(const ByHour& hours, Instant hour) {
    const auto found = hours.find(hour);
    return found != hours.end() && found->second > 0;
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

void add_silences(const std::string& channel, const ByHour& hours, Instant from, Instant until, Zone zone,
                  std::vector<Silence>& found) {
    const auto usual = usual_of(hours, from, zone);
    Silence silence{channel, begin_of_silence(hours, from), {}, false, 0};
    for (auto hour = silence.from; hour < until; hour += kHour) {
        if (!has_messages(hours, hour)) {
            const auto part = static_cast<double>(std::min(kHour, until - hour).count()) / kHour.count();
            silence.usual += part * usual[static_cast<std::size_t>(hour_of_week(hour, zone))];
            continue;
        }
        silence.until = hour;
        if (silence.usual >= kSilent) found.push_back(silence);
        silence = {channel, hour + kHour, {}, false, 0};
    }
    silence.until = until;
    silence.goes_on = true;
    if (silence.usual >= kSilent) found.push_back(silence);
}

}  // namespace

std::vector<Silence> find_silences(const std::vector<HourCount>& hours, Instant from, Instant until, Zone zone) {
    std::map<std::string, ByHour> channels;
    for (const auto& hour : hours) channels[hour.channel][hour.hour] += hour.accepted + hour.refused;
    std::vector<Silence> found;
    for (const auto& [channel, by_hour] : channels)
        if (has_rhythm(by_hour, from)) add_silences(channel, by_hour, from, until, zone, found);
    return found;
}

}  // namespace causeway::assurance
