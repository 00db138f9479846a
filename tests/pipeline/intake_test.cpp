#include "pipeline/intake.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "pipeline/checks.hpp"
#include "support/engine_fixture.hpp"
#include "support/test_pathway.hpp"

namespace causeway::pipeline {
namespace {

using test::Referral;

/// One channel ("in") with what the test says of it, and a pathway for its referrals.
class Judge {
public:
    explicit Judge(const std::string& channel_says = {}) {
        engine_.channel("in", channel_says);
        engine_.file("pathways/test-pathway.yaml", test::kTestPathway);
        engine_.file("directory/practices.yaml",
                     "organisations:\n  - {ods_code: Y90001, name: Northgate, type: gp-practice, "
                     "endpoint: 'http://127.0.0.1:9/fhir'}\n");
        engine_.route("referrals",
                      "from: [in]\nwhen: \"Bundle.exists()\"\npathway: test-pathway\n"
                      "to: [{destination: pas}]\n");
        engine_.route("letters",
                      "from: [in]\nwhen: \"MSH-9.1 = 'MDM'\"\nto:\n  - destination: pas\n"
                      "    organisation: [{source: addressee, ods_code: MSH-6.1}]\n"
                      "    unknown_owner: letters-team\n");
        configuration_ = engine_.load();
    }

    Judgement v2(const std::string& body, const std::string& sender = {}) const {
        return judge({Payload(body), std::string(kHl7v2), sender, "", ""});
    }
    Judgement fhir(const std::string& body, const std::string& operation = "$process-message") const {
        return judge({Payload(body), std::string(kFhirJson), "", "", operation});
    }
    Judgement judge(Submission submission) const {
        return pipeline::judge(std::move(submission), configuration_->channels.at("in"), *configuration_,
                               engine_.clock.now());
    }

private:
    test::TestEngine engine_;
    ConfigurationPtr configuration_;
};

const Finding& only(const Judgement& judgement) {
    REQUIRE(judgement.record.outcome.issues.size() == 1);
    return judgement.record.outcome.issues.front();
}

bool has_key(const Judgement& judgement, const std::string& kind, const std::string& value) {
    const auto& keys = judgement.record.message.keys;
    return std::find(keys.begin(), keys.end(), Key{kind, value}) != keys.end();
}

TEST_CASE("judge: a message of a sender that is watched names its feed, others name none") {
    const Judge judge("feeds: [PAS|RX999]\n");
    CHECK(judge.v2(test::adt("C1", "9990000018")).record.feed == "PAS|RX999");
    const Judge other("feeds: [LAB|RX999]\n");
    CHECK(other.v2(test::adt("C1", "9990000018")).record.feed.empty());
}

TEST_CASE("judge: a message that came in a file is found by its name, and is the same in a file of another name") {
    const Judge judge;
    const auto in_file = [&](std::string name) {
        Submission submission;
        submission.body = Payload(test::adt("C1", "9990000018"));
        submission.media_type = kHl7v2;
        submission.file = std::move(name);
        return judge.judge(std::move(submission));
    };
    const auto first = in_file("a.hl7"), second = in_file("b.hl7");
    CHECK(has_key(first, "file", "a.hl7"));
    CHECK(has_key(first, "control-id", "C1"));
    CHECK(first.record.message.sender == "PAS|RX999");
    CHECK(first.record.duplicate_key == second.record.duplicate_key);
}

TEST_CASE("judge: a good message is accepted under the configuration that judged it") {
    const Judge judge;
    const auto judgement = judge.v2(test::adt("C1", "9990000018"));
    CHECK(judgement.accepted);
    CHECK(judgement.record.http_status == 200);
    CHECK(judgement.record.outcome.empty());
    const auto& message = judgement.record.message;
    CHECK(message.message_type == "ADT^A28");
    CHECK(message.message_control_id == "C1");
    CHECK(message.sender == "PAS|RX999");
    CHECK(message.channel == "in");
    CHECK(message.config_hash.size() == 64);
    CHECK(message.priority == Priority::routine);
}

TEST_CASE("judge: the same bytes are judged the same") {
    const Judge judge;
    const auto one = judge.v2(test::adt("C1", "9990000018")), two = judge.v2(test::adt("C1", "9990000018"));
    CHECK(one.record.duplicate_key == two.record.duplicate_key);
    CHECK(one.record.lane == two.record.lane);
    CHECK(to_json(one.record.outcome) == to_json(two.record.outcome));
}

TEST_CASE("judge: a type that no channel knows is AR 200, whatever the case of its letters") {
    const Judge judge;
    for (const auto* type : {"XYZ^A01", "ZZZ^Z01"}) {
        const auto judgement = judge.v2(test::v2(type, "C1", "PID|1\r"));
        CHECK_FALSE(judgement.accepted);
        CHECK(only(judgement).hl7_code == 200);
        CHECK(only(judgement).expression == "MSH-9.1");
    }
}

TEST_CASE("judge: a channel that names its types refuses another type with 200 and another event with 201") {
    const Judge judge("accepts: [ADT^A28, ORU]\n");
    CHECK(judge.v2(test::adt("C1", "9990000018")).accepted);
    CHECK(judge.v2(test::v2("ORU^R01", "C2", "PID|1\r")).accepted);
    CHECK(only(judge.v2(test::v2("MDM^T02", "C3", "PID|1\r"))).hl7_code == 200);
    const auto other_event = judge.v2(test::v2("ADT^A08", "C4", "PID|1\r"));
    CHECK(only(other_event).hl7_code == 201);
    CHECK(only(other_event).expression == "MSH-9.2");
    CHECK(only(other_event).text.find("ADT^A28") != std::string::npos);
}

TEST_CASE("judge: a channel that names its types refuses another kind of Bundle") {
    const Judge judge("accepts: [Bundle/message]\n");
    CHECK(judge.fhir(test::json({})).accepted);
    Referral transaction;
    transaction.type = "transaction";
    const auto judgement = judge.fhir(test::json(transaction), "transaction");
    CHECK_FALSE(judgement.accepted);
    CHECK(judgement.record.http_status == 422);
    CHECK(judgement.record.outcome.issues.front().issue == Issue::not_supported);
}

TEST_CASE("judge: a test message on a live channel is AR 202, and an empty MSH-11 is live") {
    const Judge judge;
    const auto judgement = judge.v2(test::v2("ADT^A28", "C1", "PID|1\r", "T"));
    CHECK_FALSE(judgement.accepted);
    CHECK(only(judgement).hl7_code == 202);
    CHECK(only(judgement).expression == "MSH-11");
    CHECK(judge.v2(test::v2("ADT^A28", "C1", "PID|1\r", "")).accepted);
    CHECK(judge.v2(test::v2("ADT^A28", "C1", "PID|1\r", "P^T")).accepted);
}

TEST_CASE("judge: a live message on a test channel is AR 202") {
    const Judge judge("processing_ids: [T, D]\n");
    CHECK(only(judge.v2(test::adt("C1", "9990000018"))).hl7_code == 202);
    CHECK(judge.v2(test::v2("ADT^A28", "C1", "PID|1\r", "D")).accepted);
}

TEST_CASE("judge: an NHS number with a wrong check digit is AE 102 on a strict channel, without the number") {
    const Judge judge;
    const auto judgement = judge.v2(test::adt("C1", "9990000019"));
    CHECK_FALSE(judgement.accepted);
    CHECK(only(judgement).hl7_code == 102);
    CHECK(only(judgement).severity == Severity::error);
    CHECK(only(judgement).expression.starts_with("PID-3"));
    CHECK(to_json(judgement.record.outcome).find("999000") == std::string::npos);
}

TEST_CASE("judge: on a lenient channel it is a warning") {
    const Judge judge("nhs_number: warn\n");
    const auto judgement = judge.v2(test::adt("C1", "9990000019"));
    CHECK(judgement.accepted);
    CHECK(only(judgement).severity == Severity::warning);
}

TEST_CASE("judge: the NHS number that a merge retires is checked too") {
    const Judge judge;
    const auto merge = test::v2("ADT^A40", "C1", "PID|1||9990000018^^^NHS\rMRG|9990000027^^^NHS\r");
    CHECK(only(judge.v2(merge)).expression.starts_with("MRG-1"));
}

TEST_CASE("judge: what cannot be decoded is refused with its code, and is still found by its control id") {
    const Judge judge;
    const auto version = judge.v2("MSH|^~\\&|A|B|C|D|2026||ADT^A28|C1|P|9.9\rPID|1\r");
    CHECK_FALSE(version.accepted);
    CHECK(only(version).hl7_code == 203);
    CHECK(version.record.http_status == 400);
    CHECK(has_key(version, "control-id", "C1"));
    CHECK(version.record.message.message_type == "ADT^A28");
    CHECK(only(judge.v2("MSH|^~\\&|A|B|C|D|2026||ADT^A28||P|2.5\r")).hl7_code == 101);
    CHECK(only(judge.v2("")).hl7_code == 100);
    CHECK(only(judge.v2("rubbish")).hl7_code == 100);
}

TEST_CASE("judge: bytes that are not in the character set are refused with 102, or kept where the channel says so") {
    const auto body =
        "MSH|^~\\&|PAS|RX999|CAUSEWAY|RX999|20261121093000||ADT^A28|M1|P|2.5.1||||||UNICODE UTF-8\r"
        "PID|1||9990000018^^^NHS^NH||TESTPATIENT^ZO\xCB\r";
    const auto refused = Judge().v2(body);
    CHECK_FALSE(refused.accepted);
    CHECK(only(refused).hl7_code == 102);

    const auto kept = Judge("undecodable: keep\n").v2(body);
    CHECK(kept.accepted);
    CHECK(only(kept).rule == "hl7v2-undecodable-bytes");
    CHECK(kept.record.message.body.reveal() == body);
}

TEST_CASE("judge: a message of a batch is found by the batch's id") {
    const Judge judge;
    Submission submission;
    submission.body = Payload(test::adt("M1", "9990000018"));
    submission.media_type = kHl7v2;
    submission.batch = "B7";
    CHECK(has_key(judge.judge(std::move(submission)), "batch", "B7"));
}

TEST_CASE("judge: malformed JSON is 400 structure with line and column") {
    const Judge judge;
    const auto judgement = judge.fhir("{\n  \"resourceType\": }");
    CHECK_FALSE(judgement.accepted);
    CHECK(judgement.record.http_status == 400);
    CHECK(only(judgement).issue == Issue::structure);
    CHECK(only(judgement).line == 2);
    CHECK(only(judgement).column > 1);
}

TEST_CASE("judge: a media type that nobody decodes is refused, not stored as accepted") {
    const Judge judge;
    const auto judgement = judge.judge({Payload("<x/>"), "application/xml", "", "", ""});
    CHECK_FALSE(judgement.accepted);
    CHECK(only(judgement).issue == Issue::not_supported);
}

TEST_CASE("judge: a Bundle that is well-formed but not right is 422 with the place") {
    const Judge judge;
    auto broken = test::json({});
    broken.replace(broken.find(R"("intent":"order",)"), 17, "");
    const auto judgement = judge.fhir(broken);
    CHECK_FALSE(judgement.accepted);
    CHECK(judgement.record.http_status == 422);
    CHECK(only(judgement).expression == "Bundle.entry[1].resource.intent");
    CHECK(only(judgement).line == 1);
}

TEST_CASE("judge: an address takes its own type of Bundle") {
    const Judge judge;
    Referral transaction;
    transaction.type = "transaction";
    CHECK(judge.fhir(test::json(transaction), "transaction").accepted);
    CHECK_FALSE(judge.fhir(test::json(transaction), "$process-message").accepted);
    CHECK_FALSE(judge.fhir(test::json({}), "transaction").accepted);
    CHECK(judge.fhir(test::json({}), "").accepted);
}

TEST_CASE("judge: the NHS number of a referral is strict or not, as the channel says") {
    Referral wrong;
    wrong.nhs_number = "9990000019";
    const auto strict = Judge().fhir(test::json(wrong));
    CHECK_FALSE(strict.accepted);
    CHECK(strict.record.http_status == 422);
    CHECK(Judge("nhs_number: warn\n").fhir(test::json(wrong)).accepted);
}

TEST_CASE("judge: what a pathway needs and does not find is 422, with its rule and place") {
    Referral incomplete;
    incomplete.reason = "";
    const auto judgement = Judge().fhir(test::json(incomplete));
    CHECK_FALSE(judgement.accepted);
    CHECK(judgement.record.http_status == 422);
    CHECK(only(judgement).rule.find("complete-reason") != std::string::npos);
    CHECK(only(judgement).expression == "Bundle.entry[1].resource.reasonCode");
}

TEST_CASE("judge: an urgent referral with something missing asks, and is never blocked") {
    Referral incomplete;
    incomplete.reason = "";
    incomplete.priority = "urgent";
    const auto judgement = Judge().fhir(test::json(incomplete));
    CHECK(judgement.accepted);
    CHECK(judgement.record.message.priority == Priority::urgent);
    CHECK(only(judgement).severity == Severity::warning);
}

TEST_CASE("judge: a referral of the closed list goes back with the reason") {
    Referral maternity;
    maternity.reason = R"([{"text":"Maternity"}])";
    const auto judgement = Judge().fhir(test::json(maternity));
    CHECK_FALSE(judgement.accepted);
    CHECK(only(judgement).issue == Issue::business_rule);
    CHECK(only(judgement).text.find("maternity unit") != std::string::npos);
}

TEST_CASE("judge: an unknown organisation is AE 103 only where the channel says so") {
    const auto letter = [](const std::string& to) {
        return "MSH|^~\\&|PAS|RX999|GP|" + to + "|20261121||MDM^T02|C1|P|2.5.1\rPID|1||9990000018^^^NHS\r";
    };
    CHECK(Judge().v2(letter("Y99999")).accepted);
    const Judge strict("unknown_organisation: refuse\n");
    CHECK(strict.v2(letter("Y90001")).accepted);
    const auto judgement = strict.v2(letter("Y99999"));
    CHECK_FALSE(judgement.accepted);
    CHECK(only(judgement).hl7_code == 103);
}

TEST_CASE("judge: the duplicate key is made of channel, sender and control id, not of the rest") {
    const Judge judge;
    const auto key = [&](const std::string& body, const std::string& sender = {}) {
        return judge.v2(body, sender).record.duplicate_key;
    };
    const auto message = test::adt("C1", "9990000018");
    auto elsewhere = message;
    elsewhere.replace(elsewhere.find("RX999"), 5, "RX998");
    CHECK(key(message) == key(test::adt("C1", "9990000026")));
    CHECK(key(message) != key(test::adt("C2", "9990000018")));
    CHECK(key(message) != key(elsewhere));
    CHECK(key(message, "CN=one") != key(message, "CN=two"));
}

TEST_CASE("judge: the duplicate key of a Bundle is its identifier, else its id, else its bytes") {
    const Judge judge;
    const auto key = [&](std::string body, const std::string& from, const std::string& to) {
        if (!from.empty()) body.replace(body.find(from), from.size(), to);
        return judge.fhir(body).record.duplicate_key;
    };
    const auto body = test::json({});
    const std::string identifier = R"("identifier":{"system":"https://gp.example.nhs.uk/Id/bundle","value":"b1"})";
    CHECK(key(body, "", "") == key(body, "TESTPATIENT", "TESTPERSON"));
    CHECK(key(body, identifier, R"("id":"x")") != key(body, identifier, R"("id":"y")"));
    CHECK(key(body, identifier, R"("id":"x")") == key(body, identifier, R"("id": "x")"));
    CHECK(key(body, identifier, R"("language":"en")") != key(body, identifier, R"("language":"de")"));
}

TEST_CASE("judge: a message is found by what it names, in the standard places and in those of the channel") {
    const Judge judge("keys:\n  appointment: SCH-1.1\n");
    const auto v2 = judge.v2(test::v2("REF^I12", "C1",
                                      "RF1|A|R|||O|000049070005|20261120\rPRD|RP||||||Y90001\r"
                                      "PID|1||999 000 0018^^^NHS^NH~H77^^^RX999^MR\rSCH|APPT-1\r"));
    CHECK(has_key(v2, "control-id", "C1"));
    CHECK(has_key(v2, "ubrn", "000049070005"));
    CHECK(has_key(v2, "nhs-number", "9990000018"));
    CHECK(has_key(v2, "patient", "H77"));
    CHECK(has_key(v2, "ods", "Y90001"));
    CHECK(has_key(v2, "appointment", "APPT-1"));
    const auto fhir = judge.fhir(test::json({}));
    CHECK(has_key(fhir, "control-id", "b1"));
    CHECK(has_key(fhir, "ubrn", "000049070005"));
    CHECK(has_key(fhir, "nhs-number", "9990000018"));
    CHECK(has_key(fhir, "service-request", "sr-b1"));
    CHECK(has_key(fhir, "ods", "Y90001"));
}

TEST_CASE("judge: one patient's messages share a lane, a merge stands in both patients' lanes") {
    const Judge judge;
    const auto lane = [&](const std::string& body) { return judge.v2(body).record.lane; };
    CHECK(lane(test::adt("C1", "9990000018")) == "in/9990000018");
    CHECK(lane(test::adt("C2", "999 000 0018")) == "in/9990000018");
    CHECK(lane(test::v2("ADT^A40", "C3", "PID|1||9990000018^^^NHS\rMRG|9990000026^^^NHS\r")) ==
          std::string("in/9990000018") + kLaneSeparator + "in/9990000026");
    CHECK(lane(test::v2("ADT^A28", "C4", "PID|1||H77^^^RX999^MR\r")) == "in/H77");
    CHECK(lane(test::v2("ADT^A28", "C5", "EVN|A28\r")) == "in");
}

TEST_CASE("judge: priority comes from the referral or the order") {
    const Judge judge;
    const auto fhir = [&](const std::string& code) {
        Referral made;
        made.priority = code;
        return judge.fhir(test::json(made)).record.message.priority;
    };
    CHECK(fhir("routine") == Priority::routine);
    CHECK(fhir("urgent") == Priority::urgent);
    CHECK(fhir("asap") == Priority::urgent);
    CHECK(fhir("stat") == Priority::emergency);
    const auto v2 = [&](const std::string& code) {
        return judge.v2(test::v2("REF^I12", "C1", "RF1|A|" + code + "\rPID|1\r")).record.message.priority;
    };
    CHECK(v2("R") == Priority::routine);
    CHECK(v2("A") == Priority::urgent);
    CHECK(v2("S") == Priority::emergency);
}

TEST_CASE("every code of table 0076 is known, in capitals only") {
    CHECK(is_known_message_code("ADT"));
    CHECK(is_known_message_code("VXX"));
    CHECK_FALSE(is_known_message_code("adt"));
    CHECK_FALSE(is_known_message_code(""));
}

}  // namespace
}  // namespace causeway::pipeline
