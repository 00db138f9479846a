// Synthetic text only: compression.hpp says why. The commonest stands last, where the compressor reaches it cheapest.
#include <array>

#include "store/seal/compression.hpp"

namespace causeway::seal {
namespace {

constexpr std::string_view kFirst =
    R"words(<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir"><entry><fullUrl value="urn:uuid:"/><resource>)words"
    R"words({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","details":{"coding":[{"system":"http://hl7.org/fhir/issue-type","code":"invalid"}],"text":"},"diagnostics":"","expression":["Bundle.entry[0].resource.ofType(ServiceRequest)"]
}]
})"
    R"words({"resourceType":"Task","status":"requested","intent":"order","businessStatus":{"text":""},"focus":{"reference":"ServiceRequest/"},"for":{"reference":"Patient/"},"authoredOn":"2026-11-21T09:30:00+00:00","lastModified":"2026-11-21T09:30:00Z","requester":{"reference":"},"owner":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"}}})words"
    R"words({"resourceType":"DocumentReference","status":"current","type":{"coding":[{"system":"http://snomed.info/sct","code":"823681000000100","display":"Outpatient letter"}]},"category":[{"coding":[{"system":"http://snomed.info/sct","code":"734163000","display":"Care plan"}]}],"subject":{"reference":"urn:uuid:"},"date":"2026-11-21T09:30:00Z","author":[{"reference":"}],"custodian":{"reference":"},"content":[{"attachment":{"contentType":"application/pdf","data":"JVBERi0xLjQKJ","url":"Binary/","size":,"hash":"","title":"Clinic letter","creation":"2026-11-21T09:30:00Z"}}],"context":{"encounter":[{"reference":"}]}})words"
    R"words({"resourceType":"Composition","status":"final","type":{"coding":[{"system":"http://snomed.info/sct","code":"373942005","display":"Discharge summary"}]},"title":"Discharge summary","section":[{"title":"Diagnoses","code":{"coding":[{"system":"http://snomed.info/sct","code":"887161000000102"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><table><tbody><tr><th></th><td></td></tr></tbody></table></div>"},"entry":[{"reference":"urn:uuid:"}]}]})words"
    R"words({"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP","display":"inpatient encounter"},"period":{"start":"2026-11-21T09:30:00+00:00","end":"2026-11-21T16:00:00+00:00"},"serviceType":{"coding":[{"system":"}]},"hospitalization":{"dischargeDisposition":)words"
    R"words({"resourceType":"Appointment","status":"booked","start":"2026-11-21T09:30:00Z","end":"2026-11-21T09:45:00Z","participant":[{"actor":{"reference":"},"status":"accepted"}],"slot":[{"reference":"Slot/"}],"basedOn":[{"reference":"ServiceRequest/"}]})words"
    R"words({"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"","display":""}]},"valueQuantity":{"value":,"unit":"g/L","system":"http://unitsofmeasure.org","code":"g/L"},"effectiveDateTime":"2026-11-21","interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}]}],"referenceRange":[{"low":{"value":},"high":{"value":}}]})words"
    R"words({"resourceType":"Bundle","id":"","meta":{"lastUpdated":"2026-11-21T09:30:00+00:00","profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Bundle"]},"identifier":{"system":"https://tools.ietf.org/html/rfc4122","value":"},"type":"message","timestamp":"2026-11-21T09:30:00+00:00","entry":[{"fullUrl":"urn:uuid:","resource":{"resourceType":"MessageHeader","eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"servicerequest-request"},"destination":[{"receiver":{"reference":"urn:uuid:"},"endpoint":"https://"}],"sender":{"reference":"urn:uuid:"},"source":{"name":"","software":"","endpoint":"https://"},"reason":{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-reason-bars","code":"new"}]},"focus":[{"reference":"urn:uuid:"}],"definition":"https://fhir.nhs.uk/MessageDefinition/"}},)words"
    R"words({"fullUrl":"urn:uuid:","resource":{"resourceType":"ServiceRequest","meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-ServiceRequest"]},"identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN","value":"0000"}],"status":"active","intent":"order","priority":"routine","category":[{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-category-servicerequest","code":"referral"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"","display":"Referral to"}]},"subject":{"reference":"urn:uuid:"},"occurrencePeriod":{"start":"},"authoredOn":"2026-11-21T09:30:00+00:00","requester":{"reference":"urn:uuid:"},"performer":[{"reference":"urn:uuid:"}],"reasonCode":[{"text":""}],"supportingInfo":[{"reference":"urn:uuid:"}],"note":[{"text":""}]}},)words"
    R"words({"fullUrl":"urn:uuid:","resource":{"resourceType":"Practitioner","identifier":[{"system":"https://fhir.hl7.org.uk/Id/gmc-number","value":"C"},{"system":"https://fhir.nhs.uk/Id/sds-user-id"}],"name":[{"family":"","given":[""],"prefix":["Dr"]}]}},{"fullUrl":"urn:uuid:","resource":{"resourceType":"PractitionerRole","practitioner":{"reference":"urn:uuid:"},"organization":{"reference":"urn:uuid:"}}},)words"
    R"words({"fullUrl":"urn:uuid:","resource":{"resourceType":"Organization","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RX9"}],"name":"SURGERY","telecom":[{"system":"phone","value":"01","use":"work"}]}},)words"
    R"words({"fullUrl":"urn:uuid:","resource":{"resourceType":"Patient","meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]},"identifier":[{"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus","code":"01","display":"Number present and verified"}]}}],"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999"}],"active":true,"name":[{"use":"official","family":"","given":[""],"prefix":["Mr"]}],"telecom":[{"system":"phone","value":"07700900","use":"mobile"}],"gender":"female","birthDate":"19","address":[{"use":"home","line":["","","","",""],"city":"","district":"","postalCode":""}],"generalPractitioner":[{"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A8"}}],"managingOrganization":{"reference":"urn:uuid:"}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=https://fhir.nhs.uk/Id/nhs-number|999"}}],"total":1})words"
    "FHS|^~\\&|\rBHS|^~\\&|\rEVN|A28|20261121093000|||\rEVN|A31|\rEVN|A40|\rEVN|A01|\rEVN|A03|\rMRG|\rPD1||||\r"
    "NK1|1|^^^^^|MTH^Mother^|^^^^^GBR^H|\rPV2|||\rAL1|1|DA|\rDG1|1|I10|^^I10|||F|\rPR1|1||\rGT1|1|\rIN1|1|\rACC|\r"
    "ROL|1|AD|PP^|\rSCH||||||^^^|^ROUTINE^|^^^|30|MIN|^^^202611210930^|\rRGS|1|A\rAIS|1|A|\rAIL|1||^^^|\rAIP|1||\r"
    "ORC|RE||||CM||^^^202611210930||||^^^^Dr|\rOBR|1|||26604007^Full blood "
    "count^SCT|||202611210930|||||||202611210930|||||||"
    "202611210930|||F|\rOBX|1|NM|1022441000000101^Haemoglobin "
    "estimation^SCT||135|g/L^g/L^UCUM|130-180|N|||F|||202611210930\r"
    "SPM|1|||119297000^Blood specimen^SCT|\rNTE|1|L|\rTXA|1|CL^Clinic "
    "letter|AP|202611210930|||202611210930|||C^^^^^^^^GMC|||||||AU|"
    "AV\rOBX|1|TX|^Diagnosis||\rOBX|2|TX|^GP "
    "actions||\rOBX|3|ED|^^^Letter||^application^pdf^Base64^JVBERi0xLjQK||||||F\r"
    "RF1|A^Accepted|R^Routine^|^^^|||UBRN^^^|20261121|\rPRD|RP|^^^^Dr|^^^^^GBR||||C^GMC|\rPRD|RT|\rCTD|\rAUT|\r"
    "MSH|^~\\&|CAUSEWAY|RX9|PAS|RX9|20261121093000.000+0000||ACK^A28^ACK||P|2.5.1|||NE|NE|GBR|UNICODE UTF-8\r"
    "MSA|AA||\rMSA|AE||\rERR||PID^1^3|204^Unknown key identifier^HL70357|E|\r"
    "message.accepted\tmessage.duplicate\tmessage.refused\tmessage.conflict\tobligation.routed\tattempt.started\t"
    "attempt.confirmed\tattempt.unknown\tattempt.failed\tclock.started\tclock.stopped\tpatient.known\tengine\t"
    "application/fhir+json\tapplication/hl7-v2\tnhs-number\tcontrol-id\tubrn\thospital-number\tods-code\tdocument-id\t"
    "{\"practice\":\"A8\",\"nhs_number\":\"999\"}\tintegration-team\tconfirmed: AA\tHTTP 200\t"
    "MSH|^~\\&|PAS|RX901|CAUSEWAY|CAUSEWAY|20261121093000||MDM^T02^MDM_T02|000|P|2.4|||AL|NE|GBR|UNICODE UTF-8|EN\r"
    "MSH|^~\\&|PAS|RX901|CAUSEWAY|CAUSEWAY|20261121093000||ORU^R01^ORU_R01|000|P|2.4|||AL|NE|GBR|UNICODE UTF-8|EN\r"
    "MSH|^~\\&|PAS|RX901|CAUSEWAY|CAUSEWAY|20261121093000||SIU^S12^SIU_S12|000|P|2.4|||AL|NE|GBR|8859/1|EN\r"
    "MSH|^~\\&|PAS|RX901|CAUSEWAY|CAUSEWAY|20261121093000||ADT^A28^ADT_A05|000|P|2.4|||AL|NE|GBR|UNICODE UTF-8|EN\r"
    "EVN|A28|20261121093000||||20261121093000\r"
    "PID|1||9990000018^^^NHS^NH~H000000^^^RX901^MR||TESTPATIENT^MARIGOLD^^^MRS^^L||19580312|F|||1 EXAMPLE "
    "ROAD^^EXAMPLETOWN^"
    "EXAMPLESHIRE^EX1 1EX^GBR^H||07700900000^PRN^PH~^NET^Internet^|||M|||||||A||||||||N||01\r"
    "PD1|||EXAMPLE SURGERY^^A81001|G9999981^EXAMPLE^DOCTOR^^^DR^^^GMC\r"
    "PV1|1|O|WARD1^BAY1^BED1^RX901||||C9999998^EXAMPLE^CONSULTANT^^^MR^^^GMC|||320||||19||||V000000^^^RX901^VN|||||||||"
    "||||||||||||||||"
    "202611210930\r";

constexpr std::array kVersions = {kFirst};
static_assert(kVersions.size() == kNewestDictionary);

}  // namespace

std::string_view dictionary(std::uint8_t version) {
    return kVersions.at(version - 1U);
}

}  // namespace causeway::seal
