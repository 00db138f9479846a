#include "fhir/definitions/filters.hpp"

#include <functional>
#include <regex>

namespace causeway::fhir {
namespace {

using Selected = std::optional<std::vector<bool>>;
using Predicate = std::function<bool(std::size_t)>;

constexpr std::size_t kMaxPattern = 500;
constexpr std::size_t kMaxValue = 500;

Selected select(const CodeGraph& graph, const Predicate& holds) {
    std::vector<bool> selected(graph.nodes().size());
    for (std::size_t i = 0; i < selected.size(); ++i) selected[i] = holds(i);
    return selected;
}

/// Values of a property; code and display are properties of every concept.
std::vector<std::string_view> values(const CodeGraph& graph, std::size_t index, std::string_view property) {
    const auto& node = graph.nodes()[index];
    if (property == "code" || property == "concept") return {node.code};
    if (property == "display") return {node.display};
    std::vector<std::string_view> found;
    if (property == "parent")
        for (const auto parent : node.parents) found.push_back(graph.nodes()[parent].code);
    if (property == "child")
        for (const auto& other : graph.nodes())
            for (const auto parent : other.parents)
                if (parent == index) found.push_back(other.code);
    for (const auto& item : (*node.json)["property"]) {
        if ((*item.value)("code") != property) continue;
        const auto value = choice(*item.value, "value");
        if (value.value) found.push_back(value.type == "Coding" ? (*value.value)("code") : value.value->text);
    }
    return found;
}

bool is_known(const CodeGraph& graph, std::string_view property) {
    for (const auto name : {"code", "concept", "display", "parent", "child"})
        if (property == name) return true;
    for (const auto& item : graph.system()["property"])
        if ((*item.value)("code") == property) return true;
    return false;
}

bool is_in_list(std::string_view list, std::string_view value) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto item = list.substr(0, comma);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (item == value) return true;
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return false;
}

Predicate any_value(const CodeGraph& graph, std::string_view property, std::function<bool(std::string_view)> holds) {
    return [&graph, property, holds = std::move(holds)](std::size_t index) {
        for (const auto value : values(graph, index, property))
            if (holds(value)) return true;
        return false;
    };
}

Selected by_regex(const CodeGraph& graph, std::string_view property, std::string_view pattern) {
    if (pattern.size() > kMaxPattern) return std::nullopt;
    try {
        const std::regex regex(pattern.begin(), pattern.end(), std::regex::ECMAScript);
        return select(graph, any_value(graph, property, [&](std::string_view value) {
                          return value.size() <= kMaxValue && std::regex_match(value.begin(), value.end(), regex);
                      }));
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
}

/// is-a, descendent-of, is-not-a, generalizes: over the hierarchy.
Selected by_place(const CodeGraph& graph, std::string_view op, std::string_view value) {
    const auto* named = graph.find(value);
    if (!named)
        return op == "is-not-a" ? select(graph, [](std::size_t) { return true; })
                                : select(graph, [](std::size_t) { return false; });
    const auto anchor = graph.index_of(*named);
    if (op == "is-a") return select(graph, [&](std::size_t i) { return graph.is_below(i, anchor); });
    if (op == "is-not-a") return select(graph, [&](std::size_t i) { return !graph.is_below(i, anchor); });
    if (op == "generalizes") return select(graph, [&](std::size_t i) { return graph.is_below(anchor, i); });
    return select(graph, [&](std::size_t i) { return i != anchor && graph.is_below(i, anchor); });
}

}  // namespace

Selected apply_filter(const CodeGraph& graph, const Json& filter) {
    const auto property = filter("property");
    const auto op = filter("op");
    const auto value = filter("value");
    if (op == "is-a" || op == "descendent-of" || op == "is-not-a" || op == "generalizes")
        return property == "concept" || property == "code" ? by_place(graph, op, value) : std::nullopt;
    if (!is_known(graph, property)) return std::nullopt;
    if (op == "regex") return by_regex(graph, property, value);
    if (op == "=") return select(graph, any_value(graph, property, [&](auto held) { return held == value; }));
    if (op == "in")
        return select(graph, any_value(graph, property, [&](auto held) { return is_in_list(value, held); }));
    if (op == "not-in") {
        const auto in = any_value(graph, property, [&](auto held) { return is_in_list(value, held); });
        return select(graph, [&](std::size_t i) { return !in(i); });
    }
    if (op == "exists")
        return select(graph, [&](std::size_t i) { return !values(graph, i, property).empty() == (value == "true"); });
    return std::nullopt;
}

}  // namespace causeway::fhir
