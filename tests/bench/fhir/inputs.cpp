#include "bench/fhir/inputs.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <string_view>

#include "fhir/definitions/archive.hpp"

namespace causeway::bench {
namespace {

constexpr std::string_view kPackage = CAUSEWAY_SOURCE_DIR "/build/packages/hl7.fhir.r4.examples-4.0.1.tgz";

/// "$n" becomes the number.
std::string numbered(std::string_view text, std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) != "$n") {
            out += text[i];
            continue;
        }
        out += std::to_string(n);
        ++i;
    }
    return out;
}

std::string narrative(std::string_view title, std::size_t rows) {
    std::string out = R"("text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p><b>)";
    out.append(title).append("</b></p><table>");
    for (std::size_t i = 1; i <= rows; ++i)
        out += "<tr><td>Finding " + std::to_string(i) +
               "</td><td>Episodes of palpitations, worse on exertion and at night; no syncope &amp; no chest "
               "pain.</td></tr>";
    return out + "</table></div>\"},";
}

std::string notes(std::size_t count) {
    std::string out = R"("note":[)";
    for (std::size_t i = 1; i <= count; ++i)
        out +=
            numbered(R"({"authorString":"Dr Grace Okafor","time":"2026-11-20T16:4$n:00+00:00","text":"Seen in surgery )"
                     R"(on day $n. Blood pressure 142/88, pulse irregular. Advice on safety netting was given."})",
                     i) +
            (i < count ? "," : "");
    return out + "]";
}

constexpr std::string_view kPatientRest =
    R"("identifier":[{"use":"official","system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},)"
    R"({"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR",)"
    R"("display":"Medical record number"}]},"system":"https://northgate.example/patients","value":"N-$n"}],)"
    R"("active":true,"name":[{"use":"official","family":"Testpatient","given":["Beryl","Ann"],"prefix":["Mrs"],)"
    R"("period":{"start":"1971-06-12"}},{"use":"maiden","family":"Ash","given":["Beryl","Ann"]}],)"
    R"("telecom":[{"system":"phone","value":"07700 900102","use":"mobile","rank":1},)"
    R"({"system":"email","value":"beryl.testpatient@mail.example","use":"home"}],"gender":"female",)"
    R"("birthDate":"1949-12-05","deceasedBoolean":false,"address":[{"use":"home","type":"both",)"
    R"("line":["12 Canal Street","Flat 2"],"city":"Westmoor","district":"North","postalCode":"ZZ99 3WZ",)"
    R"("country":"GB","period":{"start":"1999-01-01"}}],"maritalStatus":{"coding":[{)"
    R"("system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}],)"
    R"("text":"Married"},"contact":[{"relationship":[{"coding":[{)"
    R"("system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"N"}]}],"name":{"family":"Testpatient",)"
    R"("given":["Arthur"]},"telecom":[{"system":"phone","value":"07700 900103"}]}],"communication":[{"language":{)"
    R"("coding":[{"system":"urn:ietf:bcp:47","code":"en"}]},"preferred":true}],)"
    R"("generalPractitioner":[{"reference":"https://northgate.example/fhir/Organization/o1","display":"Northgate Surgery"}],)"
    R"("managingOrganization":{"reference":"https://northgate.example/fhir/Organization/o1"}})";

constexpr std::string_view kObservationRest =
    R"("status":"final","category":[{"coding":[{)"
    R"("system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs",)"
    R"("display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"85354-9",)"
    R"("display":"Blood pressure panel"},{"system":"http://snomed.info/sct","code":"75367002",)"
    R"("display":"Blood pressure"}],"text":"Blood pressure"},"subject":{"reference":"Patient/p0"},)"
    R"("effectiveDateTime":"2026-11-20T16:40:00+00:00","issued":"2026-11-20T16:41:00.000Z","interpretation":[{)"
    R"("coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H",)"
    R"("display":"High"}]}],"bodySite":{"coding":[{"system":"http://snomed.info/sct","code":"368209003"}]},)"
    R"("component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic"}]},)"
    R"("valueQuantity":{"value":142,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},)"
    R"({"code":{"coding":[{"system":"http://loinc.org","code":"8462-4","display":"Diastolic"}]},)"
    R"("valueQuantity":{"value":88.0,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}],)"
    R"("referenceRange":[{"low":{"value":90,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},)"
    R"("high":{"value":140,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},"text":"90 to 140"}],)";

constexpr std::string_view kConditionRest =
    R"("clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical",)"
    R"("code":"active"}]},"verificationStatus":{"coding":[{)"
    R"("system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"category":[{)"
    R"("coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"problem-list-item",)"
    R"("display":"Problem List Item"}]}],"severity":{"coding":[{"system":"http://snomed.info/sct",)"
    R"("code":"24484000","display":"Severe"}]},"code":{"coding":[{"system":"http://snomed.info/sct",)"
    R"("code":"80313002","display":"Palpitations"}],"text":"Palpitations"},"subject":{"reference":"Patient/p0"},)"
    R"("onsetDateTime":"2026-09","recordedDate":"2026-11-20","stage":[{"summary":{"text":"Under investigation"}}],)";

constexpr std::string_view kMedicationRest =
    R"("status":"active","intent":"order","category":[{"coding":[{)"
    R"("system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":"community",)"
    R"("display":"Community"}]}],"medicationCodeableConcept":{"coding":[{"system":"https://dmd.nhs.uk",)"
    R"("code":"319775004","display":"Bisoprolol 2.5mg tablets"}]},"subject":{"reference":"Patient/p0"},)"
    R"("authoredOn":"2026-11-20T16:40:00+00:00","dosageInstruction":[{"sequence":1,)"
    R"("text":"One tablet each morning","timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d",)"
    R"("when":["MORN"]}},"route":{"coding":[{"system":"http://snomed.info/sct","code":"26643006"}]},)"
    R"("doseAndRate":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/dose-rate-type",)"
    R"("code":"ordered","display":"Ordered"}]},"doseQuantity":{"value":1,"unit":"tablet",)"
    R"("system":"http://unitsofmeasure.org","code":"{tbl}"}}]}],"dispenseRequest":{"validityPeriod":{)"
    R"("start":"2026-11-20","end":"2027-05-20"},"numberOfRepeatsAllowed":5,"quantity":{"value":28,)"
    R"("unit":"tablet","system":"http://unitsofmeasure.org","code":"{tbl}"},"expectedSupplyDuration":{"value":28,)"
    R"("unit":"day","system":"http://unitsofmeasure.org","code":"d"}},)";

constexpr std::string_view kRequestRest =
    R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/workflow-reasonCode","valueCodeableConcept":{)"
    R"("text":"Symptoms"}}],"identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN","value":"000033445566"}],)"
    R"("status":"active","intent":"order","priority":"urgent","category":[{"coding":[{)"
    R"("system":"http://snomed.info/sct","code":"3457005","display":"Patient referral"}]}],"code":{"coding":[{)"
    R"("system":"http://snomed.info/sct","code":"183519002","display":"Referral to cardiology service"}],)"
    R"("text":"Cardiology"},"subject":{"reference":"Patient/p0","display":"Mrs Beryl Testpatient"},)"
    R"("occurrencePeriod":{"start":"2026-11-21","end":"2026-12-05"},"authoredOn":"2026-11-20T16:40:00+00:00",)"
    R"("performerType":{"coding":[{"system":"http://snomed.info/sct","code":"17561000","display":"Cardiologist"}]},)"
    R"("reasonCode":[{"coding":[{"system":"http://snomed.info/sct","code":"80313002","display":"Palpitations"}],)"
    R"("text":"Palpitations"}],"patientInstruction":"Bring a list of your medicines.",)";

std::string resource(std::size_t n) {
    switch (n % 5) {
        case 0:
            return numbered(
                R"({"resourceType":"Patient","id":"p$n",)" + narrative("Patient", 6) + std::string(kPatientRest), n);
        case 1:
            return numbered(R"({"resourceType":"Observation","id":"p$n",)" + narrative("Blood pressure", 4) +
                                std::string(kObservationRest) + notes(8) + "}",
                            n);
        case 2:
            return numbered(R"({"resourceType":"Condition","id":"p$n",)" + narrative("Palpitations", 4) +
                                std::string(kConditionRest) + notes(9) + "}",
                            n);
        case 3:
            return numbered(R"({"resourceType":"MedicationRequest","id":"p$n",)" + narrative("Bisoprolol", 4) +
                                std::string(kMedicationRest) + notes(8) + "}",
                            n);
        default:
            return numbered(R"({"resourceType":"ServiceRequest","id":"p$n",)" + narrative("Referral", 4) +
                                std::string(kRequestRest) + notes(9) + "}",
                            n);
    }
}

}  // namespace

std::string service_request() {
    return R"({"resourceType":"ServiceRequest","id":"r1","meta":{"lastUpdated":"2026-11-20T16:40:00.000Z"},)" +
           narrative("Referral to cardiology", 6) +
           R"("contained":[{"resourceType":"Practitioner","id":"gp","name":[{"family":"Okafor","given":["Grace"],)"
           R"("prefix":["Dr"]}],"telecom":[{"system":"phone","value":"0113 496 0000","use":"work"}]}],)"
           R"("requester":{"reference":"#gp"},)" +
           std::string(kRequestRest) + notes(9) + "}";
}

std::string record_bundle(std::size_t entries) {
    std::string out = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (std::size_t i = 0; i < entries; ++i)
        out += (i == 0 ? "" : ",") + numbered(R"({"fullUrl":"https://northgate.example/fhir/)", i) +
               std::array{"Patient", "Observation", "Condition", "MedicationRequest", "ServiceRequest"}[i % 5] +
               numbered(R"(/p$n","resource":)", i) + resource(i) + "}";
    return out + "]}";
}

std::string reference_bundle(std::size_t count) {
    std::string out = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    const auto patients = count / 10 + 1;
    for (std::size_t i = 0; i < patients; ++i)
        out += numbered(R"({"fullUrl":"https://northgate.example/fhir/Patient/p$n","resource":{)"
                        R"("resourceType":"Patient","id":"p$n"}},)",
                        i);
    for (std::size_t i = 0; i < count; ++i)
        out += (i == 0 ? "" : ",") +
               numbered(R"({"fullUrl":"https://northgate.example/fhir/Observation/o$n","resource":{)"
                        R"("resourceType":"Observation","id":"o$n","status":"final","code":{"text":"Weight"},)",
                        i) +
               numbered(R"("subject":{"reference":"Patient/p$n"},"valueString":"70 kg"}})", i % patients);
    return out + "]}";
}

Official official() {
    constexpr std::size_t kLargestExample = 1'000'000;
    std::ifstream in(std::string(kPackage), std::ios::binary);
    const std::string archive{std::istreambuf_iterator<char>(in), {}};
    Official found;
    const auto is_definition = [](std::string_view file) {
        for (const auto* kind : {"StructureDefinition-", "ValueSet-", "CodeSystem-", "SearchParameter-"})
            if (file.starts_with(kind)) return true;
        return false;
    };
    (void)fhir::read_archive(archive, [&](std::string_view path, std::string_view bytes) {
        const auto file = path.substr(path.rfind('/') + 1);
        if (!file.ends_with(".json") || file.find('-') == std::string_view::npos) return Result<void>();
        const bool defines = is_definition(file) || bytes.size() > kLargestExample;
        (defines ? found.definitions : found.examples).emplace_back(bytes);
        if (file == "Bundle-ghp.json") found.bundle = bytes;
        return Result<void>();
    }).has_value();
    return found;
}

}  // namespace causeway::bench
