#include "validation/walker.hpp"

#include <algorithm>

namespace causeway::validation {

using fhir::Element;
using fhir::Record;

Walker::Walker(const Engine& engine, const fhir::Tape& tape, Findings& findings)
    : TerminologyServices(engine),
      definitions_(*engine.definitions),
      names_(engine.names),
      tape_(tape),
      records_(tape.records()),
      findings_(findings),
      index_(tape, engine.names),
      is_json_(tape.encoding() == fhir::Format::json) {
    actives_.reserve(256);
    counts_.reserve(1024);
}

void Walker::run(std::span<const std::string> profiles) {
    for (const auto& finding : tape_.findings()) findings_.add(finding);
    const Plan* base = at(0).is(Record::kResource) ? engine_.plans.type(at(0).type) : nullptr;
    if (base == nullptr) {
        say(0, {Severity::fatal, Issue::structure, "resource-type"},
            [&] { return std::string("Name a resource type of this FHIR version in resourceType."); });
        return;
    }
    actives_.push_back({base, nullptr, 0});
    std::vector<std::string_view> messages;
    for (const auto& url : profiles) {
        const Index structure = definitions_.structure(url);
        const Plan* root = engine_.plans.root(structure);
        if (root == nullptr && is_message_definition(url)) {
            messages.push_back(url);
        } else if (root == nullptr) {
            say(0, {Severity::error, Issue::not_found, "profile-unknown", url},
                [&] { return "Load the profile " + url + ": it is not among the definitions."; });
        } else if (definitions_.structure_at(structure).type != at(0).type) {
            say(0, {Severity::error, Issue::invalid, "profile-type", url},
                [&] { return "Send a resource of the type that the profile " + url + " is about."; });
        } else {
            activate(0, *root);
        }
    }
    visit_resource(0, 0);
    check_ids();
    const auto own = own_definition();
    if (!own.empty() && std::find(messages.begin(), messages.end(), own) == messages.end()) messages.push_back(own);
    for (const auto url : messages) check_message(0, url);
}

bool Walker::conforms(Id record, const Plan& root) {
    const auto key = (static_cast<std::uint64_t>(record) << 32) | root.element;
    const auto [known, is_new] = conforms_.try_emplace(key, true);
    if (!is_new) return known->second;
    const auto before = quiet_errors_;
    const auto begin = actives_.size();
    ++quiet_;
    actives_.push_back({&root, nullptr, 0});
    if (at(record).is(Record::kResource))
        visit_resource(record, begin);
    else
        visit(record, begin);
    actives_.resize(begin);
    --quiet_;
    const bool ok = quiet_errors_ == before;
    quiet_errors_ = before;
    conforms_[key] = ok;
    return ok;
}

void Walker::activate(std::size_t begin, const Plan& own) {
    for (auto i = begin; i < actives_.size(); ++i)
        if (actives_[i].own == &own) return;
    actives_.push_back({&own, nullptr, 0});
}

/// Children that another definition of the run has already are not walked twice.
void Walker::set_content(std::size_t begin, std::size_t at, const Plan* content) {
    for (auto i = begin; i < at; ++i)
        if (actives_[i].content == content) return;
    actives_[at].content = content;
}

const Plan* Walker::content_of(const Plan& own, Id record) const {
    const auto& here = at(record);
    if (own.content != nullptr) return own.content;
    if (own.content_reference != 0) return engine_.plans.element(own.content_reference).content;
    if (own.definition->parent == 0 && own.definition->name == 0) return &own;
    return engine_.plans.type(here.type);
}

void Walker::expand(Id record, std::size_t begin) {
    const auto type = at(record).type;
    for (auto i = begin; i < actives_.size(); ++i) {
        const Plan& own = *actives_[i].own;
        if (own.definition->types.count != 0) apply_type_profiles(record, begin, own);
    }
    if (type == names_.extension_type) apply_extension(record, begin);
    for (auto i = begin; i < actives_.size(); ++i) set_content(begin, i, content_of(*actives_[i].own, record));
}

void Walker::apply_type_profiles(Id record, std::size_t begin, const Plan& own) {
    const auto type_name = at(record).type;
    for (const auto& type : definitions_.types(own.definition->types)) {
        if (type.profiles.count == 0) continue;
        if (type.code != type_name && !definitions_.derives(definitions_.type_of_name(type_name), type.structure))
            continue;
        const auto profiles = definitions_.canonicals(type.profiles);
        if (profiles.size() == 1) {
            const Plan* root = engine_.plans.of(profiles.front());
            if (root != nullptr) {
                activate(begin, *root);
            } else if (type_name != names_.extension_type) {
                const auto url = definitions_.text(profiles.front().url);
                say(record, {Severity::error, Issue::not_found, "profile-unknown", profile_of(own)}, [&] {
                    return "Load the profile " + std::string(url) + ": without it this element cannot be checked.";
                });
            }
            continue;
        }
        bool is_met = false;
        bool is_known = false;
        for (const auto& profile : profiles) {
            const Plan* root = engine_.plans.of(profile);
            if (root == nullptr) continue;
            is_known = true;
            is_met = is_met || conforms(record, *root);
        }
        if (is_known && !is_met)
            say(record, {Severity::error, Issue::structure, "type-profile", profile_of(own)}, [&] {
                std::string all = "Meet one of the profiles that are allowed here:";
                for (const auto& profile : profiles) all.append(" ").append(definitions_.text(profile.url));
                return all + ".";
            });
    }
}

void Walker::apply_claimed_profiles(Id record, std::size_t begin) {
    const Id meta = child(record, names_.meta);
    if (meta == 0) return;
    for (Id i = tape_.first_child(meta); i != 0; i = at(i).next) {
        if (at(i).name != names_.profile || at(i).kind != tree::Kind::text) continue;
        const auto url = text(i);
        const Index structure = definitions_.structure(url);
        const Plan* root = engine_.plans.root(structure);
        if (root == nullptr) {
            say(i, {Severity::warning, Issue::not_found, "profile-unknown"},
                [&] { return "Load the profile " + std::string(url) + ", or nothing of it can be checked."; });
        } else if (definitions_.structure_at(structure).type != at(record).type &&
                   !definitions_.derives(definitions_.type_of_name(at(record).type), structure)) {
            say(i, {Severity::error, Issue::invalid, "profile-type", url}, [&] {
                return "Claim only profiles of this type of resource: " + std::string(url) + " is about another.";
            });
        } else {
            activate(begin, *root);
        }
    }
}

/// Profiles that the configuration names; a contained resource is a part of the one around it.
void Walker::apply_configured_profiles(Id record, std::size_t begin) {
    if (at(record).name == names_.contained) return;
    for (const auto structure : engine_.profiles)
        if (definitions_.structure_at(structure).type == at(record).type)
            if (const Plan* root = engine_.plans.root(structure)) activate(begin, *root);
}

void Walker::visit_resource(Id record, std::size_t begin) {
    apply_claimed_profiles(record, begin);
    if (!engine_.profiles.empty() && !is_quiet()) apply_configured_profiles(record, begin);
    visit(record, begin);
    if (!is_quiet()) check_resource(record);
}

void Walker::visit(Id record, std::size_t begin) {
    const auto& here = at(record);
    const bool primitive = is_primitive(here);
    for (auto i = begin; i < actives_.size(); ++i) {
        const Plan& own = *actives_[i].own;
        if (i != begin && own.definition->types.count != 0) check_types(record, own);
        if (own.has_own_checks) check_value(record, own);
    }
    if (primitive && here.kind != tree::Kind::none && here.kind != tree::Kind::object)
        check_primitive_value(record, engine_.plans.primitive(here.type));
    const bool has_children = !primitive || here.extra != 0 || here.is(Record::kExtra);
    if (has_children) expand(record, begin);
    const auto end = actives_.size();
    if (has_children) visit_children(record, begin, end);
    if (!primitive) check_type_rules(record, begin, end);
    if (engine_.options.invariants) check_constraints(record, begin, end);
}

void Walker::visit_children(Id record, std::size_t begin, std::size_t end) {
    const auto counts = counts_.size();
    auto needed = counts;
    for (auto i = begin; i < end; ++i) {
        if (actives_[i].content == nullptr) continue;
        actives_[i].counts = static_cast<std::uint32_t>(needed);
        needed += actives_[i].content->slots;
    }
    counts_.resize(needed, 0);
    const bool primitive = is_primitive(at(record));
    for (Id i = tape_.first_child(record); i != 0; i = at(i).next) {
        if (!at(i).is_shown()) continue;
        const bool is_value_of_primitive = primitive && at(i).name == names_.value;
        if (at(i).element == 0 || is_value_of_primitive)
            unknown_child(i);
        else
            visit_child(i, definitions_.element(at(i).element), begin, end);
    }
    for (auto i = begin; i < end; ++i)
        if (actives_[i].content != nullptr) check_counts(record, actives_[i]);
    counts_.resize(counts);
}

void Walker::visit_child(Id child, const Element& element, std::size_t begin, std::size_t end) {
    const auto below = actives_.size();
    if (!engine_.options.contained && at(child).name == names_.contained) return;
    const bool is_formed = !is_json_ || check_form(child, element);
    if (at(child).name == names_.id && !is_quiet()) ids_.push_back(child);
    for (auto i = begin; i < end; ++i) {
        const Plan* content = actives_[i].content;
        if (content == nullptr) continue;
        const Plan* plan = content->child(element);
        if (plan == nullptr) continue;
        const auto first = actives_[i].counts;
        ++counts_[first + plan->slot];
        activate(below, *plan);
        if (!plan->all_slices.empty()) match_slices(child, *plan, first);
    }
    if (actives_.size() == below) {
        unknown_child(child);
        return;
    }
    if (!is_formed) {
        actives_.resize(below);
        return;
    }
    if (at(child).is(Record::kResource) && element.is(Element::kResourceSlot))
        visit_resource(child, below);
    else
        visit(child, below);
    actives_.resize(below);
}

void Walker::check_counts(Id record, const Active& active) {
    const auto* counts = counts_.data() + active.counts;
    for (const Plan* plan : active.content->required) {
        const auto& definition = *plan->definition;
        const auto count = counts[plan->slot];
        if (count >= definition.min) continue;
        if (definition.is(Element::kSlice) && definition.parent == 0) continue;
        say(record, {Severity::error, Issue::required, "cardinality-min", profile_of(*plan)}, [&] {
            std::string what = "Add ";
            what.append(definitions_.name_text(definition.name));
            if (definition.slice_name != 0) what.append(":").append(definitions_.name_text(definition.slice_name));
            what += ": at least " + std::to_string(definition.min) + " needed, " + std::to_string(count) + " found.";
            return what;
        });
    }
    for (const Plan* plan : active.content->limited) {
        const auto& definition = *plan->definition;
        const auto count = counts[plan->slot];
        if (count <= definition.max) continue;
        say(record, {Severity::error, Issue::structure, "cardinality-max", profile_of(*plan)}, [&] {
            std::string what = definition.max == 0 ? "Take away " : "Send fewer of ";
            what.append(definitions_.name_text(definition.name));
            if (definition.slice_name != 0) what.append(":").append(definitions_.name_text(definition.slice_name));
            what += ": at most " + std::to_string(definition.max) + " allowed, " + std::to_string(count) + " found.";
            return what;
        });
    }
}

Walker::Id Walker::child(Id record, Index name) const noexcept {
    for (Id i = tape_.first_child(record); i != 0; i = at(i).next)
        if (at(i).name == name && at(i).is_shown()) return i;
    return 0;
}

std::string_view Walker::child_text(Id record, Index name) const {
    const Id found = child(record, name);
    return found == 0 ? std::string_view() : text(found);
}

std::string_view Walker::profile_of(const Plan& plan) const {
    const auto& structure = definitions_.structure_at(plan.structure);
    return structure.is_profile ? definitions_.text(structure.url) : std::string_view();
}

}  // namespace causeway::validation
