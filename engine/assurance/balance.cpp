#include "assurance/balance.hpp"

#include <algorithm>

namespace causeway::assurance {
namespace {

std::int64_t sum(const std::map<std::string, std::int64_t>& counts) {
    std::int64_t total = 0;
    for (const auto& [name, count] : counts) total += count;
    return total;
}

bool is_final(State state) {
    return state == State::delivered || state == State::filtered;
}

/// Every end has a name; where the event lacks it, that shows.
std::string named(const std::string& name) {
    return name.empty() ? "(unnamed)" : name;
}

}  // namespace

std::int64_t BalanceLine::out() const {
    return delivered + sum(filtered) + sum(held) + queued + in_flight + removed;
}

Balancer::Balancer(Instant from, Instant until, ChannelOf channel_of, EndIsRemoved end_is_removed)
    : from_(from), until_(until), channel_of_(std::move(channel_of)), end_is_removed_(std::move(end_is_removed)) {
}

void Balancer::add(const LedgerRecord& record) {
    if (record.intake && in_day(record.event.at)) accept(record);
    if (record.event.kind == "message.duplicate" && in_day(record.event.at)) count_duplicate(record.event);
    if (record.created) create(*record.created);
    if (record.change) change(record.event, *record.change);
}

void Balancer::accept(const LedgerRecord& record) {
    const auto& message = record.intake->message;
    auto& line = intake(message.channel);
    if (record.intake->disposition == Disposition::refused) ++line.refused;
    if (record.intake->disposition == Disposition::conflict) ++line.conflicts;
    if (record.intake->disposition != Disposition::accepted) return;
    ++line.accepted;
    if (!messages_.empty() && message.id.value <= messages_.back())
        return complain(message.id, {}, "It was accepted twice, or out of order.");
    const auto known = std::find(channel_names_.begin(), channel_names_.end(), message.channel);
    channels_.push_back(static_cast<std::uint16_t>(known - channel_names_.begin()));
    if (known == channel_names_.end()) channel_names_.push_back(message.channel);
    messages_.push_back(message.id.value);
    accounted_.push_back(false);
    if (record.created) return;  // Its processing comes as an obligation of its own.
    Obligation process;
    process.id = process.message = message.id;
    create(process);
}

void Balancer::count_duplicate(const Event& event) {
    const auto* of_day = channel_of_day(event.message);
    ++intake(of_day ? *of_day : channel_of_(event.message)).duplicates;
}

void Balancer::create(const Obligation& made) {
    const auto* channel = channel_of_day(made.message);
    if (!channel) return;
    if (open_.contains(made.id.value)) return complain(made.message, made.id, "This obligation was created twice.");
    const auto line = line_of(*channel, made.duty, made.destination);
    ++lines_[line].in;
    if (made.duty != Duty::process) account_for(made.message);
    if (is_final(made.state)) return end(made.message, line, made.state, made.rule);
    open_.emplace(made.id.value, Open{made.message, line, owner(made.owner), made.state});
}

void Balancer::change(const Event& event, const ObligationChange& change) {
    const auto found = open_.find(event.obligation.value);
    if (found == open_.end()) {
        if (channel_of_day(event.message) && !end_is_removed(event.message, event.obligation))
            complain(event.message, event.obligation, "This obligation moved after its end, or was never created.");
        return;
    }
    auto& open = found->second;
    open.state = change.state;
    open.owner = owner(change.owner);
    if (!is_final(change.state)) return;
    end(open.message, open.line, change.state, change.rule);
    open_.erase(found);
}

void Balancer::end(Id message, std::uint32_t index, State state, const std::string& rule) {
    auto& line = lines_[index];
    if (state == State::delivered) {
        ++line.delivered;
        return;
    }
    ++line.filtered[named(rule)];
    if (line.duty == Duty::process) account_for(message);
}

void Balancer::complain(Id message, Id obligation, std::string what) {
    ++imbalance_count_;
    if (imbalances_.size() < kNamedImbalances) imbalances_.push_back({message, obligation, std::move(what)});
}

const std::string* Balancer::channel_of_day(Id message) const {
    const auto found = std::lower_bound(messages_.begin(), messages_.end(), message.value);
    if (found == messages_.end() || *found != message.value) return nullptr;
    return &channel_names_[channels_[static_cast<std::size_t>(found - messages_.begin())]];
}

void Balancer::account_for(Id message) {
    const auto found = std::lower_bound(messages_.begin(), messages_.end(), message.value);
    accounted_[static_cast<std::size_t>(found - messages_.begin())] = true;
}

std::uint16_t Balancer::owner(const std::string& name) {
    const auto known = std::find(owner_names_.begin(), owner_names_.end(), name);
    const auto index = static_cast<std::uint16_t>(known - owner_names_.begin());
    if (known == owner_names_.end()) owner_names_.push_back(name);
    return index;
}

IntakeLine& Balancer::intake(const std::string& channel) {
    auto& line = intake_[channel];
    line.channel = channel;
    return line;
}

std::uint32_t Balancer::line_of(const std::string& channel, Duty duty, const std::string& destination) {
    const auto [known, added] =
        line_index_.emplace(LineKey{channel, duty, destination}, static_cast<std::uint32_t>(lines_.size()));
    if (added) {
        auto& line = lines_.emplace_back();
        line.channel = channel;
        line.duty = duty;
        line.destination = destination;
    }
    return known->second;
}

DayBalance Balancer::finish() const {
    DayBalance made;
    auto lines = lines_;
    std::vector<std::int64_t> undecided;  // Messages whose processing is open: nobody can be owed them yet.
    for (const auto& [id, open] : open_) {
        auto& line = lines[open.line];
        if (line.duty == Duty::process) undecided.push_back(open.message.value);
        if (end_is_removed(open.message, Id{id}))
            ++line.removed;
        else if (open.state == State::held)
            ++line.held[named(owner_names_[open.owner])];
        else
            ++(open.state == State::in_flight ? line.in_flight : line.queued);
    }
    std::sort(undecided.begin(), undecided.end());
    auto intake = intake_;
    for (std::size_t i = 0; i < messages_.size(); ++i)
        if (!accounted_[i] && !std::binary_search(undecided.begin(), undecided.end(), messages_[i]))
            ++intake[channel_names_[channels_[i]]].kept_here;
    for (auto& [channel, line] : intake) made.intake.push_back(line);
    for (const auto& [key, index] : line_index_) made.lines.push_back(lines[index]);
    made.imbalances = imbalances_;
    made.imbalance_count = imbalance_count_;
    return made;
}

}  // namespace causeway::assurance
