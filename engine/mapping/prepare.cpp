#include <algorithm>
#include <array>

#include "mapping/program.hpp"
#include "mapping/steady.hpp"
#include "mapping/walks.hpp"

namespace causeway::mapping {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The end of the brackets that `text` begins with; npos where they are not closed.
std::size_t end_of_brackets(std::string_view text) {
    bool quoted = false;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\'') quoted = !quoted;
        if (quoted) continue;
        depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        if (depth == 0) return i + 1;
    }
    return std::string_view::npos;
}

/// Steps of a FHIRPath (".where(...).note.text") that find nothing where they start from nothing.
bool gives_nothing_of_nothing(std::string_view steps) {
    constexpr std::array<std::string_view, 6> kFunctions = {"where", "first", "ofType", "resolve", "repeat", "exclude"};
    while (!steps.empty()) {
        if (steps.front() != '.') return false;
        const auto end = std::min(steps.find_first_not_of(kLetters, 1), steps.size());
        const auto name = steps.substr(1, end - 1);
        steps.remove_prefix(end);
        if (name.empty()) return false;
        if (!steps.starts_with('(')) continue;
        const auto after = end_of_brackets(steps);
        if (after == std::string_view::npos ||
            std::find(kFunctions.begin(), kFunctions.end(), name) == kFunctions.end())
            return false;
        steps.remove_prefix(after);
    }
    return true;
}

class Preparation {
public:
    void prepare(std::vector<Statement>& statements) {
        for (auto& statement : statements) std::visit([this](auto& line) { prepare(line); }, statement.what);
    }
    /// How many numbers conditions have.
    std::uint32_t conditions() const { return static_cast<std::uint32_t>(numbers_.size()) + 1; }

private:
    void prepare(Term& condition) {
        if (condition.path || condition.empty()) return;
        condition.condition = Condition::compile(condition.text, patterns_);
        // What the message says stays the same within a round; variables do not.
        if (condition.condition && condition.text.find('%') == std::string::npos)
            condition.same = numbers_.try_emplace(condition.text, conditions()).first->second;
    }
    static void prepare_source(Term& term) {
        constexpr std::string_view kBegin = "entry.resource.ofType(";
        const std::string_view text = term.text;
        const auto end = text.find(')');
        if (!text.starts_with(kBegin) || end == std::string_view::npos) return;
        const auto type = text.substr(kBegin.size(), end - kBegin.size());
        const auto rest = text.substr(end + 1);
        if (type.find_first_not_of(kLetters) != std::string_view::npos || type == "Resource" ||
            type == "DomainResource" || !gives_nothing_of_nothing(rest))
            return;
        term.of_type = type;
        term.is_all_of_type = rest.empty();
    }
    void prepare(Row& row) {
        row.converts = row.type != nullptr ? row.type : find_type("ST");
        row.takes_all = row.location.takes_all();
        row.steps = row.location.resolved(row.type != nullptr ? row.type->fhir : "string");
        prepare(row.when);
    }
    void prepare(ResourceLine& line) { prepare(line.when); }
    void prepare(SegmentLine& line) { prepare(line.when); }
    void prepare(Let& let) {
        prepare(let.value);
        prepare_source(let.value);
    }
    void prepare(Omit&) {}
    void prepare(Require& line) { prepare(line.condition); }
    void prepare(For& block) {
        prepare_source(block.over);
        prepare(block.when);
        prepare(block.body);
    }
    void prepare(In& block) { prepare(block.body); }

    Patterns patterns_;
    std::map<std::string, std::uint32_t> numbers_;
};

}  // namespace

void prepare(Program& program) {
    Preparation preparation;
    preparation.prepare(program.statements);
    program.conditions = preparation.conditions();
    find_steady(program);
    find_walks(program);
}

}  // namespace causeway::mapping
