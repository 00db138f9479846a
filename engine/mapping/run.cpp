#include "mapping/run.hpp"

namespace causeway::mapping {

Run::Run(const Program& program, const Facts& facts, bool explain, std::vector<UnmappedCode>* unmapped)
    : program_(program), facts_(facts), explain_(explain), known_(program.conditions), unmapped_(unmapped) {
    if (facts_.now && !facts_.variables.contains("now"))
        define("now", {fhirpath::Temporal{fhirpath::Temporal::Kind::date_time, to_fhir_instant(*facts_.now)}});
    for (const auto& name : known_facts()) facts_.variables.try_emplace(name);
    facts_.variables["set"] = {std::int64_t{1}};
    facts_.variables["index"] = {std::int64_t{1}};
}

void Run::stop(Error error) {
    if (!error_) error_ = std::move(error);
}

fhirpath::Collection Run::evaluate(const Term& term, const tree::Node& focus, V2Reader* v2, const RulePlace& place) {
    if (term.always && v2 != nullptr) return *term.always;
    if (term.path) {
        fhirpath::Collection nodes;
        if (v2 == nullptr) return nodes;
        for (const auto& found : v2->find(*term.path))
            if (v2->has_value(found))
                if (auto text = v2->text(found); !v2->is_deleted(*term.path, found))
                    nodes.emplace_back(std::string(text));
        return nodes;
    }
    for (const auto& bound : term.bound) bind(bound, v2);
    auto result = term.expression.evaluate(focus, facts_);
    if (result) return std::move(*result);
    stop(fail(Issue::processing, place.text(), "The expression cannot be evaluated: " + result.error().what));
    return {};
}

void Run::bind(const BoundPath& bound, V2Reader* v2) {
    auto& values = variables_.at(bound.name);
    values.clear();
    if (v2 == nullptr) return;
    const auto& path = bound.path;
    for (const auto& found : v2->find(path)) {
        if (!v2->has_value(found) || (bound.only_asked && v2->is_deleted(path, found))) continue;
        // That something is there says nothing of what is in it.
        values.emplace_back(bound.only_asked || path.field == 0 ? path.segment : v2->whole(found));
    }
}

bool Run::holds(const Term& term, const tree::Node& focus, V2Reader* v2, const RulePlace& place) {
    if (term.empty()) return true;
    if (term.always && v2 != nullptr) return is_true(*term.always);
    if (term.condition && v2 != nullptr) {
        auto& known = known_[term.same];
        if (term.same != 0 && known.round == v2->round()) return known.holds;
        if (const auto holds = term.condition->holds(*v2, variables_)) {
            known = {v2->round(), *holds};
            return *holds;
        }
    }
    const auto values = evaluate(term, focus, v2, place);
    return is_true(values);
}

bool Run::is_true(const fhirpath::Collection& values) {
    if (values.empty()) return false;
    if (const auto* truth = std::get_if<bool>(&values.front())) return *truth;
    const auto* node = std::get_if<tree::Node>(&values.front());
    return node == nullptr || node->kind() != tree::Kind::boolean || node->text() == "true";
}

void Run::require(const Require& line, const tree::Node& focus, V2Reader* v2) {
    if (!holds(line.condition, focus, v2, line.place) && !stopped()) unmet(line);
}

void Run::unmet(const Require& line) {
    const auto& policy = line.policy;
    if (policy.kind == Policy::Kind::reject) {
        const auto sentence = policy.text.empty() ? "The map needs this: " + line.condition.text : policy.text;
        return stop(fail(Issue::required, line.place.text(), sentence, Retry::never, policy.hl7_code));
    }
    Finding finding;
    finding.severity = Severity::warning;
    finding.issue = Issue::incomplete;
    finding.text = policy.replacement.value_or("The map wants this: " + line.condition.text);
    finding.rule = "M310";
    finding.expression = line.place.text();
    output_.outcome.add(std::move(finding));
}

void Run::find(const Row& row, Severity severity, Issue issue, const Failure& failure, const std::string& source,
               std::string_view outcome) {
    Finding finding;
    finding.severity = severity;
    finding.issue = issue;
    finding.text = source + " " + failure.what + std::string(outcome) + " (" + row.place.text() + ").";
    finding.expression = source;
    finding.rule = std::string(failure.code);
    output_.outcome.add(std::move(finding));
}

void Run::reject(const Row& row, const Failure& failure, const std::string& source) {
    const auto& sentence = row.policy.text.empty() ? source + " " + failure.what : row.policy.text;
    stop(fail(failure.code == "M303" ? Issue::code_invalid : Issue::value, source,
              sentence + " (" + row.place.text() + ").", Retry::never, row.policy.hl7_code));
}

void Run::missing(const Row& row, const std::string& what) {
    stop(fail(Issue::required, what, "Send what " + what + " is made of: the map needs it (" + row.place.text() + ").",
              Retry::never, 101));
}

void Run::missed(const Row& row, std::string_view system, std::string_view code) {
    if (unmapped_ != nullptr) unmapped_->push_back({row.table_name, std::string(system), shown_code(code)});
}

std::string Run::field_text(hl7v2::Path path, std::uint32_t repetition) {
    path.repetition = repetition;
    path.repetition_filter = {};
    path.segment_filter = {};
    path.segment_index = 0;
    return path.text().substr(path.segment.size());
}

void Run::trace(const RulePlace& place, std::string output, std::string source) {
    if (explain_) output_.traces.push_back({std::move(output), place.text(), std::move(source)});
}

}  // namespace causeway::mapping
