#pragma once
/// One run of a map: what both directions share.

#include <optional>
#include <string>
#include <vector>

#include "mapping/program.hpp"

namespace causeway::mapping {

/// State of a run: facts, findings, traces. A rejection stops it.
class Run {
public:
    Run(const Program& program, const Facts& facts, bool explain, std::vector<UnmappedCode>* unmapped = nullptr);

protected:
    /// Evaluates a term; `v2` binds its paths. Failing expressions stop the run.
    fhirpath::Collection evaluate(const Term& term, const tree::Node& focus, V2Reader* v2, const RulePlace& place);
    /// True for an empty term.
    bool holds(const Term& term, const tree::Node& focus, V2Reader* v2, const RulePlace& place);

    static bool is_true(const fhirpath::Collection& values);
    /// A condition that the message must meet does not hold.
    void unmet(const Require& line);
    void require(const Require& line, const tree::Node& focus, V2Reader* v2);

    /// Gives the variable of a path its values.
    void bind(const BoundPath& bound, V2Reader* v2);
    void define(const std::string& name, fhirpath::Collection value) { variables_.at(name) = std::move(value); }
    void stop(Error error);
    bool stopped() const noexcept { return error_.has_value(); }
    void find(const Row& row, Severity severity, Issue issue, const Failure& failure, const std::string& source,
              std::string_view outcome);
    void reject(const Row& row, const Failure& failure, const std::string& source);
    /// A required value is absent; `what` names it for the sender.
    void missing(const Row& row, const std::string& what);
    /// A code that the row's table does not map.
    void missed(const Row& row, std::string_view system, std::string_view code);
    void trace(const RulePlace& place, std::string output, std::string source);
    /// "-3[2].1": the path's field, as that repetition.
    static std::string field_text(hl7v2::Path path, std::uint32_t repetition);

    const Program& program_;
    Facts facts_;
    Variables variables_{facts_};
    bool explain_;
    Output output_;
    std::optional<Error> error_;

private:
    /// What a condition of that number was in a round.
    struct Known {
        std::uint32_t round = 0;
        bool holds = false;
    };
    std::vector<Known> known_;
    std::vector<UnmappedCode>* unmapped_;
};

/// Runs to the right (HL7 v2 into FHIR) and to the left.
Result<Output> run_forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                           std::vector<UnmappedCode>* unmapped = nullptr);
Result<Output> run_reverse(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                           std::vector<UnmappedCode>* unmapped = nullptr);

}  // namespace causeway::mapping
