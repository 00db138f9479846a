#include "assurance/expected.hpp"

#include <algorithm>

#include "pipeline/decode.hpp"
#include "pipeline/facts.hpp"

namespace causeway::assurance {
namespace {

/// "ADT" takes every event of that code.
bool is_of_type(const std::vector<std::string>& types, const std::string& type) {
    return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& wanted) {
               return wanted == type || type.starts_with(wanted + '^');
           });
}

}  // namespace

std::vector<std::string> shared_keys(const Message& message, const std::vector<std::string>& kinds) {
    std::vector<std::string> found;
    for (const auto& key : message.keys)
        if (std::find(kinds.begin(), kinds.end(), key.kind) != kinds.end()) found.push_back(key.kind + '=' + key.value);
    return found;
}

Expected::Expected(const std::vector<pipeline::Expectation>& rules, const pipeline::Configuration& configuration,
                   Instant from, Instant until, Read read)
    : configuration_(configuration), from_(from), until_(until), read_(std::move(read)) {
    for (const auto& rule : rules) rules_.emplace_back().settings = &rule;
}

Instant Expected::begin() const {
    auto begin = from_;
    for (const auto& rule : rules_) begin = std::min(begin, from_ - rule.settings->within - rule.settings->early);
    return begin;
}

void Expected::add(const LedgerRecord& record) {
    if (!record.intake || record.intake->disposition != Disposition::accepted) return;
    const auto& message = record.intake->message;
    for (auto& rule : rules_) {
        // A message never follows itself, so what waits is looked at first.
        if (matches(rule.settings->expect, message)) follow(rule, record);
        const auto due = record.event.at + rule.settings->within;
        if (due >= from_ && due < until_ && matches(rule.settings->after, message)) call(rule, record);
    }
}

void Expected::call(Rule& rule, const LedgerRecord& record) {
    const auto& settings = *rule.settings;
    Call made;
    made.absence = {
        settings.name, settings.owner, record.event.message, record.event.at, record.event.at + settings.within, {},
        true};
    made.keys = shared_keys(record.intake->message, settings.shared);
    made.absence.has_key = !made.keys.empty();
    for (const auto& key : made.keys) {
        const auto seen = rule.last.find(key);
        made.met = made.met || (seen != rule.last.end() && seen->second + settings.early >= record.event.at);
    }
    if (made.met) return;
    for (const auto& key : made.keys) rule.waiting.emplace(key, rule.calls.size());
    rule.calls.push_back(std::move(made));
}

void Expected::follow(Rule& rule, const LedgerRecord& record) {
    for (const auto& key : shared_keys(record.intake->message, rule.settings->shared)) {
        if (rule.settings->early > Duration{}) rule.last[key] = record.event.at;
        const auto [first, last] = rule.waiting.equal_range(key);
        for (auto each = first; each != last; ++each) {
            auto& call = rule.calls[each->second];
            if (record.event.at <= call.absence.due)
                call.met = true;
            else if (!call.absence.came_late)
                call.absence.came_late = record.event.message;
        }
        rule.waiting.erase(first, last);
    }
}

bool Expected::matches(const pipeline::MessagePattern& pattern, const Message& message) {
    if (!pattern.channels.empty() && !pattern.channels.contains(message.channel)) return false;
    return is_of_type(pattern.types, message.message_type) && (pattern.when.empty() || holds(pattern.when, message));
}

/// A body that was purged, or a condition that fails on it, holds nothing against anybody.
bool Expected::holds(const fhirpath::Expression& condition, const Message& message) {
    if (!body_ || body_->id != message.id) {
        auto stored = read_(message.id);
        if (!stored) return false;
        body_ = std::move(stored->message);
    }
    const auto document = pipeline::decode(body_->body, body_->media_type, {}, configuration_.definitions);
    if (!document) return false;
    pipeline::Facts facts(*body_, body_->received_at, configuration_);
    facts.resolve_within(**document);
    const auto held = condition.test((*document)->root(), facts.environment());
    return held && *held;
}

std::vector<Absence> Expected::finish() {
    std::vector<Absence> found;
    for (const auto& rule : rules_)
        for (const auto& call : rule.calls)
            if (!call.met) found.push_back(call.absence);
    std::stable_sort(found.begin(), found.end(), [](const Absence& a, const Absence& b) { return a.due < b.due; });
    return found;
}

}  // namespace causeway::assurance
