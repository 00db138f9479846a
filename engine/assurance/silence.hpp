#pragma once
/// Feeds that are silent against their usual rhythm.

#include <string>
#include <vector>

#include "assurance/holiday.hpp"
#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

/// Hours in which a channel usually has messages, and had none.
struct Silence {
    std::string channel;
    std::string feed;     ///< Of the channel; empty: the whole channel.
    Instant from, until;  ///< Whole hours; `until` is the moment of the report where the silence goes on.
    bool goes_on = false;
    double usual = 0;  ///< Messages that these hours usually bring.
};

/// Weeks before the day that say what is usual.
inline constexpr int kUsualWeeks = 4;

/// Least number of messages that the silent hours usually bring together, so that it is told: if messages came
/// independently at their usual rate (Poisson), none at all would have a probability of exp(-6.91) = 0.001.
inline constexpr double kSilent = 6.91;

/// Finds silences that touch [from, until). `hours` are those of the kUsualWeeks weeks before `from` and up to `until`;
/// hours without messages may be left out. What is usual for an hour of the week is the median of the same hour in the
/// weeks before, so that one outage does not change it; a holiday is expected to be as a Sunday. A channel that has no
/// messages in the oldest two of those weeks is too new to have a rhythm. Of a channel that is silent itself its feeds
/// are not told.
std::vector<Silence> find_silences(const std::vector<HourCount>& hours, Instant from, Instant until,
                                   const Holidays& holidays);

/// Is its channel still there, and its feed still one that is watched?
bool is_watched(const Silence& silence, const pipeline::Configuration& configuration);

}  // namespace causeway::assurance
