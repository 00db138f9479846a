// Invariants: the hottest by hand, the others by FHIRPath.
#include <algorithm>

#include <unordered_set>
#include <utility>

#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Record;

namespace {

bool is_root(const Plan& plan) {
    return plan.definition->parent == 0 && plan.definition->name == 0;
}

/// Where links and images of a narrative lead inside the document: "#id".
void add_links(std::string_view div, std::unordered_set<std::string_view>& ids) {
    for (auto begin = div.find("\"#"); begin != std::string_view::npos; begin = div.find("\"#", begin + 1)) {
        const auto id = begin + 2;
        ids.insert(div.substr(id, div.find('"', id) - id));
    }
}

}  // namespace

void Walker::check_constraints(Id record, std::size_t begin, std::size_t end) {
    std::uint32_t hand = 0;
    const auto is_said_before = [&](std::size_t i, Index constraint) {
        const auto holds = [&](const Plan* plan) {
            return plan != nullptr &&
                   std::find(plan->constraints.begin(), plan->constraints.end(), constraint) != plan->constraints.end();
        };
        for (auto k = begin; k < i; ++k) {
            const auto& active = actives_[k];
            if (holds(active.own) || (active.content && is_root(*active.content) && holds(active.content))) return true;
        }
        return false;
    };
    const bool is_resource = at(record).is(Record::kResource);
    const auto run = [&](std::size_t i, const Plan& plan) {
        // What is said of the slot of a resource is said from outside.
        const Id from = is_resource && record != 0 && !is_root(plan) ? at(record).parent : record;
        hand = static_cast<std::uint32_t>(hand | plan.hand);
        for (const Index constraint : plan.constraints)
            if (!is_said_before(i, constraint)) check_constraint(record, constraint, from);
    };
    for (auto i = begin; i < end; ++i) {
        const Active active = actives_[i];
        run(i, *active.own);
        if (active.content != nullptr && active.content != active.own && is_root(*active.content))
            run(i, *active.content);
    }
    if (hand != 0) check_by_hand(record, hand);
}

void Walker::check_constraint(Id record, Index index, Id from) {
    const auto& constraint = definitions_.constraint_at(index);
    const bool warns = constraint.is_warning || constraint.is_best_practice;
    if (is_quiet() && warns) return;
    if (constraint.is_best_practice && !engine_.options.best_practice) return;
    const auto& invariant = engine_.invariants.at(index);
    const auto key = definitions_.text(constraint.key);
    const auto source = definitions_.text(constraint.source);
    if (!invariant.mistake.empty()) {
        say(0, {Severity::warning, Issue::processing, key, source},
            [&] { return "Correct the expression of this rule in its profile: " + invariant.mistake; });
        return;
    }
    const auto& environment = environment_of(from);
    const auto result = invariant.expression.test(tape_.node(record), environment);
    if (result && result.value()) return;
    if (!result) {
        say(record, {Severity::warning, Issue::processing, key, source},
            [&] { return "This rule could not be checked: " + result.error().what; });
        return;
    }
    say(record, {warns ? Severity::warning : Severity::error, Issue::invariant, key, source},
        [&] { return std::string(definitions_.text(constraint.human)); });
}

void Walker::fail_constraint(Id record, std::string_view key, std::string_view human, Severity severity) {
    say(record, {severity, Issue::invariant, key}, [&] { return std::string(human); });
}

void Walker::check_by_hand(Id record, std::uint32_t hand) {
    const auto& here = at(record);
    if ((hand & kEle1) != 0 && here.kind == tree::Kind::object) {
        bool has_content = false;
        for (Id i = tape_.first_child(record); i != 0 && !has_content; i = at(i).next)
            has_content = at(i).is_shown() && at(i).name != names_.id;
        if (!has_content && !here.is(Record::kEmpty) && !here.is(Record::kResource))
            fail_constraint(record, "ele-1", "Give the element a value or children, or leave it out.", Severity::error);
    }
    if ((hand & kExt1) != 0 && here.type == names_.extension_type) {
        const bool has_value = child(record, names_.value) != 0;
        const bool has_extension = child(record, names_.extension) != 0;
        if (has_value == has_extension)
            fail_constraint(record, "ext-1", "Give the extension either a value or extensions, not both.",
                            Severity::error);
    }
    if ((hand & (kDom2 | kDom3 | kDom4 | kDom5)) != 0) check_contained(record, hand);
    if ((hand & kDom6) != 0 && engine_.options.best_practice && !is_quiet()) {
        const Id narrative = child(record, names_.text);
        if (narrative == 0 || child(narrative, names_.div) == 0)
            fail_constraint(record, "dom-6", "Give the resource a narrative (best practice).", Severity::warning);
    }
    if ((hand & (kTxt1 | kTxt2)) != 0) check_narrative(record, hand);
    if ((hand & kRef1) != 0) check_fragment(record);
    if ((hand & kBdl7) != 0) check_full_urls(record);
    if ((hand & kBdl3) != 0) check_request_use(record);
    if ((hand & kBdl8) != 0 && child_text(record, names_.full_url).find("/_history/") != std::string_view::npos)
        fail_constraint(record, "bdl-8", "Write fullUrl without a version (/_history/).", Severity::error);
    if ((hand & kQty3) != 0 && child(record, names_.code) != 0 && child(record, names_.system) == 0)
        fail_constraint(record, "qty-3", "Give the system of the unit beside its code.", Severity::error);
}

/// bdl-3 and bdl-4: request and response stand in the types of Bundle that have them, there in each entry.
void Walker::check_request_use(Id bundle) {
    const auto type = child_text(bundle, names_.type);
    const bool wants_request = type == "batch" || type == "transaction" || type == "history";
    const bool wants_response = type == "batch-response" || type == "transaction-response" || type == "history";
    bool request_fails = false;
    bool response_fails = false;
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next) {
        if (at(i).name != names_.entry || !at(i).is_shown()) continue;
        request_fails = request_fails || (child(i, names_.request) != 0) != wants_request;
        response_fails = response_fails || (child(i, names_.response) != 0) != wants_response;
    }
    if (request_fails)
        fail_constraint(bundle, "bdl-3",
                        wants_request ? "Give each entry its request." : "Take request out: this Bundle has none.",
                        Severity::error);
    if (response_fails)
        fail_constraint(bundle, "bdl-4",
                        wants_response ? "Give each entry its response." : "Take response out: this Bundle has none.",
                        Severity::error);
}

void Walker::check_narrative(Id record, std::uint32_t hand) {
    const auto div = text(record);
    if (div.empty()) return;
    const auto read = read_xhtml(div);
    bool is_allowed = true;
    for (const auto& mistake : read.mistakes) {
        if (mistake.kind == XhtmlMistake::Kind::link || mistake.kind == XhtmlMistake::Kind::remark) {
            const bool is_link = mistake.kind == XhtmlMistake::Kind::link;
            say(record, {is_link ? Severity::error : Severity::warning, Issue::invalid, "narrative-link"},
                [&] { return mistake.advice; });
        } else if (std::exchange(is_allowed, false) && (hand & kTxt1) != 0) {
            fail_constraint(record, "txt-1", mistake.advice, Severity::error);
        }
    }
    if (is_allowed && (hand & kTxt2) != 0 && !read.has_content)
        fail_constraint(record, "txt-2", "Give the narrative content that is not only white space.", Severity::error);
    check_narrative_targets(record, read);
}

/// Links within the narrative lead to an id in it, or to an element or a contained resource of its resource.
void Walker::check_narrative_targets(Id record, const Xhtml& read) {
    std::unordered_set<std::string_view> missing(read.targets.begin(), read.targets.end());
    for (const auto id : read.ids) missing.erase(id);
    if (missing.empty() || is_quiet()) return;
    const auto& ids = index_.ids(container_of(record));
    std::erase_if(missing, [&](std::string_view target) { return ids.contains(target); });
    for (const auto target : read.targets) {
        if (missing.erase(target) == 0) continue;
        say(record, {Severity::error, Issue::not_found, "narrative-target"}, [&] {
            return "Let the link #" + std::string(target.substr(0, 64)) +
                   " lead to an id in the narrative or the resource, or take it out.";
        });
    }
}

void Walker::check_narrative_control(Id record, const Plan& own) {
    const auto div = child_text(record, names_.div);
    if (div.empty()) return;
    const auto language = child_text(resource_of(record), names_.language);
    for (const auto& advice : validation::check_narrative_control(*own.extras->narrative, read_xhtml(div), language))
        say(record, {Severity::error, Issue::invalid, "narrative-control", profile_of(own)}, [&] { return advice; });
}

void Walker::check_contained(Id record, std::uint32_t hand) {
    if (!engine_.options.contained) return;
    bool any = false;
    for (Id i = tape_.first_child(record); i != 0; i = at(i).next) {
        if (at(i).name != names_.contained || !at(i).is_shown()) continue;
        any = true;
        if ((hand & kDom2) != 0 && child(i, names_.contained) != 0)
            fail_constraint(record, "dom-2", "Take contained resources out of contained resources.", Severity::error);
        const Id meta = child(i, names_.meta);
        if (meta == 0) continue;
        if ((hand & kDom4) != 0 && (child(meta, names_.version_id) != 0 || child(meta, names_.last_updated) != 0))
            fail_constraint(record, "dom-4", "Take versionId and lastUpdated out of contained resources.",
                            Severity::error);
        if ((hand & kDom5) != 0 && child(meta, names_.security) != 0)
            fail_constraint(record, "dom-5", "Take security labels out of contained resources.", Severity::error);
    }
    if (any && (hand & kDom3) != 0) check_contained_use(record);
}

/// dom-3: each contained resource is referred to from the resource around it, or refers to that.
void Walker::check_contained_use(Id record) {
    std::vector<Id> contained;
    for (Id i = tape_.first_child(record); i != 0; i = at(i).next)
        if (at(i).name == names_.contained && at(i).is_shown()) contained.push_back(i);
    std::unordered_set<std::string_view> used;  // Ids.
    std::unordered_set<Id> refers;              // Contained resources that refer to the one around them.
    const Id last = end_of(record);
    for (Id i = record + 1; i < last; ++i) {
        const auto& here = at(i);
        if (here.kind != tree::Kind::text || here.length < 1) continue;
        const auto value = text(i);
        if (here.name == names_.div) {
            add_links(value, used);
        } else if (value == "#") {
            const auto behind = std::upper_bound(contained.begin(), contained.end(), i);
            if (behind != contained.begin() && i < end_of(*(behind - 1))) refers.insert(*(behind - 1));
        } else if (value.front() == '#') {
            used.insert(value.substr(1));
        }
    }
    for (const Id each : contained) {
        if (refers.contains(each) || used.contains(child_text(each, names_.id))) continue;
        fail_constraint(record, "dom-3", "Refer to each contained resource from the resource around it.",
                        Severity::error);
        return;
    }
}

}  // namespace causeway::validation
