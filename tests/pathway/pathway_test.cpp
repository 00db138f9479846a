#include "pathway/pathway.hpp"

#include <doctest/doctest.h>

#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "support/settings.hpp"

using namespace causeway;
using pathway::Pathway;

namespace {

constexpr std::string_view kPathway = R"yaml(pathway: knees
version: 3
effective_from: 2026-01-01
facts:
  referral: "Bundle.entry.resource.ofType(ServiceRequest).first()"
  person: "%referral.subject.resolve()"
  child: "%person.birthDate.where($this > today() - 18 years).exists()"
  image: "Bundle.entry.resource.ofType(Binary).data"
urgent_when: "%referral.priority = 'urgent'"
emergency_when: "%referral.priority = 'stat'"
exclusions:
  - rule: not-necks
    version: 2
    when: "%referral.code.text = 'neck'"
    reason: Necks go elsewhere.
    instead: Refer to the neck service.
    expression: "%referral.code"
completeness:
  - rule: need-image
    when: "%child.not()"
    require: "%image.exists()"
    ask: Attach an X-ray.
    why: The clinic reads it first.
    expression: "%referral.supportingInfo"
  - rule: need-reason
    require: "%referral.reasonCode.exists()"
    ask: Give the reason.
    why: Triage needs it.
services:
  - rule: children
    when: "%child"
    service: paediatrics
    reason: Under 18.
  - rule: with-image
    when: "%image.exists()"
    service: virtual-clinic
    priority: urgent
    reason: Read from the image.
  - rule: others
    service: clinic
    reason: All others.
clocks:
  - {name: contact, within: 48h, warn_after: 36h, owner: booking, stop_when: "MSH-9.1 = 'SIU'"}
)yaml";

std::string changed(std::string_view base, std::string_view from, std::string_view to) {
    std::string text(base);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::vector<config::Mistake> mistakes_of(const std::string& yaml) {
    std::vector<config::Mistake> mistakes;
    const auto file = test::settings(yaml, Pathway::specs(), mistakes);
    if (mistakes.empty()) Pathway::load(file, mistakes);
    return mistakes;
}

Pathway load(std::string_view yaml = kPathway) {
    std::vector<config::Mistake> mistakes;
    auto result = Pathway::load(test::settings(yaml, Pathway::specs(), mistakes), mistakes);
    CHECK(test::texts(mistakes) == std::vector<std::string>{});
    return result;
}

template <class T>
T value(const Result<T>& result) {
    REQUIRE_MESSAGE(result.has_value(), (result.has_error() ? to_string(result.error()) : std::string()));
    return *result;
}

/// A referral with its environment; `now` is 2026-11-21.
struct Referral {
    explicit Referral(std::string_view request, std::string_view birth_date = "1970-01-01",
                      std::string_view more = "") {
        std::string json = R"({"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:1","resource":)";
        json += R"({"resourceType":"ServiceRequest","subject":{"reference":"urn:uuid:2"})" + std::string(request);
        json += R"(}},{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","birthDate":")";
        json += std::string(birth_date) + "\"}}" + std::string(more) + "]}";
        auto parsed = fhir::parse_json(Payload(json));
        REQUIRE(parsed.has_value());
        document = *parsed;
        environment.now = parse_fhir_instant("2026-11-21T09:30:00Z");
        const auto bundle = std::make_shared<fhir::Bundle>(document->root());
        environment.resolve = [bundle](std::string_view reference, const tree::Node& from) {
            return bundle->resolve(reference, from);
        };
    }

    pathway::Assessment assess(const Pathway& rules) const {
        return value(rules.assess(document->root(), environment));
    }
    pathway::Decision decide(const Pathway& rules) const { return value(rules.decide(document->root(), environment)); }

    tree::DocumentPtr document;
    fhirpath::Environment environment;
};

constexpr std::string_view kReason = R"(,"reasonCode":[{"text":"pain"}])";
constexpr std::string_view kImage =
    R"(,{"resource":{"resourceType":"Binary","contentType":"image/png","data":"QUJD"}})";
constexpr std::string_view kAdult = "1970-01-01";

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("pathway: a complete referral has nothing to mend") {
    const auto rules = load();
    CHECK(rules.name() == "knees");
    CHECK(rules.version() == "3");
    const auto assessment = Referral(kReason, kAdult, kImage).assess(rules);
    CHECK(assessment.outcome.empty());
    CHECK_FALSE(assessment.excluded);
}

TEST_CASE("pathway: what is missing refuses a routine referral, with what, why, rule and place") {
    const auto assessment = Referral(kReason).assess(load());
    REQUIRE(assessment.outcome.issues.size() == 1);
    const auto& finding = assessment.outcome.issues[0];
    CHECK(finding.severity == Severity::error);
    CHECK(finding.issue == Issue::required);
    CHECK(finding.rule == "knees/3 need-image");
    CHECK(finding.text == "Attach an X-ray. The clinic reads it first.");
    CHECK(finding.expression == "Bundle.entry[0].resource.supportingInfo");
    CHECK(finding.line == 1);
    CHECK(assessment.asked.empty());
}

TEST_CASE("pathway: a finding points at the element, or at what the pathway is about") {
    const auto with = Referral(std::string(kReason) + R"(,"supportingInfo":[{"display":"x"}])").assess(load());
    REQUIRE(with.outcome.issues.size() == 1);
    CHECK(with.outcome.issues[0].expression == "Bundle.entry[0].resource.supportingInfo[0]");
    const auto without = Referral("", kAdult, kImage).assess(load());
    REQUIRE(without.outcome.issues.size() == 1);
    CHECK(without.outcome.issues[0].rule == "knees/3 need-reason");
    CHECK(without.outcome.issues[0].expression == "Bundle.entry[0].resource");
}

TEST_CASE("pathway: an urgent referral is asked and never blocked") {
    for (const auto* priority : {R"(,"priority":"urgent")", R"(,"priority":"stat")"}) {
        const auto assessment = Referral(priority).assess(load());
        CHECK_FALSE(assessment.outcome.has_errors());
        CHECK(assessment.asked == Names{"need-image", "need-reason"});
        REQUIRE(assessment.outcome.issues.size() == 2);
        CHECK(assessment.outcome.issues[0].severity == Severity::warning);
    }
}

TEST_CASE("pathway: what is on the closed list goes back with the reason, and is asked nothing else") {
    const auto assessment = Referral(R"(,"priority":"urgent","code":{"text":"neck"})").assess(load());
    CHECK(assessment.excluded);
    REQUIRE(assessment.outcome.issues.size() == 1);
    const auto& finding = assessment.outcome.issues[0];
    CHECK(finding.severity == Severity::error);
    CHECK(finding.issue == Issue::business_rule);
    CHECK(finding.rule == "knees/3 not-necks/2");
    CHECK(finding.text == "Necks go elsewhere. Refer to the neck service.");
    CHECK(finding.expression == "Bundle.entry[0].resource.code");
}

TEST_CASE("pathway: the first row that holds decides, and says why") {
    const auto rules = load();
    const auto child = Referral(kReason, "2015-01-01", kImage).decide(rules);
    CHECK(child.service == "paediatrics");
    CHECK(child.rule == "knees/3 children");
    CHECK(child.reason == "Under 18.");
    CHECK(child.pathway == "knees");
    CHECK(child.version == "3");
    CHECK(Referral(kReason, kAdult, kImage).decide(rules).service == "virtual-clinic");
    CHECK(Referral(kReason).decide(rules).service == "clinic");
}

TEST_CASE("pathway: today is the environment's, so the 18th birthday decides") {
    const auto rules = load();
    CHECK(Referral(kReason, "2008-11-22").decide(rules).service == "paediatrics");
    CHECK(Referral(kReason, "2008-11-21").decide(rules).service == "clinic");
    Referral later(kReason, "2008-11-22");
    later.environment.now = parse_fhir_instant("2026-11-22T00:00:00Z");
    CHECK(later.decide(rules).service == "clinic");
}

TEST_CASE("pathway: the priority is what the GP asked for; a service raises it and never lowers it") {
    const auto rules = load();
    CHECK(Referral(kReason).decide(rules).priority == Priority::routine);
    CHECK(Referral(R"(,"priority":"urgent")").decide(rules).priority == Priority::urgent);
    CHECK(Referral("", kAdult, kImage).decide(rules).priority == Priority::urgent);
    CHECK(Referral(R"(,"priority":"stat")", kAdult, kImage).decide(rules).priority == Priority::emergency);
}

TEST_CASE("pathway: a decision lists the facts that its rules asked for and that were not there") {
    CHECK(Referral(R"(,"priority":"urgent")").decide(load()).not_known == Names{"image"});
    CHECK(Referral(kReason, kAdult, kImage).decide(load()).not_known.empty());
    CHECK(Referral(kReason, "2015-01-01").decide(load()).not_known.empty());
}

TEST_CASE("pathway: clocks start with the decision") {
    const auto decision = Referral(kReason).decide(load());
    REQUIRE(decision.clocks.size() == 1);
    CHECK(decision.clocks[0].name == "contact");
    CHECK(decision.clocks[0].within == std::chrono::hours(48));
    CHECK(decision.clocks[0].warn_after == std::chrono::hours(36));
    CHECK(decision.clocks[0].owner == "booking");
    CHECK(decision.clocks[0].stop_when == "MSH-9.1 = 'SIU'");
}

TEST_CASE("pathway: a decision as JSON can be read by the FHIR codec, empty parts left out") {
    const auto decision = Referral(R"(,"priority":"urgent")").decide(load());
    const auto parsed = fhir::parse_json(Payload(pathway::to_json(decision)));
    REQUIRE(parsed.has_value());
    const auto root = (*parsed)->root();
    CHECK(root.child("service").text() == "clinic");
    CHECK(root.child("priority").text() == "urgent");
    CHECK(root.child("not_known").text() == "image");
    CHECK(parse_duration(root.child("clocks").child("within").text()) == std::chrono::hours(48));
    const auto whole = pathway::to_json(Referral(kReason, kAdult, kImage).decide(load()));
    CHECK(whole.find("not_known") == std::string::npos);
}

TEST_CASE("pathway: before its first day it neither assesses nor decides") {
    const auto rules = load(changed(kPathway, "2026-01-01", "2027-01-01"));
    const Referral referral(kReason);
    CHECK(rules.assess(referral.document->root(), referral.environment).has_error());
    CHECK(rules.decide(referral.document->root(), referral.environment).has_error());
}

TEST_CASE("pathway: an expression that fails names its rule and place, never a value") {
    const auto rules = load(
        changed(kPathway, "when: \"%image.exists()\"", "when: \"(%referral.id | %person.birthDate).single() = 'x'\""));
    const Referral referral(R"(,"id":"secret-id")");
    const auto decision = rules.decide(referral.document->root(), referral.environment);
    REQUIRE(decision.has_error());
    CHECK(decision.error().where.find("test.yaml:1:") == 0);
    CHECK(decision.error().what.find("knees/3 with-image") != std::string::npos);
    CHECK(decision.error().what.find("secret-id") == std::string::npos);
}

TEST_CASE("pathway: mistakes stand at their place and say what to do") {
    const auto only = [](std::string_view from, std::string_view to, std::uint32_t line, std::string_view words) {
        const auto mistakes = mistakes_of(changed(kPathway, from, to));
        CAPTURE(test::texts(mistakes));
        CHECK(test::only_mistake(mistakes, line, words));
    };
    only("when: \"%child\"\n", "when: \"%chlid\"\n", 31, "child");
    only("2026-01-01", "soon", 3, "YYYY-MM-DD");
    only("    when: \"%image.exists()\"\n", "", 34, "\"when\"");
    only("  - rule: others\n", "  - rule: others\n    when: \"%child\"\n", 39, "last row");
    only("warn_after: 36h", "warn_after: 48h", 43, "Warn before");
    only("rule: need-reason", "rule: need-image", 25, "twice");
    only("stop_when: \"MSH-9.1 = 'SIU'\"", "stop_when: \"MSH-9.1 = = 1\"", 43, "");
    only("  image: ", "  now: \"1\"\n  image: ", 8, "another name");
    only("  referral: \"Bundle", "  referral: \"%person | Bundle", 5, "person");
}
