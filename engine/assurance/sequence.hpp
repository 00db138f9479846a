#pragma once
/// Gaps in the numbers that a sender gives its messages: what was numbered and never came.

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "store/message_store.hpp"

namespace causeway::assurance {

/// Which number of a channel's messages counts up.
enum class Numbering {
    automatic,   ///< The control id where it ends in digits, as long as it looks like a count (see Sequences).
    control_id,  ///< The digits at the end of the control id count up, whatever they look like.
    sequence,    ///< MSH-13 (HL7 v2 chapter 2.14.9.13), the channel's key "sequence".
    off
};

/// The kind of key under which a channel keeps MSH-13 (`keys: {sequence: MSH-13}`).
inline constexpr std::string_view kSequenceKey = "sequence";

/// Numbers that never came.
struct Gap {
    std::string channel, sender;
    std::string prefix;  ///< What stands before the number: "LAB" of "LAB000123".
    std::uint64_t first = 0, last = 0;
    std::uint64_t missing() const { return last - first + 1; }
};

/// Folds the intake of a day and of the day before it (only whose last number of each sender counts, so that what is
/// missing at midnight is seen). Refused, repeated and quarantined messages came, so they are no gap.
///
/// A sender's numbers are a sequence when at least kLeast came and at least half of the numbers between the smallest
/// and the greatest did: times, random ids and hashes are thinner than that by far. A number below kRestart that comes
/// after one at least kDrop greater begins the sequence anew. Memory: one entry a run of numbers; a sender with more
/// than kRuns of them does not count, and is let go. Threads: one.
class Sequences {
public:
    static constexpr std::size_t kLeast = 10;
    static constexpr std::uint64_t kRestart = 100, kDrop = 1'000;
    static constexpr std::size_t kRuns = 10'000;

    Sequences(Instant from, Instant until, std::map<std::string, Numbering> by_channel = {});

    void add(const LedgerRecord& record);
    std::vector<Gap> finish() const;

private:
    using Feed = std::tuple<std::string, std::string, std::string>;  // Channel, sender, prefix.
    /// Numbers from the first to the last, each of which came.
    using Runs = std::map<std::uint64_t, std::uint64_t>;
    struct Count {
        std::uint64_t before = 0;   // The last of the day before.
        std::uint64_t highest = 0;  // Of the newest epoch.
        std::uint64_t numbers = 0;
        std::vector<Runs> epochs;
        bool too_thin = false;
    };

    Numbering numbering_of(const std::string& channel) const;
    void count(const Feed& feed, std::uint64_t number, bool of_day);
    static void insert(Runs& runs, std::uint64_t number);
    static bool looks_like_a_count(const Count& count);
    static void add_gaps(const Feed& feed, const Count& count, std::vector<Gap>& gaps);

    const Instant from_, until_;
    const std::map<std::string, Numbering> by_channel_;
    std::map<Feed, Count> feeds_;
};

}  // namespace causeway::assurance
