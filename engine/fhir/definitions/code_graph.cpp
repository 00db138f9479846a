#include <algorithm>
#include <cctype>

#include "fhir/definitions/terminology.hpp"

namespace causeway::fhir {
namespace {

constexpr std::size_t kNoParent = static_cast<std::size_t>(-1);

bool has_property(const Json& concept_json, std::string_view code, std::string_view value) {
    for (const auto& item : concept_json["property"]) {
        const auto& property = *item.value;
        if (property("code") != code) continue;
        const auto found = choice(property, "value");
        if (found.value && (found.value->text == value)) return true;
    }
    return false;
}

}  // namespace

CodeGraph::CodeGraph(const Json& system) : system_(system) {
    for (const auto& item : system["concept"]) add(*item.value, kNoParent);
    link_by_properties();
}

void CodeGraph::add(const Json& concept_json, std::size_t parent) {
    const auto code = concept_json("code");
    const auto [found, is_new] = by_code_.try_emplace(std::string(code), nodes_.size());
    const auto index = found->second;
    if (is_new) {
        Node node;
        node.code = code;
        node.display = concept_json("display");
        node.json = &concept_json;
        node.is_abstract =
            has_property(concept_json, "notSelectable", "true") || has_property(concept_json, "abstract", "true");
        node.is_inactive = has_property(concept_json, "inactive", "true") ||
                           has_property(concept_json, "status", "retired") ||
                           has_property(concept_json, "status", "inactive");
        nodes_.push_back(node);
    }
    if (parent != kNoParent) nodes_[index].parents.push_back(parent);
    for (const auto& item : concept_json["concept"]) add(*item.value, index);
}

// A concept below several others stands once in the tree; properties tell the other places.
void CodeGraph::link_by_properties() {
    const auto link = [&](std::size_t child, std::size_t parent) {
        auto& parents = nodes_[child].parents;
        if (std::find(parents.begin(), parents.end(), parent) == parents.end()) parents.push_back(parent);
    };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        for (const auto& item : (*nodes_[i].json)["property"]) {
            const auto code = (*item.value)("code");
            const bool is_child = code == "child";
            if (!is_child && code != "parent" && code != "subsumedBy") continue;
            const auto value = choice(*item.value, "value");
            const auto* other = value.value ? find(value.value->text) : nullptr;
            if (other) is_child ? link(index_of(*other), i) : link(i, index_of(*other));
        }
    }
}

const CodeGraph::Node* CodeGraph::find(std::string_view code) const noexcept {
    const auto found = by_code_.find(std::string(code));
    return found == by_code_.end() ? nullptr : &nodes_[found->second];
}

bool CodeGraph::is_below(std::size_t node, std::size_t ancestor) const {
    std::vector<std::size_t> open{node};
    std::set<std::size_t> seen;
    while (!open.empty()) {
        const auto at = open.back();
        open.pop_back();
        if (at == ancestor) return true;
        if (!seen.insert(at).second) continue;
        open.insert(open.end(), nodes_[at].parents.begin(), nodes_[at].parents.end());
    }
    return false;
}

}  // namespace causeway::fhir
