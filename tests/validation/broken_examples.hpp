#pragma once
/// Published examples that break the specification: what of it, and where.

#include <array>
#include <string_view>

namespace causeway::test {

struct BrokenExample {
    std::string_view file;  ///< Part of the name of the file, in JSON and XML.
    std::string_view rule;
    std::string_view why;
};

inline constexpr std::string_view kDisagrees =
    "fullUrl \"SHALL NOT disagree with the id in the resource\" (bundle.html).";
inline constexpr std::string_view kOutOfScope =
    "A source code is not in the source value set, to which the map is limited (conceptmap-definitions.html#source).";
inline constexpr std::string_view kOtherType =
    "searchParam.type \"SHALL be the same as the type in the search parameter definition\".";
inline constexpr std::string_view kEmpty = "\"The narrative SHALL have some non-whitespace content\" (txt-2).";
inline constexpr std::string_view kNoTarget = "A link of the narrative leads nowhere.";
inline constexpr std::string_view kNoBase = "A search parameter names the types that it is for.";
inline constexpr std::string_view kOrder =
    "XML elements stand in another order than the definition has them (xml.html).";

inline constexpr auto kBrokenExamples = std::to_array<BrokenExample>({
    // Of the specification.
    {"10bb101f-a121-4264-a920-67be9cb82c74", "bundle-full-url-id", kDisagrees},
    {"message-request-link", "bundle-full-url-id", kDisagrees},
    {"lri", "bundle-full-url-id", kDisagrees},
    {"clinicalimpression-status", "concept-map-source", kOutOfScope},
    {"condition-ver-status", "concept-map-source", kOutOfScope},
    {"contract-status", "concept-map-source", kOutOfScope},
    {"diagnostic-report-status", "concept-map-source", kOutOfScope},
    {"observation-status", "concept-map-source", kOutOfScope},
    {"publication-status", "concept-map-source", kOutOfScope},
    {"research-study-status", "concept-map-source", kOutOfScope},
    {"research-subject-status", "concept-map-source", kOutOfScope},
    {"Organization-2.16.840.1.113883.19.5", "identifier-uri", "An OID of urn:ietf:rfc:3986 lacks urn:oid:."},
    {"organization-example-good-health-care", "identifier-uri", "An OID of urn:ietf:rfc:3986 lacks urn:oid:."},
    {"measure-cms146-example", "canonical-absolute", "The library is named by a relative address, no canonical."},
    {"measure-cms146-example", "measure-criteria", "So its statements can't be found."},
    {"hiv-indicators", "measure-report-group", "Groups have codes that the measure does not have."},
    {"hiv-indicators", "measure-report-groups", "Groups of the measure are missing."},
    {"Media-sound", "narrative-target", kNoTarget},
    {"v3-", "narrative-target", kNoTarget},
    {"3a0707d3-549e-4467-b8b8-5a2ab3800efe", "bundle-full-url-id", kDisagrees},
    {"Bundle-father", "reference-full-url",
     "A relative reference from an entry whose fullUrl is a URN leads nowhere (bundle.html#references)."},
    {"b0a5e4277-83c4-4adb-87e2-e3efe3369b6f", "binding-required",
     "A code of MIME types has a parameter without value."},
    {"hla-1", "extension-part", "A part that the definition of the extension does not have."},
    {"ImplementationGuide-fhir", "cardinality-min", "The name is missing."},
    {"ig-r4", "cardinality-min", "The name is missing."},
    {"Questionnaire-qs1", "cardinality-min", "Items lack their linkId."},
    {"extensions-CodeSystem", "cardinality-min", kNoBase},
    {"extensions-ValueSet", "cardinality-min", kNoBase},
    {"QuestionnaireResponse-item-subject", "primitive", "The id has more than 64 characters."},
    {"zika-virus-intervention-logic", "primitive", "urn:oid:X.Y.Z is no OID."},
    {"Bundle-valueset-expansions", "primitive", "A URI is no OID after urn:oid:."},
    {"StructureDefinition-", "sdf-4", "It is not abstract and has no base (sdf-4)."},
    {"example-section-library", "structure-kind", "It calls a profile of a resource a complex type."},
    {"example-composition", "structure-kind", "It calls a profile of a resource a complex type."},
    {"example-hierarchical", "value-set-system", "The system is #hacked."},
    {"Bundle-valuesets", "value-set-system", "The system is #hacked."},
    {"EventDefinition-example", "txt-2", kEmpty},
    {"Consent", "identifier-uri", "A plain OID stands where a URI belongs."},
    {"Bundle-resources", "identifier-uri", "A plain OID stands where a URI belongs."},
    {"Bundle-dataelements", "identifier-uri", "A plain OID stands where a URI belongs."},
    {"Bundle-dataelements", "bdl-7", "Entries have the same fullUrl."},
    {"measure-processor", "search-parameter-type", kOtherType},
    {"ConceptMap-sc-", "concept-map-source", kOutOfScope},
    {"Bundle-conceptmaps", "concept-map-source", kOutOfScope},
    {"knowledge-repository", "search-parameter-type", kOtherType},
    {"terminology-server", "search-parameter-type", kOtherType},
    {"blood-tubes-supply", "txt-2", kEmpty},
    {"heart-valve-replacement", "txt-2", kEmpty},
    {"zika-virus-exposure-assessment", "txt-2", kEmpty},
    // Of UK Core and NHS England's guides.
    {"CPIS-CPP-Bundle", "bundle-full-url-absolute", "fullUrl is an absolute address or a URN (bundle.html)."},
    {"CPIS-CPP-Bundle", "xml-order", kOrder},
    {"NEWS2Observations", "bundle-full-url-absolute", "fullUrl is an absolute address or a URN (bundle.html)."},
    {"Galleri-BioSamplingTestReportNegativeAcknowledgementResponse", "bundle-full-url-id", kDisagrees},
    {"Galleri-AppointmentRequestNegativeAcknowledgement", "extension-context",
     "request-replaces is no extension of Appointment."},
    {"Galleri-AppointmentRequestNegativeAcknowledgement", "identifier-system", "A system is an absolute address."},
    {"Galleri-AppointmentRequestNegativeAcknowledgement", "primitive", "An id has a character that ids can't have."},
    {"Galleri-AppointmentRequestNegativeAcknowledgement", "xml-order", kOrder},
    {"Galleri-TestReportPositiveAcknowledgementRequest", "system-absolute", "A code system is named TBD."},
    {"GPReg-QuestionnaireResponse-Extracted", "json-array-needed", "A repeating element is no array (json.html)."},
    {"SubscriptionStatusExample-MNS", "json-array-not-allowed",
     "An element that does not repeat is an array (json.html)."},
    {"CodingSCT-IllicitDrugs", "xml-order", kOrder},
    {"Pathology-DiagnosticReport-Lab-Sn", "xml-order", kOrder},
});

/// Why the example is refused by that rule; empty where it should not be.
inline std::string_view why_broken(std::string_view file, std::string_view rule) {
    for (const auto& each : kBrokenExamples)
        if (each.rule == rule && file.find(each.file) != std::string_view::npos) return each.why;
    return {};
}

}  // namespace causeway::test
