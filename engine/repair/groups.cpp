#include "repair/groups.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/digest.hpp"

namespace causeway::repair {
namespace {

constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kPage = 10'000;
/// With more texts than this, reading everything that is open once is quicker than asking for each.
constexpr std::size_t kFewTexts = 16;

bool failed(const WaitingGroup& waiting) {
    return waiting.state == State::held || (waiting.state == State::queued && !waiting.cause.empty());
}

Group made_of(const WaitingGroup& waiting, std::string cause) {
    Group group;
    group.id = group_id(waiting.destination, waiting.owner, cause);
    group.destination = waiting.destination;
    group.duty = waiting.duty;
    group.state = waiting.state;
    group.owner = waiting.owner;
    group.advice = advice_for(cause, waiting.state == State::held);
    group.cause = std::move(cause);
    group.oldest = waiting.oldest;
    return group;
}

void add(Group& group, const WaitingGroup& waiting) {
    group.count += waiting.count;
    group.urgent += waiting.urgent;
    group.oldest = std::min(group.oldest, waiting.oldest);
    // Some held, some tried again: a person must act.
    if (waiting.state == State::held && !group.held()) {
        group.state = State::held;
        group.advice = advice_for(group.cause, true);
    }
    group.texts.push_back(waiting.cause);
}

WaitingFilter filter_of(const Group& group, const std::string& text, std::size_t limit, Id after) {
    WaitingFilter filter;
    filter.destination = group.destination;
    filter.any_destination = false;
    filter.owner = group.owner;
    filter.cause = text;
    filter.limit = std::min(kPage, limit);
    filter.after = after;
    return filter;
}

bool older(const Obligation& a, const Obligation& b) {
    return a.id < b.id;
}

/// The oldest ones that fail with this text are added.
Result<void> add_members(const MessageStore& store, const Group& group, const std::string& text, std::size_t limit,
                         Id after, std::vector<Obligation>& found) {
    const auto enough = found.size() + limit;
    auto filter = filter_of(group, text, limit, after);
    for (bool more = true; more && found.size() < enough;) {
        auto page = store.waiting(filter);
        if (!page) return page.error();
        more = page->size() >= filter.limit;
        if (more) filter.after = page->back().obligation.id;
        for (auto& one : *page)
            if (belongs(one.obligation, group)) found.push_back(std::move(one.obligation));
    }
    return {};
}

Result<std::vector<Obligation>> among_all(const MessageStore& store, const Group& group, std::size_t limit, Id after) {
    std::vector<Obligation> found;
    while (found.size() < limit) {
        auto page = store.open_obligations(after, kPage);
        if (!page) return page.error();
        if (page->empty()) break;
        after = page->back().id;
        for (auto& one : *page)
            if (found.size() < limit && belongs(one, group)) found.push_back(std::move(one));
    }
    return found;
}

}  // namespace

std::string Group::words() const {
    if (cause.find(kDiffers) == std::string::npos || texts.empty()) return cause;
    return texts.size() == 1 ? texts.front() : cause + " Such as: " + texts.front();
}

std::string group_id(std::string_view destination, std::string_view owner, std::string_view cause) {
    std::string all(destination);
    all.append(1, '\0').append(owner).append(1, '\0').append(cause);
    return to_hex(as_view(sha256(all))).substr(0, kIdDigits);
}

std::vector<Group> failures(const std::vector<WaitingGroup>& waiting) {
    std::map<std::string, Group> by_id;
    for (const auto& one : waiting) {
        if (!failed(one)) continue;
        auto group = made_of(one, cause_of(one.cause));
        const auto id = group.id;
        add(by_id.try_emplace(id, std::move(group)).first->second, one);
    }
    std::vector<Group> groups;
    for (auto& [id, group] : by_id) {
        // Held and tried again for the same text.
        std::sort(group.texts.begin(), group.texts.end());
        group.texts.erase(std::unique(group.texts.begin(), group.texts.end()), group.texts.end());
        groups.push_back(std::move(group));
    }
    const auto rank = [](const Group& group) {
        return std::tuple(!group.held(), group.urgent == 0, -group.count, group.oldest, group.id);
    };
    std::sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) { return rank(a) < rank(b); });
    return groups;
}

bool belongs(const Obligation& obligation, const Group& group) {
    const bool failing =
        obligation.state == State::held || (obligation.state == State::queued && !obligation.cause.empty());
    return failing && obligation.destination == group.destination && obligation.owner == group.owner &&
           cause_of(obligation.cause) == group.cause;
}

Result<std::vector<Obligation>> members(const MessageStore& store, const Group& group, std::size_t limit, Id after) {
    if (group.texts.size() > kFewTexts) return among_all(store, group, limit, after);
    std::vector<Obligation> found;
    // Every text has its own oldest ones.
    for (const auto& text : group.texts)
        if (auto added = add_members(store, group, text, limit, after, found); !added) return added.error();
    std::sort(found.begin(), found.end(), older);
    if (found.size() > limit) found.resize(limit);
    return found;
}

}  // namespace causeway::repair
