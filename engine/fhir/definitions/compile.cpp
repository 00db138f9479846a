#include "fhir/definitions/compile.hpp"

#include <algorithm>
#include <map>

#include "fhir/definitions/builder.hpp"
#include "fhir/definitions/canonical.hpp"
#include "fhir/definitions/choice_paths.hpp"
#include "fhir/definitions/snapshot.hpp"
#include "fhir/definitions/terminology.hpp"

namespace causeway::fhir {
namespace {

// What people read about an element; validation needs none of it, and it is most of a definition.
constexpr std::string_view kForPeople[] = {
    "mapping",          "definition",         "comment",      "requirements", "alias",
    "isModifierReason", "meaningWhenMissing", "orderMeaning", "example",      "condition"};

/// A definition without its narrative and, for a StructureDefinition, what is for people.
const Json* slim(JsonArena& arena, const Json& definition) {
    auto* copy = arena.copy(definition);
    copy->remove("text");
    if (definition("resourceType") != "StructureDefinition") return copy;
    for (const auto name : {"mapping", "contact", "keyword", "contained"}) copy->remove(name);
    if (!definition.has("snapshot")) return copy;
    auto* elements = arena.make(Json::Kind::array);
    for (const auto& item : definition["snapshot"]["element"]) {
        auto* element = arena.copy(*item.value);
        for (const auto name : kForPeople) element->remove(name);
        elements->push(element);
    }
    auto* snapshot = arena.make(Json::Kind::object);
    snapshot->set("element", elements);
    copy->set("snapshot", snapshot);
    return copy;
}

/// Definitions with snapshots: those that are being compiled, made where they have none, and those of the base.
class SnapshotLibrary {
public:
    SnapshotLibrary(const Definitions* base, JsonArena& arena, std::vector<DefinitionIssue>& issues)
        : base_(base), arena_(arena), issues_(issues) {}

    /// Returns false for a definition that was added before: the first one counts.
    bool add(const Json& definition) {
        const auto key = std::string(definition("url")) + "|" + std::string(definition("version"));
        if (!held_.try_emplace(key, entries_.size()).second) return false;
        entries_.push_back({&definition, nullptr, false});
        by_url_[std::string(definition("url"))].push_back(entries_.size() - 1);
        return true;
    }

    std::size_t size() const noexcept { return entries_.size(); }

    /// Never null: without a snapshot where none could be made.
    const Json* complete(std::size_t index) {
        auto& entry = entries_[index];
        if (entry.complete) return entry.complete;
        if (entry.given->has("snapshot")) return entry.complete = with_choice_paths(*entry.given, arena_);
        entry.is_busy = true;
        const auto made = make_snapshot(
            *entry.given, [this](std::string_view url) { return find(url); }, arena_, issues_);
        auto& same = entries_[index];
        same.is_busy = false;
        if (!made) issues_.push_back({made.error().where, made.error().what, true});
        return same.complete = made ? *made : same.given;
    }

    const Json* find(std::string_view canonical) {
        const auto wanted = split_canonical(canonical);
        if (const auto found = by_url_.find(wanted.url); found != by_url_.end()) {
            const std::size_t* best = nullptr;
            for (const auto& index : found->second) {
                const auto version = (*entries_[index].given)("version");
                if (!wanted.version.empty() && !names_version(wanted.version, version)) continue;
                if (!best || is_older((*entries_[*best].given)("version"), version)) best = &index;
            }
            if (best) {
                const auto* made = entries_[*best].is_busy ? nullptr : complete(*best);
                return made && made->has("snapshot") ? made : nullptr;
            }
        }
        return from_base(canonical);
    }

private:
    struct Entry {
        const Json* given = nullptr;
        const Json* complete = nullptr;
        bool is_busy = false;
    };

    const Json* from_base(std::string_view canonical) {
        const auto index = base_ ? base_->structure(canonical) : 0;
        if (index == 0) return nullptr;
        auto& parsed = parsed_[index];
        if (!parsed) {
            const auto json = arena_.parse(base_->structure_json(index));
            if (json) parsed = *json;
        }
        return parsed;
    }

    const Definitions* base_;
    JsonArena& arena_;
    std::vector<DefinitionIssue>& issues_;
    std::vector<Entry> entries_;
    std::map<std::string, std::size_t> held_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_url_;
    std::map<Index, const Json*> parsed_;
};

class Compiler {
public:
    Compiler(Builder& builder, const Definitions* base)
        : builder_(builder), library_(base, arena_, issues_), terminology_(builder, base) {}

    std::vector<DefinitionIssue> add(const Documents& documents) {
        for (const auto& item : documents.items()) add(*item.json, item.origin);
        for (std::size_t i = 0; i < library_.size(); ++i) builder_.add_structure(*slim(arena_, *library_.complete(i)));
        terminology_.write();
        issues_.insert(issues_.end(), documents.issues().begin(), documents.issues().end());
        return std::move(issues_);
    }

private:
    void add(const Json& definition, const std::string& origin) {
        const auto type = definition("resourceType");
        if (type == "StructureDefinition") {
            add_structure(definition, origin);
        } else if (type == "SearchParameter") {
            builder_.add_search_parameter(definition);
        } else if (type == "ValueSet") {
            terminology_.add_value_set(*slim(arena_, definition));
        } else if (type == "CodeSystem") {
            terminology_.add_code_system(*slim(arena_, definition));
        } else {
            builder_.add_resource(*slim(arena_, definition));
        }
    }

    void add_structure(const Json& definition, const std::string& origin) {
        const auto version = definition("fhirVersion");
        const bool is_other = !version.empty() && version.substr(0, 2) != builder_.version().substr(0, 2);
        const auto written = std::string(version);
        const auto counts = std::string(builder_.version());
        if (is_other && definition("derivation") != "constraint") {
            issues_.push_back({origin,
                               "Load it with definitions of FHIR " + written + "; it was left out here, where FHIR " +
                                   counts + " counts.",
                               false});
            return;
        }
        if (is_other)
            issues_.push_back({origin,
                               "Use the profile that is made for FHIR " + counts + "; this one says " + written +
                                   ", and counts as if it did not.",
                               false});
        if (!library_.add(definition))
            issues_.push_back(
                {origin, "Give each definition once; of two with one canonical and version the first counts.", false});
    }

    Builder& builder_;
    JsonArena arena_;
    std::vector<DefinitionIssue> issues_;
    SnapshotLibrary library_;
    Terminology terminology_;
};

/// The version that most StructureDefinitions name.
std::string version_of(const Documents& documents) {
    std::map<std::string, std::size_t> count;
    for (const auto& item : documents.items())
        if ((*item.json)("resourceType") == "StructureDefinition") ++count[std::string((*item.json)("fhirVersion"))];
    const auto most =
        std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == count.end()) return {};
    // STU3 was published twice, with the same definitions; 3.0.2 is the version that counts.
    return most->first.starts_with("3.0") ? "3.0.2" : most->first;
}

}  // namespace

Result<Compiled> compile(const Documents& documents) {
    const auto version = version_of(documents);
    if (version.empty())
        return fail(Issue::not_found, "",
                    "Give definitions of a FHIR version: there is no StructureDefinition with fhirVersion among them.");
    Builder builder;
    builder.set_version(version);
    auto issues = Compiler(builder, nullptr).add(documents);
    return Compiled{builder.finish(), std::move(issues)};
}

Result<Compiled> extend(const DefinitionsPtr& base, const Documents& documents) {
    Builder builder(*base);
    auto issues = Compiler(builder, base.get()).add(documents);
    return Compiled{builder.finish(), std::move(issues)};
}

}  // namespace causeway::fhir
