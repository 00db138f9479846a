#include "mapping/walks.hpp"

#include <algorithm>

namespace causeway::mapping {
namespace {

/// The variables that the making of resources asks for. A `let` that only rows need is not worth a second look.
class Needed {
public:
    explicit Needed(const std::vector<Statement>& statements) {
        collect(statements);
        for (std::size_t i = 0; i < texts_.size(); ++i)
            std::erase_if(lets_, [&](const Let* let) { return texts_[i].find("%" + let->name) != npos && take(*let); });
    }

    bool has(const Let& let) const { return std::find(names_.begin(), names_.end(), let.name) != names_.end(); }

private:
    void collect(const std::vector<Statement>& statements) {
        for (const auto& statement : statements)
            std::visit([this](const auto& line) { collect(line); }, statement.what);
    }
    void collect(const Let& let) { lets_.push_back(&let); }
    void collect(const Require& line) { add(line.condition); }
    void collect(const ResourceLine& line) {
        add(line.when);
        for (const auto& alternative : line.id_from)
            for (const auto& part : alternative) add(part);
    }
    void collect(const For& block) {
        add(block.when);
        collect(block.body);
    }
    template <class Other>
    void collect(const Other&) {}

    /// FHIRPath takes %name, %`name` and %'name'.
    void add(const Term& term) {
        auto& text = texts_.emplace_back(term.text);
        std::erase_if(text, [](char c) { return c == '`' || c == '\''; });
    }

    bool take(const Let& let) {
        names_.push_back(let.name);
        add(let.value);
        return true;
    }

    static constexpr auto npos = std::string::npos;

    std::vector<const Let*> lets_;  ///< Of which nobody has asked yet.
    std::vector<std::string> texts_, names_;
};

class Walker {
public:
    explicit Walker(const Program& program) : needed_(program.statements) {}

    void find(std::vector<Statement>& statements, Walks& walks) const {
        for (auto& statement : statements) std::visit([&](auto& line) { add(line, statement, walks); }, statement.what);
    }

private:
    void add(Row& row, const Statement& statement, Walks& walks) const {
        if (row.runs(Direction::forward)) walks.writing.push_back(&statement);
        if (row.runs(Direction::reverse)) walks.back.push_back(&statement);
    }
    void add(Let& let, const Statement& statement, Walks& walks) const {
        if (needed_.has(let)) walks.making.push_back(&statement);
        walks.writing.push_back(&statement);
        if (!let.value.reads_v2()) walks.back.push_back(&statement);
    }
    void add(Require& line, const Statement& statement, Walks& walks) const {
        walks.making.push_back(&statement);
        if (!line.condition.reads_v2()) walks.back.push_back(&statement);
    }
    void add(ResourceLine& line, const Statement& statement, Walks& walks) const {
        if (!line.again) walks.making.push_back(&statement);
        walks.writing.push_back(&statement);
        walks.back.push_back(&statement);
    }
    void add(SegmentLine&, const Statement& statement, Walks& walks) const { walks.back.push_back(&statement); }
    void add(For& block, const Statement& statement, Walks& walks) const {
        find(block.body, block.walks);
        if (!block.over.path) return walks.back.push_back(&statement);
        const auto is_let = [](const Statement* each) { return std::holds_alternative<Let>(each->what); };
        const auto& making = block.walks.making;
        if (!std::all_of(making.begin(), making.end(), is_let)) walks.making.push_back(&statement);
        walks.writing.push_back(&statement);
    }
    void add(In& block, const Statement& statement, Walks& walks) const {
        find(block.body, block.walks);
        walks.writing.push_back(&statement);
        walks.back.push_back(&statement);
    }
    void add(Omit&, const Statement&, Walks&) const {}

    Needed needed_;
};

}  // namespace

void find_walks(Program& program) {
    if (program.pair == Pair::v2_fhir) Walker(program).find(program.statements, program.walks);
}

}  // namespace causeway::mapping
