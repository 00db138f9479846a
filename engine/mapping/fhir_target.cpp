#include "mapping/fhir_target.hpp"

#include <algorithm>

namespace causeway::mapping {

FhirTarget::FhirTarget(const Program& program) : program_(program) {
    root_.type = program.root_type;
    root_.body = &json_.object();
    scratch_.body = &json_.object();
    root_.body->set("resourceType", root_.type);
    if (root_.type == "Bundle")
        root_.body->set("type", program.bundle_type.empty() ? "collection" : program.bundle_type);
}

void FhirTarget::enter_round(const void* block, std::int64_t index) {
    rounds_.push_back({block, index});
    round_key_.append("#").append(std::to_string(index));
}

void FhirTarget::leave_round() {
    rounds_.pop_back();
    round_key_.resize(round_key_.rfind('#'));
}

bool FhirTarget::make(const ResourceLine& line, std::string id) {
    auto& same = by_id_[line.type + "/" + id];
    const bool first = same == nullptr;
    if (first && line.type == program_.root_type) {
        same = &root_;
        if (!line.id_from.empty()) root_.body->set("id", id);
        root_.id = std::move(id);
    } else if (first) {
        same = instances_.emplace_back(std::make_unique<Instance>()).get();
        same->type = line.type;
        same->body = &json_.object();
        same->body->set("resourceType", line.type);
        same->body->set("id", id);
        same->id = std::move(id);
    }
    by_key_[key_of(line.name)] = {same, first};
    all_of_[line.name].push_back({same, rounds_});
    return first;
}

void FhirTarget::enter(const ResourceLine& line) {
    auto key = key_of(line.name);
    auto found = by_key_.find(key);
    // Of this round, else of the rounds around it: a block can go on with a resource from outside.
    while (found == by_key_.end() && line.again && key.rfind('#') != std::string::npos)
        found = by_key_.find(key = key.substr(0, key.rfind('#')));
    context_ = {};
    if (found == by_key_.end()) return;
    // What an equal resource wrote already is written once, but its places count as read.
    context_.instance = found->second.writes ? found->second.instance : &scratch_;
    context_.base = context_.instance->body;
}

void FhirTarget::enter_root() {
    context_ = {&root_, root_.body, nullptr};
}

void FhirTarget::open(const Location& location, Inside& inside) {
    auto& object = context_.base->at(location.steps);
    object.set_tentative(true);
    inside = {&object, context_.inside};
    context_.base = &object;
    context_.inside = &inside;
}

JsonValue& FhirTarget::put(const std::vector<Step>& steps, const JsonValue& value, bool content) {
    auto& place = context_.base->at(steps);
    place.take(value);
    if (!content) return place;
    context_.instance->written = true;
    for (auto* inside = context_.inside; inside != nullptr; inside = inside->outer)
        inside->object->set_tentative(false);
    return place;
}

std::vector<const Instance*> FhirTarget::named(const std::string& name) const {
    if (const auto here = by_key_.find(key_of(name)); here != by_key_.end()) return {here->second.instance};
    std::vector<const Instance*> found;
    if (const auto all = all_of_.find(name); all != all_of_.end())
        for (const auto& one : all->second)
            if (!of_another_round(one)) found.push_back(one.instance);
    return found;
}

/// Rounds of one `for` know nothing of each other: an order without a requester must not get that of the one before.
bool FhirTarget::of_another_round(const Named& one) const {
    for (std::size_t i = 0; i < std::min(one.rounds.size(), rounds_.size()); ++i) {
        if (one.rounds[i].block != rounds_[i].block) return false;
        if (one.rounds[i].index != rounds_[i].index) return true;
    }
    return false;
}

bool FhirTarget::anything() const {
    return root_.written ||
           std::any_of(instances_.begin(), instances_.end(), [](const auto& instance) { return instance->written; });
}

std::string FhirTarget::render() {
    if (root_.type == "Bundle") {
        for (const auto& instance : instances_) {
            if (!instance->written) continue;
            auto& entry = json_.object();
            entry.set("fullUrl", instance->full_url());
            entry.put("resource", *instance->body);
            root_.body->append("entry", entry);
        }
    }
    return root_.body->render();
}

std::vector<JsonValue::Shown> FhirTarget::shown() const {
    std::vector<JsonValue::Shown> all;
    root_.body->collect_shown(root_.type, all);
    return all;
}

}  // namespace causeway::mapping
