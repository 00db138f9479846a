#include "fhir/definitions/terminology.hpp"

#include <algorithm>
#include <cctype>

#include "fhir/definitions/canonical.hpp"
#include "fhir/definitions/filters.hpp"

namespace causeway::fhir {
namespace {

constexpr std::string_view kTooCostly = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly";
constexpr std::string_view kUnclosed = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed";

/// Some say "complete" of what they add to another system.
bool is_supplement(const Json& system) {
    return system("content") == "supplement" || system.has("supplements");
}

/// The first parent of each code that does not lead back to it; itself where there is none.
std::vector<std::size_t> tree_of(const CodeGraph& graph) {
    std::vector<std::size_t> parents(graph.nodes().size());
    for (std::size_t i = 0; i < parents.size(); ++i) parents[i] = i;
    const auto leads_to = [&](std::size_t from, std::size_t to) {
        while (from != to && parents[from] != from) from = parents[from];
        return from == to;
    };
    for (std::size_t i = 0; i < parents.size(); ++i)
        for (const auto parent : graph.nodes()[i].parents)
            if (parents[i] == i && !leads_to(parent, i)) parents[i] = parent;
    return parents;
}

std::string folded(std::string_view code) {
    std::string lower(code);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower;
}

std::size_t listed(const Json& contains, CodeSet& out) {
    std::size_t count = 0;
    for (const auto& item : contains) {
        const auto& entry = *item.value;
        ++count;
        if (entry.has("code") && !entry["abstract"].is_true())
            out.listed[entry("system")].emplace(entry("code"), entry("display"));
        count += listed(entry["contains"], out);
    }
    return count;
}

struct Expansion {
    CodeSet codes;
    bool is_given = false;
    bool is_whole = false;  // Says that it leaves nothing out.
};

Expansion read_expansion(const Json& definition) {
    Expansion expansion;
    const auto& json = definition["expansion"];
    if (!json) return expansion;
    expansion.is_given = true;
    const auto count = listed(json["contains"], expansion.codes);
    const auto total = json("total");
    const bool is_paged = !total.empty() && total != std::to_string(count);
    expansion.is_whole = !is_paged && !extension(json, kTooCostly).is_true() && !extension(json, kUnclosed).is_true();
    return expansion;
}

}  // namespace

void Terminology::write() {
    for (const auto* definition : code_systems_) {
        if (!is_supplement(*definition))
            graphs_[std::string((*definition)("url"))] = std::make_unique<CodeGraph>(*definition);
        write_code_system(*definition);
    }
    merge_expansions();
    for (const auto* definition : value_sets_) {
        jobs_.push_back(std::make_unique<Job>());
        jobs_.back()->definition = definition;
        by_url_[std::string((*definition)("url"))].push_back(jobs_.back().get());
    }
    reopen_base();
    for (auto& job : jobs_) compute(*job);
    for (auto& job : jobs_) {
        Index replaced = 0;
        for (const auto& [index, reopened] : reopened_)
            if (reopened == job.get()) replaced = index;
        write_value_set(*job->definition, job->codes, replaced);
    }
}

void Terminology::write_code_system(const Json& definition) {
    CodeSystem system;
    system.url = b_.text(definition("url"));
    system.version = b_.text(definition("version"));
    const auto content = is_supplement(definition) ? "supplement" : definition("content");
    system.content = content == "complete"     ? CodeSystem::Content::complete
                     : content == "fragment"   ? CodeSystem::Content::fragment
                     : content == "example"    ? CodeSystem::Content::example
                     : content == "supplement" ? CodeSystem::Content::supplement
                                               : CodeSystem::Content::not_present;
    const auto& case_sensitive = definition["caseSensitive"];
    system.is_case_sensitive = !case_sensitive || case_sensitive.is_true();
    const CodeGraph graph(definition);
    std::vector<std::size_t> order(graph.nodes().size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto key = [&](std::size_t i) {
        const auto code = graph.nodes()[i].code;
        return system.is_case_sensitive ? std::string(code) : folded(code);
    };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });
    const auto first = static_cast<Index>(b_.t.concepts.size());
    std::vector<Index> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = first + static_cast<Index>(i);
    const auto parents = tree_of(graph);
    for (const auto i : order) {
        const auto& node = graph.nodes()[i];
        Concept made;
        made.code = b_.text(node.code);
        made.display = b_.text(node.display);
        made.parent = parents[i] == i ? 0 : place[parents[i]];
        made.is_abstract = node.is_abstract;
        made.is_inactive = node.is_inactive;
        b_.t.concepts.push_back(made);
    }
    system.concepts = {first, static_cast<std::uint32_t>(order.size())};
    b_.t.code_systems.push_back(system);
    b_.t.code_system_sources.push_back(b_.keep(definition));
}

// A value set may come twice, as its definition and with its expansion: one record of both.
void Terminology::merge_expansions() {
    std::map<std::string, std::size_t> held;
    std::vector<const Json*> merged;
    for (const auto* definition : value_sets_) {
        const auto key = std::string((*definition)("url")) + "|" + std::string((*definition)("version"));
        const auto [found, is_new] = held.try_emplace(key, merged.size());
        if (is_new) {
            merged.push_back(definition);
            continue;
        }
        auto& other = merged[found->second];
        const auto* with = definition->has("expansion") ? definition : other;
        const auto* without = with == definition ? other : definition;
        if (with->has("expansion") && !without->has("expansion")) {
            auto* both = arena_.copy(*without);
            both->set("expansion", &(*with)["expansion"]);
            if (!both->has("compose") && with->has("compose")) both->set("compose", &(*with)["compose"]);
            other = both;
        } else {
            other = definition;  // The last one counts.
        }
    }
    value_sets_ = std::move(merged);
}

// What was not known when the base was made may be known now.
void Terminology::reopen_base() {
    if (!base_ || (value_sets_.empty() && code_systems_.empty())) return;
    std::set<Index> given;
    for (const auto* definition : code_systems_) given.insert(base_->name((*definition)("url")));
    const auto names_any = [&](Range systems, const std::set<Index>& names) {
        const auto list = base_->systems(systems);
        return std::any_of(list.begin(), list.end(), [&](Index system) { return names.contains(system); });
    };
    for (Index i = 1; i < base_->tables().value_sets.size(); ++i) {
        const auto& set = base_->value_set_at(i);
        if (!set.is_open && !names_any(set.open_systems, given) && !names_any(set.whole_systems, given)) continue;
        const auto* definition = parse_base(base_->value_set_json(i));
        if (!definition) continue;
        jobs_.push_back(std::make_unique<Job>());
        jobs_.back()->definition = definition;
        reopened_.emplace_back(i, jobs_.back().get());
        auto& named = by_url_[std::string(base_->text(set.url))];
        if (named.empty()) named.push_back(jobs_.back().get());
    }
}

void Terminology::write_value_set(const Json& definition, const CodeSet& codes, Index replaced) {
    ValueSet set;
    set.url = b_.text(definition("url"));
    set.version = b_.text(definition("version"));
    set.title = b_.text(definition.has("title") ? definition("title") : definition("name"));
    set.is_open = codes.is_open;
    const auto first = static_cast<Index>(b_.t.members.size());
    for (const auto& [system, entries] : codes.listed)
        for (const auto& [code, display] : entries)
            b_.t.members.push_back({b_.name(system), b_.text(code), b_.text(display)});
    set.members = {first, static_cast<std::uint32_t>(b_.t.members.size()) - first};
    // By number of the system: that is how members are looked up.
    std::stable_sort(b_.t.members.begin() + first, b_.t.members.end(),
                     [](const Member& a, const Member& b) { return a.system < b.system; });
    const auto keep = [&](const std::set<std::string_view>& systems) {
        const Range range{static_cast<Index>(b_.t.systems.size()), static_cast<std::uint32_t>(systems.size())};
        for (const auto system : systems) b_.t.systems.push_back(b_.name(system));
        return range;
    };
    set.whole_systems = keep(codes.whole);
    set.open_systems = keep(codes.open);
    if (replaced != 0) {
        b_.t.value_sets[replaced] = set;
        return;
    }
    b_.t.value_sets.push_back(set);
    b_.t.value_set_sources.push_back(b_.keep(definition));
}

const CodeSet& Terminology::compute(Job& job) {
    if (job.state == Job::State::done) return job.codes;
    if (job.state == Job::State::busy) {
        // Imports in a circle: what this part brings is not known yet.
        static const CodeSet unknown = [] {
            CodeSet set;
            set.is_open = true;
            return set;
        }();
        return unknown;
    }
    job.state = Job::State::busy;
    auto expansion = read_expansion(*job.definition);
    CodeSet codes;
    if (job.definition->has("compose")) {
        codes = from_compose(*job.definition);
        // An expansion tells what a whole system, which is not held, consists of. It may leave out codes that are
        // inactive, which are in the set all the same; so both count.
        if (expansion.is_given && expansion.is_whole)
            std::erase_if(codes.whole, [&](const auto system) { return expansion.codes.listed.contains(system); });
    } else {
        codes.is_open = !expansion.is_given || !expansion.is_whole;
    }
    codes.unite(expansion.codes);
    job.codes = std::move(codes);
    job.state = Job::State::done;
    return job.codes;
}

CodeSet Terminology::from_compose(const Json& definition) {
    const auto& compose = definition["compose"];
    const auto& inactive = compose["inactive"];
    const bool wants_inactive = !inactive || inactive.is_true();
    CodeSet codes;
    for (const auto& item : compose["include"]) codes.unite(from_include(*item.value, wants_inactive));
    for (const auto& item : compose["exclude"]) codes.subtract(from_include(*item.value, true));
    return codes;
}

// System, codes and filters select; value sets select from that, and all of them together.
CodeSet Terminology::from_include(const Json& include, bool wants_inactive) {
    const auto system = include("system");
    CodeSet codes;
    bool has_part = !system.empty();
    if (include.has("concept")) {
        for (const auto& item : include["concept"])
            codes.listed[system].emplace((*item.value)("code"), (*item.value)("display"));
    } else if (!system.empty()) {
        const auto version = include("version");
        const auto* held =
            graph(version.empty() ? std::string(system) : std::string(system) + "|" + std::string(version));
        if (held && (held->is_complete() || held->system()("content") == "fragment")) {
            filter(*held, include, wants_inactive, codes);
            if (!held->is_complete()) codes.open.insert(system);
        } else {
            (include.has("filter") ? codes.open : codes.whole).insert(system);
        }
    }
    for (const auto& item : include["valueSet"]) {
        CodeSet unknown;
        unknown.is_open = true;
        const auto* import = imported(item.value->text);
        if (!import) import = &unknown;
        if (std::exchange(has_part, true)) {
            codes.intersect(*import);
        } else {
            codes = *import;
        }
    }
    return codes;
}

void Terminology::filter(const CodeGraph& graph, const Json& include, bool wants_inactive, CodeSet& out) {
    const auto system = include("system");
    std::vector<bool> selected(graph.nodes().size(), true);
    for (const auto& item : include["filter"]) {
        const auto passed = apply_filter(graph, *item.value);
        if (!passed) {
            out.open.insert(system);
            return;
        }
        for (std::size_t i = 0; i < selected.size(); ++i) selected[i] = selected[i] && (*passed)[i];
    }
    auto& list = out.listed[system];
    for (std::size_t i = 0; i < selected.size(); ++i) {
        const auto& node = graph.nodes()[i];
        if (selected[i] && !node.is_abstract && (wants_inactive || !node.is_inactive))
            list.emplace(node.code, node.display);
    }
}

const CodeSet* Terminology::imported(std::string_view canonical) {
    const auto wanted = split_canonical(canonical);
    if (const auto found = by_url_.find(wanted.url); found != by_url_.end()) {
        Job* best = nullptr;
        for (auto* job : found->second) {
            const auto version = (*job->definition)("version");
            if (!wanted.version.empty() && !names_version(wanted.version, version)) continue;
            if (!best || !is_older(version, (*best->definition)("version"))) best = job;
        }
        if (best) return &compute(*best);
    }
    const auto index = base_ ? base_->value_set(canonical) : 0;
    if (index == 0) return nullptr;
    const auto [found, is_new] = base_sets_.try_emplace(std::string(canonical));
    if (!is_new) return &found->second;
    const auto& set = base_->value_set_at(index);
    for (const auto& member : base_->members(set.members))
        found->second.listed[base_->name_text(member.system)].emplace(base_->text(member.code),
                                                                      base_->text(member.display));
    for (const auto system : base_->systems(set.whole_systems)) found->second.whole.insert(base_->name_text(system));
    for (const auto system : base_->systems(set.open_systems)) found->second.open.insert(base_->name_text(system));
    found->second.is_open = set.is_open != 0;
    return &found->second;
}

const CodeGraph* Terminology::graph(std::string_view canonical) {
    const auto wanted = split_canonical(canonical);
    if (const auto found = graphs_.find(wanted.url); found != graphs_.end()) return found->second.get();
    const auto index = base_ ? base_->code_system(wanted.url) : 0;
    if (index == 0) return nullptr;
    const auto* definition = parse_base(base_->code_system_json(index));
    if (!definition) return nullptr;
    return graphs_.emplace(wanted.url, std::make_unique<CodeGraph>(*definition)).first->second.get();
}

const Json* Terminology::parse_base(const std::string& json) {
    const auto parsed = arena_.parse(json);
    return parsed ? *parsed : nullptr;
}

}  // namespace causeway::fhir
