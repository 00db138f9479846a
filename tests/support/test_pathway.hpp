#pragma once
/// The smallest pathway with an exclusion and a question.

namespace causeway::test {

inline constexpr auto kTestPathway = R"yaml(pathway: test-pathway
version: 7
effective_from: 2020-01-01
facts:
  referral: "Bundle.entry.resource.ofType(ServiceRequest)"
urgent_when: "%referral.priority in ('urgent' | 'asap')"
exclusions:
  - rule: exclusion-maternity
    when: "%referral.reasonCode.text = 'Maternity'"
    reason: Maternity has its own way.
    instead: Refer to the maternity unit.
    expression: "%referral.reasonCode"
completeness:
  - rule: complete-reason
    require: "%referral.reasonCode.exists()"
    ask: Give the reason for the referral.
    why: Triage needs it.
    expression: "%referral.reasonCode"
services:
  - {rule: service-general, service: general, reason: It is the only one.}
)yaml";

}  // namespace causeway::test
