#pragma once
/// Collects findings with their exact place; used inside validation.

#include <string>
#include <string_view>

#include "model/operation_outcome.hpp"
#include "tree/node.hpp"

namespace causeway::validation {

/// What is said about a place: the rule's name and one sentence that says what to do.
struct Statement {
    Issue issue = Issue::invalid;
    std::string_view rule;
    std::string_view text;
    Severity severity = Severity::error;
    int hl7_code = 0;
};

/// Bounded: after kMost errors, and after kMost warnings and remarks, a last note says that there are more. Threads:
/// one.
class Report {
public:
    static constexpr std::size_t kMost = 200;

    /// Something is wrong with what stands at `node`.
    void at(const tree::Node& node, const Statement& statement);
    /// The same under an expression of its own.
    void at(const tree::Node& node, std::string expression, const Statement& statement);
    /// `child` is missing in `parent`: the expression names the missing element, line and column its parent.
    void missing(const tree::Node& parent, std::string_view child, const Statement& statement);

    OperationOutcome take() { return std::move(outcome_); }

private:
    bool has_room(Severity severity);
    void add(const tree::Node& node, std::string expression, const Statement& statement);

    OperationOutcome outcome_;
    std::size_t errors_ = 0;
    std::size_t remarks_ = 0;
};

}  // namespace causeway::validation
