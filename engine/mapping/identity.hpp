#pragma once
/// Who and what is named how: identifier systems of the NHS, and the assigning authorities of HL7 v2.

#include <string>
#include <string_view>

namespace causeway::mapping {

/// HD (chapter 2A.36): who assigned an identifier.
struct Authority {
    std::string name;       ///< Namespace id.
    std::string universal;  ///< Universal id.
    std::string type;       ///< ISO, UUID, URI ...
    bool empty() const noexcept { return name.empty() && universal.empty(); }
};

/// FHIR identifier system: NHS ones by name, OIDs as urn:oid, others as urn:id:NAME; empty where nobody is named.
std::string system_of(const Authority& authority);
/// The reverse.
Authority authority_of(std::string_view system);

/// The system of a professional's identifier by its authority, else by its form: G1234567 is a GMP code, C1234567 a
/// consultant code.
std::string professional_system(std::string_view value, const Authority& authority);

/// "NHS" or "NH" in any of the four spellings of PID-3: ^^^NHS, ^^^NHS^NH, ^^^NHS^NHS, ^^^^NHS; and ^^^^NH.
bool is_nhs_number(std::string_view authority, std::string_view type) noexcept;

/// Numbers joined by dots, none with a zero in front: what FHIR takes behind urn:oid:
/// (http://hl7.org/fhir/R4/datatypes.html#oid).
bool is_oid(std::string_view text);

}  // namespace causeway::mapping
