/// Conformance profiles of HL7 v2: what they ask for and what they find.
#include <doctest/doctest.h>

#include <fstream>

#include "hl7v2/acknowledgement.hpp"
#include "support/temp_dir.hpp"
#include "validation/v2/check.hpp"
#include "validation/v2/profile.hpp"

using namespace causeway;
using namespace causeway::validation::v2;

namespace {

const std::string kHeader = "MSH|^~\\&|PAS|RX1|GP|A81001|20260101||ADT^A28^ADT_A05|M1|P|2.4\r";

std::shared_ptr<const hl7v2::Message> parsed(const std::string& bytes) {
    auto message = hl7v2::parse(Payload(bytes));
    REQUIRE(message.has_value());
    return *message;
}

ProfilePtr shipped(const std::string& name) {
    std::vector<config::Mistake> mistakes;
    auto profile = load_profile(std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "profiles", name, mistakes);
    for (const auto& mistake : mistakes) FAIL(to_string(mistake));
    return profile;
}

/// A profile with these lines below its name.
ProfilePtr written(const std::string& lines, std::vector<config::Mistake>* found = nullptr) {
    const test::TempDir dir;
    dir.write("own.yaml", "profile: own\n" + lines);
    dir.write("other.yaml", "profile: other\nextends: own\n");
    std::vector<config::Mistake> mistakes;
    auto profile = load_profile(dir.path(), "own", mistakes);
    if (found != nullptr)
        *found = mistakes;
    else
        for (const auto& mistake : mistakes) FAIL(to_string(mistake));
    return profile;
}

/// Only this kind of the standard's own definitions counts.
std::string only(const std::string& kind, const std::string& level) {
    std::string out = "base: {";
    for (const auto* name : {"structure", "required", "types", "tables", "repetitions", "lengths"})
        out += std::string(name) + ": " + (name == kind ? level : "\"off\"") + ", ";
    return out + "}\n";
}

const std::string kNothing = only("", "");

/// "rule at place code severity".
std::vector<std::string> findings(const Profile& profile, const std::string& segments) {
    std::vector<std::string> out;
    for (const auto& f : check(*parsed(kHeader + segments), profile).issues)
        out.push_back(f.rule + " at " + f.expression + ' ' + std::to_string(f.hl7_code) +
                      (f.severity == Severity::error ? "" : " " + std::string(to_code(f.severity))));
    return out;
}

std::vector<std::string> by_rule(const std::string& rules, const std::string& segments) {
    return findings(*written(kNothing + "rules:\n" + rules), segments);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every shipped profile loads") {
    for (const auto* name : {"uk-common", "itk-adt", "ref-i12", "mdm", "siu", "oru"}) {
        INFO(name);
        const auto profile = shipped(name);
        REQUIRE(profile);
        CHECK(profile->name == name);
        CHECK(profile->rules.size() > 10);
    }
}

TEST_CASE("a field that is required is asked for in each segment") {
    CHECK(by_rule("  - {path: PID-3, usage: R}\n", "PID|1||\rPID|2||A\r") == Lines{"usage at PID[1]-3 101"});
    CHECK(by_rule("  - {path: PID-3.4.1, usage: R}\n", "PID|1||A^^^&x\r") == Lines{"usage at PID-3.4.1 101"});
    CHECK(by_rule("  - {path: PID-3, usage: R}\n", "PID|1||\"\"\r") == Lines{"usage at PID-3 101"});
    CHECK(by_rule("  - {path: PID-3, usage: R}\n", "PV1|1\r").empty());
    CHECK(by_rule("  - {path: 'PID-3[4.1=\"NHS\"].1', usage: R}\n", "PID|1||A^^^PAS\r") ==
          Lines{"usage at PID-3.1 101"});
}

TEST_CASE("segments are counted") {
    CHECK(by_rule("  - {path: PV1, usage: R}\n", "PID|1\r") == Lines{"usage at PV1 100"});
    CHECK(by_rule("  - {path: NK1, max: 1}\n", "NK1|1\rNK1|2\r") == Lines{"repetitions at NK1[2] 100"});
    CHECK(by_rule("  - {path: NK1, min: 2}\n", "NK1|1\r") == Lines{"usage at NK1 100"});
    CHECK(by_rule("  - {path: MRG, usage: X}\n", "MRG|1\r") == Lines{"usage at MRG 100"});
    CHECK(by_rule("  - {path: 'PRD[1=\"RP\"]', usage: R}\n", "PRD|RT\r") == Lines{"usage at PRD 100"});
}

TEST_CASE("a rule may be for a group") {
    const std::string header = "MSH|^~\\&|A|B|C|D|2026||REF^I12|M1|P|2.4\r";
    const auto profile = written(kNothing + "rules:\n  - {path: PROVIDER_CONTACT.PRD-7, usage: R}\n");
    const auto outcome = check(*parsed(header + "PRD|RP||||||1\rPRD|RT\r"), *profile);
    REQUIRE(outcome.issues.size() == 1);
    CHECK(outcome.issues[0].expression == "PRD[2]-7");
}

TEST_CASE("values have a form, a length and codes") {
    CHECK(by_rule("  - {path: PID-7, type: DT}\n", "PID|||||||19751301\r") == Lines{"type at PID-7[1] 102"});
    CHECK(by_rule("  - {path: PID-3.1, type: nhs-number}\n", "PID|||9990548608~9990548609\r") ==
          Lines{"type at PID-3[1].1 102"});
    CHECK(by_rule("  - {path: PID-8, codes: [M, F], severity: warning}\n", "PID||||||||X\r") ==
          Lines{"table at PID-8[1] 103 warning"});
    CHECK(by_rule("  - {path: PID-5.1, length: 3}\n", "PID|||||\xC3\xA9t\xC3\xA9~Smith\r") ==
          Lines{"length at PID-5[2].1 104"});
    CHECK(by_rule("  - {path: PID-8, codes: [M], type: NM, length: 1}\n", "PID||||||||\"\"\r").empty());
}

TEST_CASE("rules hold for some messages, or under a condition") {
    CHECK(by_rule("  - {path: PV1, usage: R, messages: [ADT^A01]}\n", "").empty());
    CHECK(by_rule("  - {path: PV1, usage: R, messages: [ADT]}\n", "").size() == 1);
    const auto* rule = "  - {path: PV1-3, usage: R, when: \"PV1-2 = 'I'\"}\n";
    CHECK(by_rule(rule, "PV1|1|O\r").empty());
    CHECK(by_rule(rule, "PV1|1|I\r") == Lines{"usage at PV1-3 101"});
}

TEST_CASE("versions, messages and character sets can be demanded") {
    CHECK(findings(*written("versions: [\"2.5.1\"]\nmessages: [ADT^A01, REF]\ncharset: UNICODE UTF-8\n" + kNothing),
                   "") == Lines{"version at MSH-12 203", "message at MSH-9.2 201", "charset at MSH-18 103"});
    CHECK(findings(*written("messages: [REF]\n" + kNothing), "") == Lines{"message at MSH-9.1 200"});
}

TEST_CASE("the standard's own definitions are checked kind by kind") {
    const auto base = [](const std::string& kind, const std::string& level = "error") {
        return *written(only(kind, level));
    };
    CHECK(findings(base("structure"), "EVN||2026\rPID|1\rPD1|1\rIN1|x\rPV1|1|I\r") == Lines{"structure at IN1 100"});
    CHECK(findings(base("types"), "PID|x||||||soon|\r") == Lines{"type at PID-1 102", "type at PID-7 102"});
    CHECK(findings(base("tables"), "PID" + std::string(24, '|') + "Q\r") == Lines{"table at PID-24 103"});
    CHECK(findings(base("repetitions"), "PID|1||A~B||||19750131~19750201\r") == Lines{"repetitions at PID-7 102"});
    CHECK(findings(base("required", "warning"), "PID|1||A\r") == Lines{"required at PID-5 101 warning"});
    CHECK(findings(base("lengths"), "PID|12345\r") == Lines{"length at PID-1 104"});
}

TEST_CASE("a value of a type without components must not have any") {
    const auto profile = *written(only("types", "error"));
    CHECK(findings(profile, "PV1|1|I^Inpatient^HL70004\r") == Lines{"type at PV1-2 102"});
    CHECK(findings(profile, "PV1|1|I|W1^B1^1\r").empty());
    CHECK(findings(profile, "PID|1||7&7^^^X&1.2&ISO||A&B^ANN~C^BOB & CO\r") ==
          Lines{"type at PID-3.1 102", "type at PID-5[2].2 102"});
    CHECK(findings(profile, "OBX|1|TX|A||R&D\rOBX|2|CE|A||A^R\\T\\D\rOBX|3|NM|A||5^6~7\rNTE|1||a^b~c\r") ==
          Lines{"type at OBX[1]-5 102", "type at OBX[3]-5 102", "type at OBX[3]-5 102", "type at NTE-3 102"});
}

TEST_CASE("codes of a table are those of all versions, and of their form") {
    const auto profile = *written(only("tables", "error"));
    for (const char* type : {"CE", "TS", "DR", "NA", "CWE"})
        CHECK(findings(profile, "OBX|1|" + std::string(type) + "|A\r").empty());
    CHECK(findings(profile, "OBX|1|QQ|A\r") == Lines{"table at OBX-2 103"});
    const auto of_system = [&](const std::string& system) {
        const auto message =
            parsed("MSH|^~\\&|GP|A81001|PAS|RX1|2026||ADT^A28^ADT_A05|1|P|2.5.1\rPID|||||||||||||||M^Married^" +
                   system + "\r");
        return check(*message, profile).issues.size();
    };
    for (const char* system : {"L", "HL70002", "99zzz", "99NHS", "ISO3166", "SCT", "LN"}) {
        CAPTURE(system);
        CHECK(of_system(system) == 0);
    }
    for (const char* system : {"HL7", "HL7x", "98NHS", "NHSxyz"}) {
        CAPTURE(system);
        CHECK(of_system(system) == 1);
    }
}

TEST_CASE("a rule says how many it wants, of each segment by its number, however many there are") {
    std::string segments;
    for (int i = 0; i < 20'000; ++i) segments += "OBX|1|NM|a|" + std::string(i == 19'998 ? "x" : "") + "|1\r";
    const auto profile = *written(kNothing + "rules:\n  - {path: OBX-4, usage: X}\n  - {path: OBX-3, usage: R}\n");
    CHECK(findings(profile, segments) == Lines{"usage at OBX[19999]-4[1] 102"});
    const auto three = *written(kNothing + "rules:\n  - {path: PID-3, min: 3}\n");
    const auto found = check(*parsed(kHeader + "PID|||A~B\r"), three).issues;
    REQUIRE(found.size() == 1);
    CHECK(found.front().text.find("at least 3 times") != std::string::npos);
}

TEST_CASE("a profile that is wrong says where and what to do") {
    const auto mistake = [](const std::string& lines) {
        std::vector<config::Mistake> found;
        CHECK_FALSE(written(lines, &found));
        return found.empty() ? std::string("none") : to_string(found.front());
    };
    CHECK(mistake("rules: [{path: PID-}]\n").find("own.yaml:2:16: error: Write an HL7 path") != std::string::npos);
    CHECK(mistake("rules: [{path: QQQ-1}]\n").find("No version has a segment QQQ") != std::string::npos);
    CHECK(mistake("versions: [\"2.4\"]\nrules: [{path: PID-99}]\n").find("fields in version 2.4") != std::string::npos);
    CHECK(mistake("rules: [{path: PID-3, type: XX}]\n").find("Name a type") != std::string::npos);
    CHECK(mistake("rules: [{path: PID-3, when: \"PID-3 =\"}]\n").find("own.yaml:2:") != std::string::npos);
    CHECK(mistake("extends: othr\n").find("Did you mean \"other\"?") != std::string::npos);
    CHECK(mistake("extends: other\n").find("must not extend itself") != std::string::npos);
    CHECK(mistake("rulez: []\n").find("rules") != std::string::npos);
}

TEST_CASE("a finding says the same in ERR and in the OperationOutcome, and never a value") {
    const auto outcome = check(*parsed(kHeader + "PID|1||SECRET^^^NHS||SMITH||soon\r"), *shipped("itk-adt"));
    REQUIRE(outcome.has_errors());
    const auto header = hl7v2::read_header(kHeader);
    const auto answer = hl7v2::write_acknowledgement(header, {"AE", "A1", Instant{}, outcome});
    const auto json = to_json(outcome);
    for (const auto& finding : outcome.issues) {
        CHECK(finding.text.find("SECRET") == std::string::npos);
        CHECK(json.find(finding.expression) != std::string::npos);
        CHECK(hl7v2::Path::parse(finding.expression).has_value());
    }
    CHECK(answer.find("SECRET") == std::string::npos);
}

TEST_CASE("a good message of the Toolkit has no errors") {
    const auto outcome =
        check(*parsed("MSH|^~\\&|PAS|RX1|GP|A81001|20260101||ADT^A28^ADT_A05|M1|P|2.4|||||GBR||EN||ITK1.0\r"
                      "EVN||20260101|||||20260101\rPID|1||9990548609^^^NHS^NH||Smith^Ann^^^^^L||19750131|2\r"
                      "PD1||||G9999999\rZU8||1\r"),
              *shipped("itk-adt"));
    for (const auto& finding : outcome.issues) INFO(finding.expression, finding.text);
    CHECK_FALSE(outcome.has_errors());
}

TEST_CASE("findings are limited") {
    std::string segments;
    for (int i = 0; i < 500; ++i) segments += "NK1|x\r";
    const auto outcome = check(*parsed(kHeader + segments), *shipped("itk-adt"), 50);
    CHECK(outcome.issues.size() == 51);
    CHECK(outcome.issues.back().text.find("more findings") != std::string::npos);
}

TEST_CASE("forms of values") {
    for (const auto* good : {"1", "-1.5", "+.5", "10."}) CHECK(has_form("NM", good));
    for (const auto* bad : {"", "1,5", "1e5", ".", "-", "1.2.3"}) CHECK_FALSE(has_form("NM", bad));
    CHECK(has_form("postcode", "LS1 4AB"));
    CHECK(has_form("postcode", "SW1A1AA"));
    CHECK_FALSE(has_form("postcode", "12345"));
    CHECK(has_form("ods", "RX1"));
    CHECK_FALSE(has_form("ods", "rx 1"));
    CHECK_FALSE(has_form("DT", "202601011200"));
    CHECK(has_form("ST", "anything"));
}
