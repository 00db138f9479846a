#include "mapping/program.hpp"
#include "mapping/steady.hpp"
#include "mapping/walks.hpp"

namespace causeway::mapping {
namespace {

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
        const auto& text = term.text;
        if (text.starts_with(kBegin) && text.find_first_of(").", kBegin.size()) + 1 == text.size())
            term.all_of = text.substr(kBegin.size(), text.size() - kBegin.size() - 1);
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
