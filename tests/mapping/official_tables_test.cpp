/// The shipped maps against the official tables: each row of a table is mapped, or official/reasons.tsv says why not.
#include <doctest/doctest.h>

#include <cstdio>
#include <sstream>

#include <boost/json.hpp>

#include "mapping/official/map_text.hpp"
#include "mapping/official/tables.hpp"
#include "support/corpus.hpp"
#include "support/glob.hpp"

using namespace causeway;

namespace {

namespace fs = std::filesystem;

const fs::path kSource = CAUSEWAY_SOURCE_DIR;

struct Subject {
    const char* name;
    const char* map;
    int reached;  ///< Share of the rows that must be mapped, there or elsewhere, in hundredths.
    std::vector<std::string> structures;
};

const std::vector<Subject> kSubjects{{"ADT", "adt.map", 85, {"ADT_A01", "ADT_A02", "ADT_A05", "ADT_A09", "ADT_A11"}},
                                     {"ORU", "oru.map", 82, {"ORU_R01"}},
                                     {"MDM", "mdm.map", 78, {"MDM_T02"}},
                                     {"SIU", "siu.map", 91, {"SIU_S12"}},
                                     {"orders", "order.map", 75, {"OML_O21", "ORM_O01"}}};

struct Reason {
    std::string subject, row, kind, why;
    mutable bool used = false;
};

std::vector<Reason> reasons() {
    std::vector<Reason> all;
    std::ifstream in(kSource / "tests/mapping/official/reasons.tsv");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream cells(line);
        Reason reason;
        for (auto* cell : {&reason.subject, &reason.row, &reason.kind, &reason.why}) std::getline(cells, *cell, '\t');
        CHECK((reason.kind == "elsewhere" || reason.kind == "left"));
        CHECK_FALSE(reason.why.empty());
        all.push_back(std::move(reason));
    }
    return all;
}

const Reason* reason_for(const std::vector<Reason>& all, const Subject& subject, const test::OfficialRow& row) {
    for (const auto& reason : all)
        if (test::is_like(subject.name, reason.subject) && test::is_like(row.text(), reason.row)) {
            reason.used = true;
            return &reason;
        }
    return nullptr;
}

struct Count {
    int rows = 0, mapped = 0, elsewhere = 0, left = 0, open = 0;
};

Count compare(const Subject& subject, const fs::path& tables, const std::vector<Reason>& why) {
    Count count;
    const test::MapText map(kSource / "mappings", subject.map);
    for (const auto& row : test::official_rows(tables, subject.structures)) {
        ++count.rows;
        if (map.has(row.field, row.resource, row.root)) {
            ++count.mapped;
        } else if (const auto* reason = reason_for(why, subject, row)) {
            ++(reason->kind == "left" ? count.left : count.elsewhere);
        } else {
            ++count.open;
            FAIL_CHECK(std::string(subject.name), ": map ", row.text(), ", or say in reasons.tsv why not");
        }
    }
    return count;
}

}  // namespace

/// ConceptMaps with the official table that each follows.
const std::map<std::string, std::string> kCodeTables{
    {"hl70002-marital-status", "MaritalStatus"},
    {"hl70003-encounter-status", "Event[EncounterStatus]"},
    {"hl70004-class-status", "PatientClass[EncounterStatus]"},
    {"hl70004-encounter-class", "PatientClass[EncounterClass]"},
    {"hl70006-religion", "Religion"},
    {"hl70007-admission-type", "AdmissionType"},
    {"hl70009-ambulatory-status", "AmbulatoryStatus"},
    {"hl70038-request-status", "OrderStatus"},
    {"hl70052-diagnosis-role", "DiagnosisType"},
    {"hl70063-relationship", "Relationship"},
    {"hl70069-hospital-service", "HospitalService"},
    {"hl70074-service-section", "DiagnosticServiceSectionID"},
    {"hl70078-interpretation", "InterpretationCodes"},
    {"hl70080-abnormal-testing", "NatureOfAbnormalTesting"},
    {"hl70085-observation-status", "ObservationResultStatusCodesInterpretation"},
    {"hl70092-readmission", "ReadmissionIndicator"},
    {"hl70116-bed-status", "BedStatus"},
    {"hl70119-request-status", "OrderControlCode[ServiceRequest.status]"},
    {"hl70123-report-status", "ResultStatus[Non-Queries]"},
    {"hl70127-allergy-category", "AllergenType[AllergyIntoleranceCategory]"},
    {"hl70127-allergy-type", "AllergyType"},
    {"hl70128-allergy-criticality", "AllergySeverity[AllergyIntolerance.criticality]"},
    {"hl70128-reaction-severity", "AllergySeverity[AllergyIntolerance.reaction.severity]"},
    {"hl70131-contact-role", "ContactRole"},
    {"hl70163-body-site", "BodySite"},
    {"hl70177-confidentiality", "ConfidentialityCode"},
    {"hl70217-encounter-priority", "EncounterPriority"},
    {"hl70272-document-confidentiality", "DocumentConfidentialityStatus"},
    {"hl70276-appointment-reason", "AppointmentReasonCodes"},
    {"hl70277-appointment-type", "AppointmentTypeCodes"},
    {"hl70278-appointment-status", "FillerStatusCodes[Appointment]"},
    {"hl70371-specimen-additive", "AdditivePreservative"},
    {"hl70430-arrival-mode", "ModeOfArrivalCode"},
    {"hl70482-order-type", "OrderType"},
    {"hl70485-request-priority", "ExtendedPriorityCodes"},
    {"hl70487-specimen-type", "SpecimenType"},
    {"hl70488-specimen-collection", "SpecimenCollectionMethod"},
    {"hl70493-specimen-condition", "SpecimenCondition"}};

boost::json::value parsed(const fs::path& file) {
    std::ifstream in(file);
    return boost::json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
}

/// "M -> male" and "M -> SYSTEM|male" for each code that the ConceptMap maps.
std::set<std::string> shipped_codes(const std::string& file) {
    const auto map = parsed(kSource / "mappings/conceptmaps" / (file + ".json"));
    std::set<std::string> codes;
    for (const auto& group : map.at("group").as_array())
        for (const auto& element : group.at("element").as_array())
            for (const auto& target : element.at("target").as_array())
                if (const auto* code = target.as_object().if_contains("code")) {
                    const auto from = std::string(element.at("code").as_string()) + " -> ";
                    codes.insert(from + std::string(code->as_string()));
                    codes.insert(from + std::string(group.at("target").as_string()) + "|" +
                                 std::string(code->as_string()));
                }
    return codes;
}

TEST_CASE("each code of the official code tables is mapped as they map it, or a reason says why not") {
    const auto tables = test::corpus("v2-to-fhir");
    if (tables.empty()) {
        MESSAGE("skipped: the corpus is absent (CAUSEWAY_CORPUS)");
        return;
    }
    const auto why = reasons();
    int same = 0, with_reason = 0;
    for (const auto& [file, title] : kCodeTables) {
        const auto shipped = shipped_codes(file);
        for (const auto& code : test::official_codes(tables, title)) {
            const test::OfficialRow row{file, code, "", "", ""};
            if (shipped.contains(code))
                ++same;
            else if (reason_for(why, {"codes", "", 0, {}}, row) != nullptr)
                ++with_reason;
            else
                FAIL_CHECK(file, ": map ", code, ", or say in reasons.tsv why not");
        }
    }
    std::printf("codes of %zu official tables: %d as there, %d otherwise with a reason\n", kCodeTables.size(), same,
                with_reason);
}

TEST_CASE("each row of the official tables is mapped, or a reason says why not") {
    const auto tables = test::corpus("v2-to-fhir");
    if (tables.empty()) {
        MESSAGE("skipped: the corpus is absent (CAUSEWAY_CORPUS)");
        return;
    }
    const auto why = reasons();
    std::printf("%-8s %6s %7s %10s %6s %6s %7s\n", "tables", "rows", "mapped", "elsewhere", "left", "open", "share");
    for (const auto& subject : kSubjects) {
        const auto count = compare(subject, tables, why);
        const auto share = 100 * (count.mapped + count.elsewhere) / count.rows;
        std::printf("%-8s %6d %7d %10d %6d %6d %6d%%\n", subject.name, count.rows, count.mapped, count.elsewhere,
                    count.left, count.open, share);
        CHECK_MESSAGE(share >= subject.reached, subject.name);
    }
    for (const auto& reason : why)
        if (reason.subject != "codes")
            CHECK_MESSAGE(reason.used, std::string("no row needs the reason for "), reason.row);
}
