/// CX, EI, PLN, XCN, XON, ODS: identifiers, and references by identifier.
#include <algorithm>
#include <array>
#include <cctype>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "mapping/identity.hpp"
#include "mapping/person.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

constexpr std::string_view kCheckDigit = "http://hl7.org/fhir/StructureDefinition/identifier-checkDigit";
constexpr std::string_view kIdentifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// Table 0203 as FHIR R4 has it; other codes are the sender's own.
constexpr auto kIdentifierTypeCodes = std::to_array<std::string_view>(
    {"AC",   "ACSN",  "AM",  "AMA",  "AN",   "ANC",   "AND",   "ANON", "ANT",   "APRN", "ASID",  "BA",  "BC",   "BCFN",
     "BCT",  "BR",    "BRN", "BSNR", "CC",   "CONM",  "CY",    "CZ",   "DC",    "DDS",  "DEA",   "DFN", "DI",   "DL",
     "DN",   "DO",    "DP",  "DPM",  "DR",   "DS",    "EI",    "EN",   "ESN",   "FDR",  "FDRFN", "FI",  "FILL", "GI",
     "GL",   "GN",    "HC",  "IND",  "JHN",  "LACSN", "LANR",  "LI",   "LN",    "LR",   "MA",    "MB",  "MC",   "MCD",
     "MCN",  "MCR",   "MCT", "MD",   "MI",   "MR",    "MRT",   "MS",   "NBSNR", "NCT",  "NE",    "NH",  "NI",   "NII",
     "NIIP", "NNxxx", "NP",  "NPI",  "OBI",  "OD",    "PA",    "PC",   "PCN",   "PE",   "PEN",   "PHC", "PHE",  "PHO",
     "PI",   "PLAC",  "PN",  "PNT",  "PPIN", "PPN",   "PRC",   "PRN",  "PT",    "QA",   "RI",    "RN",  "RPH",  "RR",
     "RRI",  "RRP",   "SB",  "SID",  "SL",   "SN",    "SNBSN", "SNO",  "SP",    "SR",   "SS",    "STN", "TAX",  "TN",
     "TPR",  "TRL",   "U",   "UDI",  "UPIN", "USID",  "VN",    "VP",   "VS",    "WC",   "WCN",   "WP",  "XV",   "XX"});

JsonValue& identifier(const V2Input& in, std::string_view system, std::string_view value) {
    auto& made = in.json.hole();
    made.set("system", system);
    made.set("value", value);
    return made;
}

Authority authority_in(const V2Input& in, unsigned component) {
    return {std::string(in.component(component, 1)), std::string(in.component(component, 2)),
            std::string(in.component(component, 3))};
}

void set_type(const V2Input& in, JsonValue& to, std::string_view type) {
    if (type.empty()) return;
    auto& coding = in.json.object();
    if (std::binary_search(kIdentifierTypeCodes.begin(), kIdentifierTypeCodes.end(), type))
        coding.set("system", kIdentifierTypes);
    coding.set("code", type);
    to.member("type").append("coding", coding);
}

FhirValues nhs_number(const V2Input& in, std::string_view value) {
    auto& made = in.json.hole();
    made.set("use", "official");
    made.set("system", kNhsNumberSystem);
    made.set("value", normalise_nhs_number(value));
    auto values = one(made);
    if (!is_valid_nhs_number(value))
        values.remarks.push_back({"M308", "holds an NHS number whose check digit is wrong"});
    return values;
}

/// How many digits it has, if it has only digits and blanks; else 0.
std::size_t digits_of(std::string_view value) {
    std::size_t digits = 0;
    for (const char c : value) {
        if (c >= '0' && c <= '9')
            ++digits;
        else if (c != ' ' && c != '-')
            return 0;
    }
    return digits;
}

FhirValues cx_to_fhir(const V2Input& in) {
    const auto value = trim(in.component(1));
    if (value.empty()) return {};
    const auto authority = authority_in(in, 4);
    const auto type = in.component(5);
    const bool is_claimed = is_nhs_number(authority.name, type) || system_of(authority) == kNhsNumberSystem;
    if (is_claimed && digits_of(value) == 10) return nhs_number(in, value);
    auto& made = identifier(in, is_claimed ? local_system("NHS") : system_of(authority), value);
    set_type(in, made, type);
    append_extension(in.json, made, kCheckDigit, "valueString", in.component(2));
    if (const auto& valid = period_in(in, 7, 8); !valid.empty()) made.put("period", valid);
    if (const auto facility = trim(in.component(6, 1)); !facility.empty())
        made.member("assigner").set("display", facility);
    auto values = one(made);
    if (is_claimed && digits_of(value) > 0)
        values.remarks.push_back({"M308", "holds an NHS number that has not ten digits"});
    return values;
}

/// Adds an HD as the sub-components of one component.
void add_authority(std::vector<V2Part>& parts, unsigned component, const Authority& authority) {
    const std::string_view sides[] = {authority.name, authority.universal, authority.type};
    for (unsigned i = 0; i < 3; ++i)
        if (!sides[i].empty()) parts.push_back({component, i + 1, std::string(sides[i])});
}

V2Values cx_to_v2(const FhirInput& in) {
    const auto node = in.node();
    const auto value = in.value_text();
    if (value.empty()) return {};
    const auto system = child_text(node, "system");
    std::vector<V2Part> parts = {{1, 1, value}};
    if (system == kNhsNumberSystem) {
        parts.push_back({4, 1, "NHS"});
        parts.push_back({5, 1, "NH"});
    } else {
        add_authority(parts, 4, authority_of(system));
        const auto type = child_text(node.child("type").child("coding"), "code");
        if (!type.empty()) parts.push_back({5, 1, type});
        if (auto digit = extension_text(node, kCheckDigit); !digit.empty()) parts.push_back({2, 1, std::move(digit)});
        if (auto by = child_text(node.child("assigner"), "display"); !by.empty())
            parts.push_back({6, 1, std::move(by)});
    }
    add_period(parts, node, 7, 8);
    return {{std::move(parts)}, {}};
}

FhirValues ei_to_fhir(const V2Input& in) {
    const auto value = trim(in.component(1));
    if (value.empty()) return {};
    Authority authority{std::string(in.component(2)), std::string(in.component(3)), std::string(in.component(4))};
    if (authority.empty() && !in.argument.empty()) authority.name = in.reader.get(in.argument);
    return one(identifier(in, system_of(authority), value));
}

V2Values ei_to_v2(const FhirInput& in) {
    const auto node = in.node();
    const auto authority = authority_of(child_text(node, "system"));
    const auto value = in.value_text();
    if (value.empty()) return {};
    return one_repetition({value, authority.name, authority.universal, authority.type});
}

FhirValues pln_to_fhir(const V2Input& in) {
    const auto value = trim(in.component(1));
    if (value.empty()) return {};
    return one(identifier(in, professional_system(value, {std::string(in.component(2)), "", ""}), value));
}

V2Values pln_to_v2(const FhirInput& in) {
    const auto node = in.node();
    const auto authority = authority_of(child_text(node, "system"));
    const auto value = in.value_text();
    if (value.empty()) return {};
    return one_repetition({value, authority.name.empty() ? authority.universal : authority.name});
}

FhirValues identifier_to_fhir(const V2Input& in) {
    const auto value = trim(in.text());
    return value.empty() ? FhirValues{} : one(identifier(in, in.argument, value));
}

V2Values identifier_to_v2(const FhirInput& in) {
    const auto node = in.node();
    if (!node || node.has_value()) return one_part(in.text());
    return child_text(node, "system") == in.argument ? one_part(child_text(node, "value")) : V2Values{};
}

std::string ods_text(std::string_view value) {
    std::string code;
    for (const char c : trim(value)) code += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return code;
}

FhirValues ods_to_fhir(const V2Input& in) {
    const auto code = ods_text(in.text());
    return code.empty() ? FhirValues{} : one(identifier(in, kOdsCodeSystem, code));
}

V2Values ods_to_v2(const FhirInput& in) {
    const auto node = in.node();
    if (!node || node.has_value()) return one_part(ods_text(in.text()));
    const auto found = organisation_of(node, in.resolve);
    return one_part(found.system == kOdsCodeSystem ? found.code : child_text(node, "value"));
}

/// XON-3, or XON-10 (v2.5): which of them holds the organisation's code.
std::string_view xon_code(const V2Input& in) {
    const auto code = trim(in.component(3));
    return code.empty() ? trim(in.component(10)) : code;
}

/// An ODS code, unless XON-6 names somebody else who gave the number.
JsonValue& xon_identifier(const V2Input& in, std::string_view code) {
    const auto system = system_of(authority_in(in, 6));
    if (system.empty() || system == kOdsCodeSystem || system == kNhsNumberSystem)
        return identifier(in, kOdsCodeSystem, ods_text(code));
    auto& made = identifier(in, system, code);
    set_type(in, made, in.component(7));
    return made;
}

FhirValues xon_reference(const V2Input& in) {
    const auto code = xon_code(in);
    const auto name = in.component(1);
    auto& made = in.json.hole();
    if (!code.empty() || !name.empty()) made.set("type", "Organization");
    if (!code.empty()) made.put("identifier", xon_identifier(in, code));
    made.set("display", trim(name));
    return one(made);
}

V2Values xon_to_v2(const FhirInput& in) {
    const auto found = organisation_of(in.node(), in.resolve);
    if (child_text(in.node(), "type") == "Practitioner") return {};
    auto made = one_repetition({found.name, "", found.code});
    if (!made.repetitions.empty() && found.system != kOdsCodeSystem && !found.code.empty()) {
        add_authority(made.repetitions.front(), 6, authority_of(found.system));
        if (!found.type.empty()) made.repetitions.front().push_back({7, 1, found.type});
    }
    return made;
}

FhirValues xcn_identifier(const V2Input& in) {
    const auto person = person_in(in);
    if (person.value.empty()) return {};
    auto& made = identifier(in, person.system, person.value);
    set_type(in, made, person.type);
    return one(made);
}

FhirValues xcn_reference(const V2Input& in) {
    const auto person = person_in(in);
    auto& made = in.json.hole();
    if (!person.value.empty()) made.put("identifier", identifier(in, person.system, person.value));
    made.set("display", person.display());
    if (!made.empty()) made.set("type", "Practitioner");
    return one(made);
}

V2Values xcn_to_v2(const FhirInput& in) {
    if (child_text(in.node(), "type") == "Organization") return {};
    return write_person(person_of(in.node(), in.resolve));
}

constexpr std::array kTypes = std::to_array<Type>({
    {"CX", "Identifier", "An identifier with its authority; all spellings of the NHS number.", cx_to_fhir, cx_to_v2},
    {"EI", "Identifier",
     "An entity identifier; the brackets name the path of its authority where the field names none.", ei_to_fhir,
     ei_to_v2, false, false, "a path"},
    {"PLN", "Identifier", "A practitioner's or organisation's number with its kind (GMC, GMP, ODS).", pln_to_fhir,
     pln_to_v2},
    {"Identifier", "Identifier", "A value under the system in the brackets.", identifier_to_fhir, identifier_to_v2,
     false, false, "a system"},
    {"ODS", "Identifier", "An ODS organisation code.", ods_to_fhir, ods_to_v2},
    {"XON.Organization", "Reference", "An organisation by its ODS code (XON-3, else XON-10), with its name.",
     xon_reference, xon_to_v2, false, false, "ods"},
    {"XCN.identifier", "Identifier", "A practitioner's identifier (GMC, GMP, consultant code ...).", xcn_identifier,
     nullptr},
    {"XCN.Practitioner", "Reference", "A practitioner by identifier, with the name.", xcn_reference, xcn_to_v2},
});

}  // namespace

std::span<const Type> identity_types() {
    return kTypes;
}

}  // namespace causeway::mapping
