#pragma once
/// An engine whose referrals are decided by a pathway with a promise, and whose letters find their practice.

#include <string>

#include "support/engine_fixture.hpp"

namespace causeway::test {

/// Channels: referrals (FHIR), letters (MDM), adt (A28 and A40 are learnt; SIU stops the promise).
/// Destinations: pas, gp-practices (by the directory: Y90001 and Y90002 open, Y90003 closed, Y90004 without endpoint).
struct ReferralWorld : TestEngine {
    explicit ReferralWorld(const std::string& within = "48h", const std::string& warn_after = "36h") {
        channel("referrals", "owner: referral-team\n");
        channel("letters", "owner: letter-team\n");
        channel("adt", "owner: adt-team\nkeys:\n  ubrn: SCH-26.1\n");
        destination("gp-practices", "url: directory\n");
        practices("open", "http://127.0.0.1:9/fhir");
        pathway(within, warn_after);
        map("patient", R"map(map patient   v2 2.1..2.9 ADT^A28,ADT^A40   ->   Patient   version 1

resource Patient
  PID-5[*]   ->   name[*] : XPN
  PD1-3[*]   ->   generalPractitioner[*] : XON.Organization(ods)
)map");
        route("referrals",
              "from: [referrals]\npathway: test-pathway\nto:\n"
              "  - {destination: pas, answer_within: 48h, answer_owner: referral-team}\n");
        route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nlearn: patient\n");
        route("notices", "from: [adt]\nwhen: \"MSH-9.1 = 'SIU'\"\nfilter: notice\nreason: Nobody is owed it.\n");
        route("letters", R"yaml(from: [letters]
to:
  - destination: gp-practices
    organisation:
      - {source: addressee, ods_code: "MSH-6.1.where($this.matches('^Y[0-9]+$'))"}
      - source: patient knowledge
        ods_code: "%patient.generalPractitioner.identifier.value"
    unknown_owner: letter-team
)yaml");
    }

    /// Y90001 as it is said here, the others always the same.
    void practices(const std::string& first_is, const std::string& endpoint) {
        const auto where = endpoint.empty() ? "" : ", endpoint: '" + endpoint + "'";
        const auto first = first_is == "closed" ? ", status: closed, successor: Y90002" : "";
        file("directory/practices.yaml",
             "organisations:\n  - {ods_code: Y90001, name: A, type: gp-practice" + where + first + "}\n" +
                 "  - {ods_code: Y90002, name: B, type: gp-practice, endpoint: 'http://127.0.0.1:8/fhir'}\n"
                 "  - {ods_code: Y90003, name: C, type: gp-practice, status: closed, successor: Y90001}\n"
                 "  - {ods_code: Y90004, name: D, type: gp-practice}\n");
    }

    void pathway(const std::string& within, const std::string& warn_after) {
        const std::string rules = R"yaml(pathway: test-pathway
version: 7
effective_from: 2020-01-01
facts:
  referral: "Bundle.entry.resource.ofType(ServiceRequest)"
urgent_when: "%referral.priority = 'urgent'"
completeness:
  - {rule: complete-reason, require: "%referral.reasonCode.exists()", ask: Give the reason., why: Triage needs it.}
services:
  - rule: service-headache
    when: "%referral.reasonCode.text = 'Migraine'"
    service: headache
    reason: Migraine is seen there.
  - {rule: service-general, service: general, reason: No row above takes it.}
clocks:
  - name: first-contact
    owner: booking-team
    stop_when: "MSH-9.1 = 'SIU'"
)yaml";
        file("pathways/test-pathway.yaml", rules + "    within: " + within + "\n    warn_after: " + warn_after + "\n");
    }

    Id refer(const Referral& made = {}) { return post("referrals", json(made)).message; }
    Id letter(const std::string& control_id, const std::string& to, const std::string& nhs_number = "9990000018") {
        return send("letters", "MSH|^~\\&|PAS|RX999|GP|" + to + "|20261121||MDM^T02|" + control_id +
                                   "|P|2.5.1\rPID|1||" + nhs_number + "^^^NHS||TESTPATIENT^EDITH\r")
            .message;
    }
    Id learn(const std::string& control_id, const std::string& identifier, const std::string& practice) {
        return send("adt", v2("ADT^A28", control_id,
                              "EVN|A28|20261121093000\rPID|1||" + identifier +
                                  "||TESTPATIENT^EDITH||19660909|F\rPD1|||SURGERY^^" + practice + "\r"))
            .message;
    }
    Id appointment(const std::string& control_id, const std::string& ubrn) {
        std::string sch = "SCH|APPT-1";
        for (int field = 2; field < 26; ++field) sch += '|';
        return send("adt", v2("SIU^S12", control_id, sch + "|" + ubrn + "\rPID|1\r")).message;
    }
    PathwayClock clock_of(Id message) { return store().clocks_of(message).value().at(0); }
    bool promise_becomes(Id message, PathwayClock::State wanted) {
        return soon([&] {
            const auto clocks = store().clocks_of(message).value();
            return clocks.size() == 1 && clocks[0].state == wanted;
        });
    }
};

}  // namespace causeway::test
