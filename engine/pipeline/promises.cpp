#include "pipeline/promises.hpp"

#include <algorithm>

namespace causeway::pipeline {
namespace {

/// 0: it replaces none.
Id version_before(const std::vector<Key>& keys) {
    const auto amends = std::find_if(keys.begin(), keys.end(), [](const Key& key) { return key.kind == "amends"; });
    return amends == keys.end() ? Id{} : Id::parse(amends->value).value_or(Id{});
}

}  // namespace

Result<std::vector<PathwayClock>> promised_before(const MessageStore& store, const Message& message) {
    std::vector<PathwayClock> before;
    for (Id version = message.id, earlier = version_before(message.keys); version;) {
        const auto clocks = store.clocks_of(version);
        if (!clocks) return clocks.error();
        before.insert(before.end(), clocks->begin(), clocks->end());
        version = earlier;
        if (!version) break;
        const auto stored = store.message(version);
        if (!stored && stored.error().issue == Issue::not_found) break;  // Retention removed it and what it promised.
        if (!stored) return stored.error();
        earlier = version_before(stored->message.keys);
    }
    return before;
}

bool is_promised(const std::vector<PathwayClock>& before, std::string_view pathway, std::string_view name) {
    return std::any_of(before.begin(), before.end(), [&](const PathwayClock& clock) {
        return clock.name == name && std::string_view(clock.rule).substr(0, clock.rule.find('/')) == pathway;
    });
}

PathwayClock make_promise(Id id, const pathway::ClockRule& rule, const pathway::Decision& decision,
                          const Message& message) {
    PathwayClock clock;
    clock.id = id;
    clock.message = message.id;
    clock.name = rule.name;
    clock.owner = rule.owner;
    clock.rule = decision.pathway + '/' + decision.version + ' ' + rule.name;
    clock.stop_when = rule.stop_when;
    clock.started_at = message.received_at;
    clock.warn_at = message.received_at + rule.warn_after;
    clock.breach_at = message.received_at + rule.within;
    return clock;
}

}  // namespace causeway::pipeline
