#pragma once
/// Code systems and value sets into tables. Internal to this folder.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/definitions/builder.hpp"

namespace causeway::fhir {

/// A code system's codes with all their parents, for the filters of value sets.
class CodeGraph {
public:
    struct Node {
        std::string_view code;
        std::string_view display;
        const Json* json = nullptr;
        std::vector<std::size_t> parents;
        bool is_abstract = false;
        bool is_inactive = false;
    };

    explicit CodeGraph(const Json& system);

    const Json& system() const noexcept { return system_; }
    bool is_complete() const noexcept { return system_("content") == "complete"; }
    const std::vector<Node>& nodes() const noexcept { return nodes_; }
    const Node* find(std::string_view code) const noexcept;
    std::size_t index_of(const Node& node) const noexcept { return static_cast<std::size_t>(&node - nodes_.data()); }
    /// Is `node` at or below `ancestor`? Cycles end.
    bool is_below(std::size_t node, std::size_t ancestor) const;

private:
    void add(const Json& concept_json, std::size_t parent);
    void link_by_properties();

    const Json& system_;
    std::vector<Node> nodes_;
    std::unordered_map<std::string, std::size_t> by_code_;
};

/// What a value set holds, as far as it is known.
struct CodeSet {
    std::map<std::string_view, std::map<std::string_view, std::string_view>> listed;  ///< System → code → display.
    std::set<std::string_view> whole;                                                 ///< Every code.
    std::set<std::string_view> open;                                                  ///< Some codes, not known which.
    bool is_open = false;

    bool is_closed() const noexcept { return whole.empty() && open.empty() && !is_open; }
    void unite(const CodeSet& other);
    void intersect(const CodeSet& other);
    void subtract(const CodeSet& other);
};

/// Collects code systems and value sets, then writes their tables.
class Terminology {
public:
    /// `base`: where code systems and value sets that are not given are looked for; may be null.
    Terminology(Builder& builder, const Definitions* base) : b_(builder), base_(base) {}

    /// Definitions live until write() is through.
    void add_code_system(const Json& definition) { code_systems_.push_back(&definition); }
    void add_value_set(const Json& definition) { value_sets_.push_back(&definition); }
    void write();

private:
    struct Job {
        const Json* definition = nullptr;
        CodeSet codes;
        enum class State { waiting, busy, done } state = State::waiting;
    };

    void write_code_system(const Json& definition);
    void merge_expansions();
    void reopen_base();
    void write_value_set(const Json& definition, const CodeSet& codes, Index replaced);
    const CodeSet& compute(Job& job);
    CodeSet from_compose(const Json& definition);
    CodeSet from_include(const Json& include, bool wants_inactive);
    void filter(const CodeGraph& graph, const Json& include, bool wants_inactive, CodeSet& out);
    const CodeSet* imported(std::string_view canonical);
    const CodeGraph* graph(std::string_view canonical);
    const Json* parse_base(const std::string& json);

    Builder& b_;
    const Definitions* base_;
    JsonArena arena_;
    std::vector<const Json*> code_systems_;
    std::vector<const Json*> value_sets_;
    std::map<std::string, std::unique_ptr<CodeGraph>, std::less<>> graphs_;
    std::map<std::string, std::vector<Job*>, std::less<>> by_url_;
    std::vector<std::unique_ptr<Job>> jobs_;
    std::vector<std::pair<Index, Job*>> reopened_;
    std::map<std::string, CodeSet, std::less<>> base_sets_;
};

}  // namespace causeway::fhir
