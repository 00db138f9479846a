/// Validation in a whole engine: what it holds, what the packages in profiles/ bring, what expressions may ask.
#include <doctest/doctest.h>

#include "fhir/definitions/profile_folder.hpp"
#include "pipeline/intake.hpp"
#include "support/definitions.hpp"
#include "support/engine_fixture.hpp"
#include "support/tar.hpp"

namespace causeway::pipeline {
namespace {

constexpr auto kManifest =
    R"({"name":"test.trust.profiles","version":"1.0.0","fhirVersions":["4.0.1"],"dependencies":{"hl7.fhir.r4.core":"4.0.1"}})";

constexpr auto kPatientWithGender = R"({"resourceType":"StructureDefinition","name":"TrustPatient",
 "url":"https://trust.example.nhs.uk/StructureDefinition/TrustPatient","status":"active","fhirVersion":"4.0.1",
 "kind":"resource","abstract":false,"type":"Patient","derivation":"constraint",
 "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
 "differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.gender","path":"Patient.gender","min":1}]}})";

constexpr auto kTrustPatient = "https://trust.example.nhs.uk/StructureDefinition/TrustPatient";

/// Two patients in each referral: no referral of the tests has them.
constexpr auto kTwoPatients =
    R"({"resourceType":"MessageDefinition","url":"https://trust.example.nhs.uk/referral-message",
 "status":"active","date":"2026-11-21","eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars",
 "code":"servicerequest-request"},"focus":[{"code":"Bundle","min":1,"max":"1"},{"code":"Patient","min":2,"max":"2"}]})";

class World : public test::TestEngine {
public:
    World() { route("referrals", "from: [in]\nto: [{destination: pas}]\n"); }

    void validate(const std::string& block) { channel("in", "owner: referral-team\nvalidate: " + block + "\n"); }
    std::filesystem::path package() {
        return dir.write("trust.tgz", test::Tar()
                                          .file("package/package.json", kManifest)
                                          .file("package/StructureDefinition-TrustPatient.json", kPatientWithGender)
                                          .packed());
    }
    Verdict refer(const std::string& id, const std::string& extra = {}) {
        test::Referral referral;
        referral.id = id;
        referral.extra = extra;
        return post("in", test::json(referral));
    }
};

/// Mistakes for which a reload is refused, one a line.
std::string errors(const std::vector<config::Mistake>& mistakes) {
    std::string all;
    for (const auto& mistake : mistakes)
        if (!mistake.warning) all += config::to_string(mistake) + '\n';
    return all;
}

bool says(const Verdict& verdict, std::string_view expression, std::string_view rule) {
    return std::any_of(verdict.outcome.issues.begin(), verdict.outcome.issues.end(), [&](const Finding& finding) {
        return finding.expression == expression && finding.rule == rule;
    });
}

}  // namespace

TEST_CASE("validation: a message that it holds waits for its owner, and goes on when it is released") {
    World world;
    world.validate("{on_error: hold}");
    world.start();
    const auto verdict = world.refer("b1", R"("word":"not FHIR",)");
    CHECK(verdict.disposition == Disposition::accepted);
    REQUIRE(world.becomes(verdict.message, "", State::held));
    const auto held = world.owed_to(verdict.message, "");
    CHECK(held->owner == "referral-team");
    CHECK(held->cause.find("Validation found") != std::string::npos);
    CHECK(world.peers.seen("pas").empty());

    REQUIRE(world.act(OperatorAct::Kind::release, held->id).has_value());
    CHECK(world.becomes(verdict.message, "pas", State::delivered));
    CHECK(world.balances({verdict.message}));
}

TEST_CASE("validation: a package in profiles/ is loaded, and its profile holds for the resources of its type") {
    World world;
    std::filesystem::create_directories(world.dir / "profiles");
    std::filesystem::copy_file(world.package(), world.dir / "profiles/test.trust.profiles-1.0.0.tgz");
    world.validate("{profiles: [" + std::string(kTrustPatient) + "]}");
    world.start();
    const auto verdict = world.refer("b1");
    CHECK(verdict.disposition == Disposition::refused);
    CHECK_MESSAGE(says(verdict, "Bundle.entry[2].resource", "cardinality-min"), to_json(verdict.outcome));
}

TEST_CASE("validation: a package that is added counts from the next reload on") {
    World world;
    world.validate("{}");
    world.start();
    CHECK(world.refer("b1").disposition == Disposition::accepted);

    world.validate("{profiles: [" + std::string(kTrustPatient) + "]}");
    CHECK(errors(world.reload()).find("This profile is not held.") != std::string::npos);
    REQUIRE(fhir::add_package(world.dir / "profiles", world.package(), test::r4()).has_value());
    CHECK(errors(world.reload()) == "");
    CHECK(world.refer("b2").disposition == Disposition::refused);
}

TEST_CASE("validation: a MessageDefinition of a channel counts the resources of messages of its event") {
    World world;
    world.dir.write("profiles/referral-message.json", kTwoPatients);
    world.validate("{profiles: [https://trust.example.nhs.uk/referral-message]}");
    world.start();
    const auto verdict = world.refer("b1");
    CHECK(verdict.disposition == Disposition::refused);
    CHECK_MESSAGE(to_json(verdict.outcome).find("Patient") != std::string::npos, to_json(verdict.outcome));
}

TEST_CASE("validation: conditions of routes may ask for value sets") {
    World world;
    world.validate("{}");
    const auto when = [](const std::string& value_set) {
        return "from: [in]\nwhen: "
               "\"Bundle.entry.resource.ofType(ServiceRequest).priority.memberOf('http://hl7.org/fhir/"
               "ValueSet/" +
               value_set + "')\"\nto: [{destination: ";
    };
    world.route("referrals", when("request-priority") + "pas}]\n");
    world.route("other", when("request-status") + "theatre}]\n");
    world.start();
    const auto message = world.refer("b1").message;
    CHECK(world.becomes(message, "pas", State::delivered));
    CHECK_FALSE(world.owed_to(message, "theatre").has_value());
}

}  // namespace causeway::pipeline
