/// Each event that a shipped map is for, there and, where the map goes back, back: what it makes is valid FHIR R4, and
/// what comes back has the segments, fields and forms that HL7's own definitions of the message ask for.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "mapping/map.hpp"
#include "support/findings.hpp"
#include "support/temp_dir.hpp"
#include "validation/v2/check.hpp"

using namespace causeway;

namespace {

namespace fs = std::filesystem;

const fs::path kMappings = fs::path(CAUSEWAY_SOURCE_DIR) / "mappings";

const std::string kPatient =
    "PID|1||9990000018^^^NHS^NH~22789^^^RX999^MR||TESTPATIENT^MARIGOLD^ANN^^MRS^^L||19580412|F|||1 Invented "
    "Street^^Exampletown^^ZZ99 3WZ||01632960001^PRN^PH\r"
    "PD1|||Exampletown Surgery^^Y99001|G9900123^OKONJO^ADA^^^DR^^^GMP\r";
const std::string kStay =
    "PV1|1|I|WARD7^R1^BED2^RX999|||WARD2|C9900123^QUILL^ALBA^^^DR||||||||||||V1^^^RX999^VN||||||||||||"
    "|||||||||||||202611210815\r";
const std::string kAllergy = "AL1|1||91936005^Penicillin allergy^SCT|SV|Rash\r";
const std::string kKin = "NK1|1|TESTPATIENT^ROSE|CHD^Child^HL70063\r";
const std::string kDocument =
    "TXA|1|CL|AP|||202611201600|||C9900123^QUILL^ALBA^^^DR|||DOC-2^RX999|DOC-1^RX999||||AU||AV\r";
const std::string kFile = "OBX|1|ED|PDF^Clinic letter||^AP^PDF^Base64^JVBERi0xLjQKJSBpbnZlbnRlZAolJUVPRgo=||||||F\r";
const std::string kAppointment =
    "SCH|P-1^RX999|F-1^RX999|||||||20|MIN|^^^202611241030^202611241050|||||C9900123^QUILL^ALBA^^^DR||||C9900124^FERN^"
    "BRYN"
    "^^^DR|||||Booked\r";
const std::string kService = "RGS|1\rAIS|1||ECHO^Echocardiogram^L|202611241030\rAIL|1||CLINIC4^^^RX999\r";
const std::string kReferral =
    "RF1|A|R|CAR^Cardiology^L|||UBRN-1^RX999|202611201500||||\rPRD|RP^Referring provider^HL70286|OKONJO^ADA^^^DR|1 "
    "Invented "
    "Road^^Exampletown|^^^Y99001^^^^^Exampletown Surgery|||G9900123^GMP\r";

struct Event {
    std::string map, type, body;
    std::string back = map;  ///< The map that goes back; empty: none.
};

std::vector<Event> events() {
    std::vector<Event> all;
    for (const auto* stay : {"A01^ADT_A01", "A04^ADT_A01", "A05^ADT_A05", "A08^ADT_A01"})
        all.push_back({"adt", std::string("ADT^") + stay, kPatient + kKin + kStay + kAllergy});
    for (const auto* moved : {"A02^ADT_A02", "A11^ADT_A09", "A12^ADT_A12"})
        all.push_back({"adt", std::string("ADT^") + moved, kPatient + kStay});
    all.push_back({"adt", "ADT^A03^ADT_A03", kPatient + kStay.substr(0, kStay.size() - 1) + "|202611220900\r"});
    all.push_back({"adt", "ADT^A13^ADT_A01", kPatient + kStay});
    for (const auto* person : {"A28^ADT_A05", "A31^ADT_A05"})
        all.push_back({"adt", std::string("ADT^") + person, kPatient + kKin + "PV1|1|N\r" + kAllergy});
    all.push_back({"adt", "ADT^A40^ADT_A39", kPatient + "MRG|22789^^^RX999\r"});
    for (const auto* change : {"S12", "S13", "S14", "S15", "S17", "S26"})
        all.push_back({"siu", std::string("SIU^") + change + "^SIU_S12", kAppointment + kPatient + kService});
    for (const auto* notice : {"T01", "T05", "T09", "T11"})
        all.push_back(
            {"mdm", std::string("MDM^") + notice + "^MDM_T01", "EVN||20261120164500\r" + kPatient + kStay + kDocument});
    for (const auto* content : {"T02", "T06", "T08", "T10"})
        all.push_back({"mdm", std::string("MDM^") + content + "^MDM_T02",
                       "EVN||20261120164500\r" + kPatient + kStay + kDocument + kFile});
    all.push_back(
        {"oru", "ORU^R01^ORU_R01",
         kPatient +
             "ORC|RE|PL-1\rOBR|1|PL-1|F-1|26604007^Full blood count^SCT|||202611210800|||||||||C9900123^"
             "QUILL^ALBA|||||||||F\rOBX|1|NM|718-7^Haemoglobin^LN||149|g/L|||||F\rSPM|1|||119297000^Blood^SCT\r"});
    for (const auto* order : {"ORM^O01^ORM_O01", "OMG^O19^OMG_O19", "OML^O21^OML_O21"})
        all.push_back({"order", order, kPatient + "ORC|NW|PL-1\rOBR|1|PL-1||26604007^Full blood count^SCT\r", ""});
    for (const auto* asked : {"REF^I12^REF_I12", "REF^I13^REF_I12", "REF^I14^REF_I12", "REF^I15^REF_I12"})
        all.push_back({"ref", asked, kReferral + kPatient, "uk.ref.i12"});
    for (const auto* answered : {"RRI^I12^RRI_I12", "RRI^I13^RRI_I12", "RRI^I14^RRI_I12", "RRI^I15^RRI_I12"})
        all.push_back({"ref", answered, "MSA|AA|M0\r" + kReferral + kPatient, "uk.ref.i12"});
    return all;
}

std::string message_of(const Event& event) {
    return "MSH|^~\\&|PAS|RX999|CAUSEWAY|Y99001|202611210930||" + event.type + "|M1|P|2.5.1\r" +
           (event.map == "adt" ? "EVN||202611210930\r" : "") + event.body;
}

const mapping::Map& map_of(const std::string& name) {
    static std::map<std::string, mapping::Map> loaded;
    std::vector<config::Mistake> mistakes;
    auto& map = loaded[name];
    if (map.empty()) map = mapping::Map::load(kMappings / (name + ".map"), mistakes);
    REQUIRE_FALSE(map.empty());
    return map;
}

/// HL7's own definitions as rules that must hold.
const validation::v2::Profile& standard() {
    static const test::TempDir folder;
    static const auto profile = [] {
        std::ofstream(fs::path(folder.path()) / "standard.yaml")
            << "profile: standard\ntitle: What HL7 defines\n"
               "base: {structure: error, required: error, types: error, tables: \"off\", lengths: \"off\", "
               "repetitions: error}\n";
        std::vector<config::Mistake> mistakes;
        auto made = validation::v2::load_profile(folder.path(), "standard", mistakes);
        REQUIRE(mistakes.empty());
        return made;
    }();
    return *profile;
}

std::string errors_of(const OperationOutcome& outcome) {
    std::string text;
    for (const auto& finding : outcome.issues)
        // The NHS has its ODS codes in XON-3, which HL7 would have numbers in.
        if ((finding.severity == Severity::error || finding.severity == Severity::fatal) &&
            finding.expression != "PD1-3.3")
            text += finding.expression + ": " + finding.text + "\n";
    return text;
}

mapping::Facts facts_for(const tree::Node& document) {
    mapping::Facts facts;
    facts.now = parse_fhir_instant("2026-11-21T09:30:00Z");
    facts.variables["obligation"] = {std::string("0TEST00000001")};
    facts.resolve = [bundle = fhir::Bundle(document)](std::string_view reference, const tree::Node& from) {
        return bundle.resolve(reference, from);
    };
    return facts;
}

}  // namespace

TEST_CASE("each event gives valid R4, and comes back as a message that HL7's definitions take") {
    for (const auto& event : events()) {
        CAPTURE(event.type);
        const auto message = hl7v2::parse(Payload(message_of(event)));
        REQUIRE(message.has_value());
        const auto there = map_of(event.map).run(mapping::Direction::forward, (*message)->root(), {});
        REQUIRE(there.has_value());
        const auto text = std::string(there->payload.reveal());
        CHECK(errors_of(test::validate(text)) == "");
        if (event.back.empty()) continue;
        const auto document = fhir::parse_json(Payload(text)).value();
        const auto back =
            map_of(event.back).run(mapping::Direction::reverse, document->root(), facts_for(document->root()));
        REQUIRE(back.has_value());
        const auto again = hl7v2::parse(Payload(std::string(back->payload.reveal())));
        REQUIRE(again.has_value());
        CHECK((*again)->get("MSH-9.2") == (*message)->get("MSH-9.2"));
        CHECK((*again)->get("MSH-9.3") == (*message)->get("MSH-9.3"));
        CHECK(errors_of(validation::v2::check(**again, standard())) == "");
    }
}
