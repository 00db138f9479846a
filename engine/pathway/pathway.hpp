#pragma once
/// Pathways: rules, outcomes and promises (clocks) of one kind of referral. Files in conf/pathways/.
/// A pathway supports, and never overrides, the decision of the GP and the patient: every decision says why it was
/// made, which rule of which version made it, and what was not known.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "core/time.hpp"
#include "fhirpath/expression.hpp"
#include "model/message.hpp"
#include "model/operation_outcome.hpp"
#include "tree/node.hpp"

namespace causeway::pathway {

/// A promise that starts with the decision.
struct ClockRule {
    std::string name;
    Duration within{};  ///< Breach after this.
    Duration warn_after{};
    std::string owner;
    std::string stop_when;  ///< FHIRPath over a later message of the same journey.
};

/// What the pathway says before the acknowledgement: exclusions and completeness; no enrichment, no network.
struct Assessment {
    OperationOutcome outcome;        ///< Errors refuse; warnings ask the GP.
    bool excluded = false;           ///< On the list of referrals that do not go through the service.
    std::vector<std::string> asked;  ///< Rules whose question goes to the GP without blocking (urgent).
};

/// What it decides afterwards.
struct Decision {
    std::string pathway, version;
    std::string service;  ///< Which service takes the referral: a name that routes and maps use as %service.
    std::string rule;     ///< The rule that decided.
    std::string reason;   ///< In words, for people.
    Priority priority = Priority::routine;
    std::vector<std::string> not_known;  ///< Facts that rules asked for and that were not there.
    std::vector<ClockRule> clocks;
};

/// JSON object of a decision: the event decision.made, and %decision for routes and maps.
std::string to_json(const Decision& decision);

/// One pathway. Immutable. Threads: any.
class Pathway {
public:
    static std::span<const config::FieldSpec> specs();
    /// With definitions the types of its expressions are checked too.
    static Pathway load(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                        const fhir::DefinitionsPtr& definitions = nullptr);

    const std::string& name() const;
    const std::string& version() const;

    Result<Assessment> assess(const tree::Node& message, const fhirpath::Environment& environment) const;
    Result<Decision> decide(const tree::Node& message, const fhirpath::Environment& environment) const;

private:
    struct Program;
    std::shared_ptr<const Program> program_;
};

}  // namespace causeway::pathway
