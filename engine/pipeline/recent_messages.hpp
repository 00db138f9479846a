#pragma once
/// Messages that were just accepted, so that processing and delivery need neither read nor parse them again.

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/message.hpp"
#include "model/obligation.hpp"
#include "pipeline/keys.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

using MessagePtr = std::shared_ptr<const Message>;

/// A message decoded. One thread at a time may read the document.
struct Parsed {
    tree::DocumentPtr document;
    std::shared_ptr<const Identity> identity;
    /// Why validation holds the message, which may be empty; nothing where it was not asked yet.
    std::optional<std::string> hold = std::nullopt;
};

/// A cache in front of the ledger, never the truth: what is not here (any more) is read from the ledger. A message
/// stays until the last of its obligations that are kept here was taken. Full means full: what came first is also
/// needed first, so newcomers are left out; what nobody fetched for a while (its destination is down) makes room.
/// Threads: any.
class RecentMessages {
public:
    explicit RecentMessages(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    struct Taken {
        Obligation obligation;
        MessagePtr message;
        Parsed parsed;  ///< Empty where another obligation of the message has it, or this one needs none.
    };

    /// Keeps the message for these obligations of it.
    void put(MessagePtr message, Parsed parsed, std::vector<Obligation> owed);
    /// Each obligation can be taken once; a later attempt asks the ledger, which knows what happened meanwhile.
    std::optional<Taken> take(Id obligation);
    /// The next obligation of the message may read the document.
    void give_back(Id message, Parsed parsed);
    /// From now on no more than this: what came first goes, until the rest fits.
    void keep_within(std::size_t most_bytes);
    /// An operator acts on the message, or on one of its obligations: the ledger has the last word.
    void forget(Id target);

private:
    using Time = std::chrono::steady_clock::time_point;

    struct Entry {
        MessagePtr message;
        Parsed parsed;
        std::unordered_map<std::int64_t, Obligation> owed;
        std::size_t bytes = 0;
    };
    struct Arrival {
        std::int64_t message;
        Time at;
    };

    void make_room(Time now);
    void erase(std::int64_t message);

    std::mutex mutex_;
    std::size_t most_bytes_;
    std::unordered_map<std::int64_t, Entry> entries_;
    std::unordered_map<std::int64_t, std::int64_t> message_of_;  ///< By obligation.
    std::deque<Arrival> arrivals_;                               ///< Oldest first; some have left already.
    std::size_t bytes_ = 0;
};

}  // namespace causeway::pipeline
