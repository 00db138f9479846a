#pragma once
/// Expected but absent: a discharge without a summary, an attendance without a letter.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

/// Something that had to follow and did not.
struct Absence {
    std::string expectation, owner;
    Id message;           ///< What called for it.
    Instant at, due;      ///< When it was accepted; by when it had to be followed.
    Id came_late;         ///< What followed after all, too late; none where nothing did.
    bool has_key = true;  ///< False: the message has no key that could be shared, so nothing can be matched with it.
    std::string settled_by = {};  ///< Who has dealt with it outside; empty: nobody.
};

/// Folds accepted messages in order and gives the absences whose time ran out in [from, until). Conditions look at
/// messages, which `read` gives; types and channels are compared first, so that few are read. Memory: one entry a
/// message that calls for something, or that could follow, within the longest time of a rule. Threads: one.
class Expected {
public:
    using Read = std::function<Result<StoredMessage>(Id)>;

    /// Messages are read as the configuration reads them, which must live as long.
    Expected(const std::vector<pipeline::Expectation>& rules, const pipeline::Configuration& configuration,
             Instant from, Instant until, Read read);

    /// From when on events are needed.
    Instant begin() const;
    void add(const LedgerRecord& record);
    std::vector<Absence> finish();

private:
    struct Call {
        Absence absence;
        std::vector<std::string> keys;
        bool met = false;
    };
    struct Rule {
        const pipeline::Expectation* settings = nullptr;
        std::vector<Call> calls;
        std::unordered_multimap<std::string, std::size_t> waiting;  ///< Key value to call.
        std::unordered_map<std::string, Instant> last;              ///< Key value to when it was last seen to follow.
    };

    void call(Rule& rule, const LedgerRecord& record);
    void follow(Rule& rule, const LedgerRecord& record);
    bool matches(const pipeline::MessagePattern& pattern, const Message& message);
    bool holds(const fhirpath::Expression& condition, const Message& message);

    const pipeline::Configuration& configuration_;
    const Instant from_, until_;
    Read read_;
    std::vector<Rule> rules_;
    std::optional<Message> body_;  ///< The message that was read last: several rules ask for the same one.
};

/// Keys of these kinds, as "kind=value".
std::vector<std::string> shared_keys(const Message& message, const std::vector<std::string>& kinds);

}  // namespace causeway::assurance
