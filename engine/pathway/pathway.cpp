#include "pathway/pathway.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "pathway/program.hpp"

namespace causeway::pathway {

struct Pathway::Program {
    Definition definition;
};

namespace {

/// One message under the rules: the facts are computed once.
class Case {
public:
    Case(const Definition& definition, const tree::Node& message, fhirpath::Environment environment)
        : definition_(definition), message_(message), environment_(std::move(environment)) {}

    Result<void> begin() {
        if (environment_.now && *environment_.now < definition_.effective_from) {
            return fail(Issue::business_rule, definition_.place,
                        "Wait until pathway " + definition_.name + " is in force, or correct its effective_from.");
        }
        for (const Fact& fact : definition_.facts) {
            auto values = fact.expression.evaluate(message_, environment_);
            if (!values) return failed("fact " + fact.name, values.error());
            known_.push_back(!values->empty());
            environment_.variables[fact.name] = *std::move(values);
        }
        return {};
    }

    Result<bool> holds(const std::string& rule, const Condition& condition) const {
        if (condition.expression.empty()) return true;
        auto result = condition.expression.test(message_, environment_);
        if (!result) return failed(rule, result.error());
        return *result;
    }

    /// Emergencies count as urgent.
    Result<Priority> requested() const {
        for (const auto& [when, priority] : {std::pair{&definition_.emergency_when, Priority::emergency},
                                             std::pair{&definition_.urgent_when, Priority::urgent}}) {
            if (when->expression.empty()) continue;
            auto holds_now = holds("urgent_when", *when);
            if (!holds_now) return holds_now.error();
            if (*holds_now) return priority;
        }
        return Priority::routine;
    }

    /// Requirements that apply and are not met.
    Result<std::vector<const Requirement*>> missing() const {
        std::vector<const Requirement*> result;
        for (const Requirement& requirement : definition_.completeness) {
            auto applies = holds(requirement.rule, requirement.when);
            if (!applies) return applies.error();
            if (!*applies) continue;
            auto met = holds(requirement.rule, requirement.require);
            if (!met) return met.error();
            if (!*met) result.push_back(&requirement);
        }
        return result;
    }

    Result<std::vector<const Exclusion*>> excluding() const {
        std::vector<const Exclusion*> result;
        for (const Exclusion& exclusion : definition_.exclusions) {
            auto applies = holds(exclusion.rule, exclusion.when);
            if (!applies) return applies.error();
            if (*applies) result.push_back(&exclusion);
        }
        return result;
    }

    Finding finding(const std::string& rule, const std::string& text, const Location& location, Issue issue,
                    Severity severity) const {
        Finding result;
        result.severity = severity;
        result.issue = issue;
        result.text = text;
        result.rule = definition_.title(rule);
        tree::Node place = first_node(location.element);
        if (place) {
            result.expression = place.path();
        } else if ((place = first_node(location.parent))) {
            result.expression = place.path() + '.' + location.child;
        } else {
            place = message_;
            result.expression = place.path();
        }
        result.line = place.position().line;
        result.column = place.position().column;
        return result;
    }

    /// Adds the names of facts that the condition looked at and that were not there.
    void note_unknown(const Condition& condition, std::vector<std::string>& names) const {
        for (const std::size_t fact : condition.facts) {
            const std::string& name = definition_.facts[fact].name;
            if (!known_[fact] && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
    }

private:
    Error failed(const std::string& rule, const Error& error) const {
        return fail(error.issue, definition_.place, "Correct " + definition_.title(rule) + ": " + error.what);
    }

    tree::Node first_node(const fhirpath::Expression& expression) const {
        if (expression.empty()) return {};
        const auto values = expression.evaluate(message_, environment_);
        if (!values) return {};
        for (const fhirpath::Value& value : *values) {
            if (const auto* node = std::get_if<tree::Node>(&value)) return *node;
        }
        return {};
    }

    const Definition& definition_;
    const tree::Node message_;
    fhirpath::Environment environment_;
    std::vector<bool> known_;
};

Result<void> assess_completeness(const Case& referral, Assessment& assessment) {
    auto missing = referral.missing();
    if (!missing) return missing.error();
    if (missing->empty()) return {};
    auto priority = referral.requested();
    if (!priority) return priority.error();
    const bool urgent = *priority != Priority::routine;
    for (const Requirement* requirement : *missing) {
        assessment.outcome.add(referral.finding(requirement->rule, requirement->text, requirement->location,
                                                Issue::required, urgent ? Severity::warning : Severity::error));
        if (urgent) assessment.asked.push_back(requirement->rule);
    }
    return {};
}

Result<const ServiceRule*> choose(const Definition& definition, const Case& referral, Decision& decision) {
    for (const ServiceRule& row : definition.services) {
        referral.note_unknown(row.when, decision.not_known);
        auto takes = referral.holds(row.rule, row.when);
        if (!takes) return takes.error();
        if (*takes) return &row;
    }
    return fail(Issue::business_rule, definition.place, "Give the pathway a service that takes all others.");
}

void put(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;  // FHIR's JSON has no empty texts.
    if (out.back() != '{') out += ',';
    out.append("\"").append(name).append("\":\"").append(json_escape(text)).append("\"");
}

std::string to_json(const ClockRule& clock) {
    std::string out = "{";
    put(out, "name", clock.name);
    put(out, "within", to_text(clock.within));
    put(out, "warn_after", to_text(clock.warn_after));
    put(out, "owner", clock.owner);
    return out + '}';
}

void put_list(std::string& out, std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;  // Nor empty arrays.
    out.append(",\"").append(name).append("\":[");
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += values[i];
    }
    out += ']';
}

}  // namespace

std::string to_json(const Decision& decision) {
    std::string out = "{";
    put(out, "pathway", decision.pathway);
    put(out, "version", decision.version);
    put(out, "service", decision.service);
    put(out, "rule", decision.rule);
    put(out, "reason", decision.reason);
    put(out, "priority", to_code(decision.priority));
    std::vector<std::string> not_known;
    for (const std::string& name : decision.not_known) not_known.push_back('"' + json_escape(name) + '"');
    std::vector<std::string> clocks;
    for (const ClockRule& clock : decision.clocks) clocks.push_back(to_json(clock));
    put_list(out, "not_known", not_known);
    put_list(out, "clocks", clocks);
    return out + '}';
}

std::span<const config::FieldSpec> Pathway::specs() {
    return pathway_specs();
}

Pathway Pathway::load(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                      const fhir::DefinitionsPtr& definitions) {
    Pathway result;
    result.program_ = std::make_shared<const Program>(Program{read_pathway(file, mistakes, definitions)});
    return result;
}

const std::string& Pathway::name() const {
    return program_->definition.name;
}

const std::string& Pathway::version() const {
    return program_->definition.version;
}

Result<Assessment> Pathway::assess(const tree::Node& message, const fhirpath::Environment& environment) const {
    const Definition& definition = program_->definition;
    Case referral(definition, message, environment);
    if (auto begun = referral.begin(); !begun) return begun.error();
    Assessment assessment;
    auto excluding = referral.excluding();
    if (!excluding) return excluding.error();
    for (const Exclusion* exclusion : *excluding) {
        assessment.excluded = true;
        assessment.outcome.add(referral.finding(exclusion->rule, exclusion->text, exclusion->location,
                                                Issue::business_rule, Severity::error));
    }
    // What goes elsewhere is not asked to complete the form of this service.
    if (assessment.excluded) return assessment;
    if (auto done = assess_completeness(referral, assessment); !done) return done.error();
    return assessment;
}

Result<Decision> Pathway::decide(const tree::Node& message, const fhirpath::Environment& environment) const {
    const Definition& definition = program_->definition;
    Case referral(definition, message, environment);
    if (auto begun = referral.begin(); !begun) return begun.error();
    Decision decision;
    auto row = choose(definition, referral, decision);
    if (!row) return row.error();
    auto priority = referral.requested();
    if (!priority) return priority.error();
    auto missing = referral.missing();
    if (!missing) return missing.error();
    for (const Requirement* requirement : *missing) referral.note_unknown(requirement->require, decision.not_known);
    decision.pathway = definition.name;
    decision.version = definition.version;
    decision.service = (*row)->service;
    decision.rule = definition.title((*row)->rule);
    decision.reason = (*row)->reason;
    // A service may raise what the GP asked for, never lower it.
    decision.priority = std::max(*priority, (*row)->priority.value_or(*priority));
    decision.clocks = definition.clocks;
    return decision;
}

}  // namespace causeway::pathway
