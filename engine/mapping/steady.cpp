#include "mapping/steady.hpp"

#include <algorithm>
#include <array>

#include "hl7v2/message.hpp"

namespace causeway::mapping {
namespace {

/// What leads from the message to its parts without naming them, or to the message itself.
constexpr std::array<std::string_view, 6> kUnnamed = {"children",  "descendants", "$this",
                                                      "%resource", "%context",    "%rootResource"};

/// Any message: of each the same is true.
std::shared_ptr<const hl7v2::Message> stand_in() {
    return hl7v2::parse(Payload("MSH|^~\\&|A|A|A|A|20260101||ACK|1|P|2.5\r")).value();
}

bool is_plain(const fhirpath::Collection& values) {
    return std::none_of(values.begin(), values.end(),
                        [](const auto& value) { return std::holds_alternative<tree::Node>(value); });
}

class Steadiness {
public:
    void count(const std::vector<Statement>& statements) {
        for (const auto& statement : statements) std::visit([this](const auto& line) { count(line); }, statement.what);
    }
    void find(std::vector<Statement>& statements) {
        for (auto& statement : statements) std::visit([this](auto& line) { find(line); }, statement.what);
    }

private:
    void count(const Row& row) { ++definitions_[row.name]; }
    void count(const Let& let) { ++definitions_[let.name]; }
    void count(const For& block) {
        ++definitions_[block.name];
        count(block.body);
    }
    void count(const In& block) { count(block.body); }
    template <class Other>
    void count(const Other&) {}

    /// Does it give the same without the message? Variables that are not steady are unknown here, and it fails.
    void find(Term& term) {
        const auto leads = [&](std::string_view name) { return term.text.find(name) != std::string::npos; };
        if (term.empty() || term.reads_v2() || std::any_of(kUnnamed.begin(), kUnnamed.end(), leads)) return;
        auto values = term.expression.evaluate(message_->root(), known_);
        if (values && is_plain(*values)) term.always = std::move(*values);
    }
    void find(Row& row) { find(row.when); }
    void find(ResourceLine& line) { find(line.when); }
    void find(Require& line) { find(line.condition); }
    void find(Let& let) {
        find(let.value);
        // What has two meanings is as it comes.
        if (let.value.always && definitions_[let.name] == 1) known_.variables[let.name] = *let.value.always;
    }
    void find(For& block) {
        const auto outer = known_.variables;
        find(block.when);
        find(block.body);
        known_.variables = outer;  // A round that never was has defined nothing.
    }
    void find(In& block) {
        const auto outer = known_.variables;
        find(block.body);
        known_.variables = outer;
    }
    void find(SegmentLine&) {}
    void find(Omit&) {}

    std::shared_ptr<const hl7v2::Message> message_ = stand_in();
    fhirpath::Environment known_;
    std::map<std::string, int> definitions_;
};

}  // namespace

void find_steady(Program& program) {
    if (program.pair != Pair::v2_fhir || !program.can(Direction::forward)) return;
    Steadiness steadiness;
    steadiness.count(program.statements);
    steadiness.find(program.statements);
}

}  // namespace causeway::mapping
