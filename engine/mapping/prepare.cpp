#include "mapping/program.hpp"

namespace causeway::mapping {
namespace {

class Preparation {
public:
    void prepare(std::vector<Statement>& statements) {
        for (auto& statement : statements) std::visit([this](auto& line) { prepare(line); }, statement.what);
    }

private:
    void prepare(Term& condition) {
        if (!condition.path && !condition.empty()) condition.condition = Condition::compile(condition.text, patterns_);
    }
    void prepare(Row& row) {
        row.converts = row.type != nullptr ? row.type : find_type("ST");
        row.takes_all = row.location.takes_all();
        row.steps = row.location.resolved(row.type != nullptr ? row.type->fhir : "string");
        prepare(row.when);
    }
    void prepare(ResourceLine& line) { prepare(line.when); }
    void prepare(SegmentLine& line) { prepare(line.when); }
    void prepare(Let&) {}
    void prepare(Omit&) {}
    void prepare(Require& line) { prepare(line.condition); }
    void prepare(For& block) {
        prepare(block.when);
        prepare(block.body);
    }
    void prepare(In& block) { prepare(block.body); }

    Patterns patterns_;
};

}  // namespace

void prepare(Program& program) {
    Preparation().prepare(program.statements);
}

}  // namespace causeway::mapping
