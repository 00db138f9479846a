#pragma once
/// The balance of one day: in = delivered + filtered + held + queued, for every channel and destination, to the
/// message.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "store/message_store.hpp"

namespace causeway::assurance {

/// Something that does not add up, or a message that is missing where it should be.
struct Imbalance {
    Id message;
    Id obligation;     ///< None where the message itself is meant.
    std::string what;  ///< One sentence, free of patient data.
};

/// What came in at one channel.
struct IntakeLine {
    std::string channel;
    std::int64_t accepted = 0, refused = 0, duplicates = 0, conflicts = 0;
    /// Of the accepted: processed, and nobody is owed them (patient knowledge; an answer to a delivery).
    std::int64_t kept_here = 0;
};

/// What is owed for what came in, and where it stands.
struct BalanceLine {
    std::string channel;
    Duty duty = Duty::process;
    std::string destination;  ///< Empty for `process`.
    std::int64_t in = 0;      ///< Obligations created.
    std::int64_t delivered = 0;
    std::map<std::string, std::int64_t> filtered;  ///< By rule.
    std::map<std::string, std::int64_t> held;      ///< By owner.
    std::int64_t queued = 0, in_flight = 0;
    std::int64_t removed = 0;  ///< Ended; how, was said by events that retention has removed.

    std::int64_t out() const;
    bool balances() const { return in == out(); }
};

struct DayBalance {
    std::vector<IntakeLine> intake;  ///< By channel.
    std::vector<BalanceLine> lines;  ///< By channel, duty, destination.
    std::vector<Imbalance> imbalances;
    std::int64_t imbalance_count = 0;  ///< All of them; the list ends after kNamedImbalances.
};

inline constexpr std::size_t kNamedImbalances = 10'000;

/// Folds events, in order, from the day's first to the newest: a message belongs to the day in which it was accepted,
/// whenever what it owes ends. Memory: some ten bytes a message of the day, and some eighty for each obligation that is
/// still open; what has ended is only counted, so an obligation that moves after its end is seen by its not being
/// open. Threads: one.
class Balancer {
public:
    /// Gives the channel of a message that came before the day (for duplicates and conflicts); empty where unknown.
    using ChannelOf = std::function<std::string(Id)>;

    /// Did this obligation of the message end in events that retention has removed?
    using EndIsRemoved = std::function<bool(Id message, Id obligation)>;

    Balancer(Instant from, Instant until, ChannelOf channel_of, EndIsRemoved end_is_removed = {});

    void add(const LedgerRecord& record);
    DayBalance finish() const;

private:
    struct Open {
        Id message;
        std::uint32_t line = 0;
        std::uint16_t owner = 0;
        State state = State::queued;
    };
    using LineKey = std::tuple<std::string, Duty, std::string>;

    void accept(const LedgerRecord& record);
    void count_duplicate(const Event& event);
    void create(const Obligation& made);
    void change(const Event& event, const ObligationChange& change);
    void end(Id message, std::uint32_t line, State state, const std::string& rule);
    void complain(Id message, Id obligation, std::string what);
    bool end_is_removed(Id message, Id obligation) const {
        return end_is_removed_ && end_is_removed_(message, obligation);
    }
    bool in_day(Instant at) const { return at >= from_ && at < until_; }
    const std::string* channel_of_day(Id message) const;
    void account_for(Id message);
    IntakeLine& intake(const std::string& channel);
    std::uint16_t owner(const std::string& name);
    std::uint32_t line_of(const std::string& channel, Duty duty, const std::string& destination);

    const Instant from_, until_;
    ChannelOf channel_of_;
    EndIsRemoved end_is_removed_;
    std::vector<std::int64_t> messages_;  // Accepted in the day, rising.
    std::vector<std::uint16_t> channels_;
    std::vector<bool> accounted_;  // Somebody is owed something for it, or a rule filtered it.
    std::vector<std::string> channel_names_, owner_names_;
    std::map<std::string, IntakeLine> intake_;
    std::map<LineKey, std::uint32_t> line_index_;
    std::vector<BalanceLine> lines_;
    std::unordered_map<std::int64_t, Open> open_;
    std::vector<Imbalance> imbalances_;
    std::int64_t imbalance_count_ = 0;
};

}  // namespace causeway::assurance
