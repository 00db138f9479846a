#include "pipeline/validation_settings.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "pipeline/configuration_support.hpp"
#include "pipeline/intake.hpp"
#include "support/definitions.hpp"
#include "support/engine_fixture.hpp"

namespace causeway::pipeline {
namespace {

using test::Referral;

constexpr auto kPatient = "http://hl7.org/fhir/StructureDefinition/Patient";

/// A channel with this "validate:" block.
class Validating {
public:
    explicit Validating(const std::string& block) {
        engine_.channel("in", "owner: referral-team\nvalidate: " + block + "\n");
        engine_.route("referrals", "from: [in]\nto: [{destination: pas}]\n");
        configuration_ = engine_.load();
    }
    Judgement post(const std::string& body, std::string_view media_type = kFhirJson) const {
        Submission submission{Payload(body), std::string(media_type), "", "", "$process-message"};
        return judge(std::move(submission), configuration_->channels.at("in"), *configuration_, engine_.clock.now());
    }

private:
    test::TestEngine engine_;
    ConfigurationPtr configuration_;
};

std::string with_bad_gender() {
    auto body = test::json({});
    const std::string birth = R"("birthDate":"1966-09-09")";
    body.replace(body.find(birth), birth.size(), birth + R"(,"maritalStatus":{"word":"single"})");
    return body;
}

const Finding* find(const Judgement& judgement, std::string_view expression) {
    const auto& issues = judgement.record.outcome.issues;
    const auto found = std::find_if(issues.begin(), issues.end(),
                                    [&](const Finding& finding) { return finding.expression == expression; });
    return found == issues.end() ? nullptr : &*found;
}

constexpr auto kWrong = "Bundle.entry[2].resource.maritalStatus";

TEST_CASE("validate: a good referral is accepted without a word") {
    const Validating channel("{}");
    const auto judgement = channel.post(test::json({}));
    CHECK(judgement.accepted);
    CHECK_MESSAGE(judgement.record.outcome.empty(), to_json(judgement.record.outcome));
}

TEST_CASE("validate: an error of the base specification refuses with its place") {
    const auto judgement = Validating("{}").post(with_bad_gender());
    CHECK_FALSE(judgement.accepted);
    CHECK(judgement.record.http_status == 422);
    const auto text = to_json(judgement.record.outcome);
    CHECK_MESSAGE(text.find("maritalStatus") != std::string::npos, text);
    for (const auto& finding : judgement.record.outcome.issues) CHECK(finding.line != 0);
}

TEST_CASE("validate: the channel says what follows from an error") {
    const auto noted = Validating("{on_error: note}").post(with_bad_gender());
    CHECK(noted.accepted);
    CHECK(noted.record.outcome.issues.size() >= 1);
    CHECK(noted.parsed.hold == "");
    const auto held = Validating("{on_error: hold}").post(with_bad_gender());
    CHECK(held.accepted);
    REQUIRE(held.parsed.hold.has_value());
    CHECK(held.parsed.hold->find("release") != std::string::npos);
    CHECK(Validating("{base: false}").post(with_bad_gender()).accepted);
}

TEST_CASE("validate: an override with a reason drops a finding") {
    const auto all = Validating("{}").post(with_bad_gender());
    REQUIRE_FALSE(all.record.outcome.issues.empty());
    const Validating channel(
        "{overrides: [{path: Patient.maritalStatus, severity: 'off', reason: Our PAS sends it so until May.}]}");
    const auto judgement = channel.post(with_bad_gender());
    CHECK_MESSAGE(judgement.accepted, to_json(judgement.record.outcome));
}

TEST_CASE("validate: what the referral's own rules say of a place is not said again") {
    auto body = test::json({});
    const std::string status = R"("status":"active",)";
    body.replace(body.find(status), status.size(), "");
    const auto judgement = Validating("{}").post(body);
    const auto& issues = judgement.record.outcome.issues;
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].expression == "Bundle.entry[1].resource.status");
    CHECK(issues[0].text == "Give ServiceRequest.status, such as active.");
}

TEST_CASE("validate: what stands where a type belongs is not repeated") {
    const auto judgement = Validating("{}").post(R"({"resourceType":"CANARYNAME"})");
    CHECK(judgement.record.http_status == 422);
    CHECK(to_json(judgement.record.outcome).find("CANARYNAME") == std::string::npos);
}

TEST_CASE("validate: FHIR XML is taken as JSON is") {
    const Validating channel("{}");
    const auto judgement =
        channel.post("<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"message\"/></Bundle>", kFhirXml);
    CHECK(judgement.record.http_status == 422);
    CHECK(judgement.record.message.message_type == "Bundle/message");
    CHECK(find(judgement, "Bundle.entry") != nullptr);
    CHECK(channel.post("<Bundle", kFhirXml).record.http_status == 400);
}

TEST_CASE("validate: a profile that is not held is a mistake with the nearest right name") {
    test::ConfFolder folder;
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\nvalidate:\n  profiles:\n"
                 "    - http://hl7.org/fhir/StructureDefinition/Patiant\n");
    const auto said = folder.said();
    CHECK_MESSAGE(said.find("conf/channels/in.yaml:6:7: error: This profile is not held.") != std::string::npos, said);
    CHECK(said.find(std::string("Did you mean \"") + kPatient + "\"?") != std::string::npos);
}

TEST_CASE("validate: an override says what it is about") {
    test::ConfFolder folder;
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\nvalidate:\n  overrides:\n"
                 "    - {severity: warning, reason: So it is.}\n");
    const auto said = folder.said();
    CHECK(said.find("Name a rule or a path") != std::string::npos);
}

TEST_CASE("expressions of routes and keys are checked against the definitions") {
    test::ConfFolder folder;
    folder.write("conf/routes/copy.yaml",
                 "route: copy\nfrom: [in]\nwhen: \"Bundle.entry.resource.ofType(Patient).birthDat.exists()\"\n"
                 "to:\n  - destination: out\n");
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\nkeys:\n  who: Patient.nam.family\n");
    const auto said = folder.said();
    CHECK_MESSAGE(said.find("conf/routes/copy.yaml:3:") != std::string::npos, said);
    CHECK_MESSAGE(said.find("birthDate") != std::string::npos, said);
    CHECK_MESSAGE(said.find("conf/channels/in.yaml:5:") != std::string::npos, said);
}

TEST_CASE("expressions over HL7 v2 are checked against nothing of FHIR") {
    test::ConfFolder folder;
    folder.write(
        "conf/routes/copy.yaml",
        "route: copy\nfrom: [in]\nwhen: \"MSH-9.1 = 'ADT' and PID-3[1].4 = 'NHS'\"\nto:\n  - destination: out\n");
    CHECK(folder.said() == "");
}

/// A channel with the profile "own", which asks for a next of kin.
class Conforming {
public:
    explicit Conforming(const std::string& block) {
        engine_.file("../profiles/own.yaml",
                     "profile: own\nmessages: [ADT]\nrules: [{path: NK1, usage: R, because: We need one.}]\n");
        engine_.channel("in", "owner: pas-team\nvalidate: " + block + "\n");
        engine_.route("all", "from: [in]\nto: [{destination: pas}]\n");
        configuration_ = engine_.load();
    }
    Judgement send(const std::string& segments) const {
        Submission submission{
            Payload("MSH|^~\\&|A|B|C|D|20260101||ADT^A28|M1|P|2.4\rEVN||20260101\rPID|1||A^^^PAS||S\rPV1|1|I\r" +
                    segments),
            std::string(kHl7v2), "", "", ""};
        return judge(std::move(submission), configuration_->channels.at("in"), *configuration_, engine_.clock.now());
    }

private:
    test::TestEngine engine_;
    ConfigurationPtr configuration_;
};

TEST_CASE("validate: an HL7 v2 message is held to a conformance profile") {
    const Conforming channel("{profiles: [own]}");
    CHECK(channel.send("NK1|1|X|Y\r").accepted);
    const auto judgement = channel.send("");
    CHECK_FALSE(judgement.accepted);
    const auto* finding = find(judgement, "NK1");
    REQUIRE(finding != nullptr);
    CHECK(finding->text == "Send a segment NK1. We need one.");
    CHECK(finding->hl7_code == 100);
    CHECK(Conforming("{profiles: [own], on_error: note}").send("").accepted);
    const auto held = Conforming("{profiles: [own], on_error: hold}").send("");
    CHECK(held.accepted);
    CHECK(held.parsed.hold->find("release") != std::string::npos);
}

}  // namespace
}  // namespace causeway::pipeline
