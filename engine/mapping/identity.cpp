#include "mapping/identity.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "mapping/table.hpp"

namespace causeway::mapping {
namespace {

struct Known {
    std::string_view name;
    std::string_view system;
};

constexpr std::array kAuthorities = std::to_array<Known>({{"NHS", kNhsNumberSystem},
                                                          {"ODS", kOdsCodeSystem},
                                                          {"UBRN", kUbrnSystem},
                                                          {"GMC", "https://fhir.hl7.org.uk/Id/gmc-number"},
                                                          {"GMP", "https://fhir.hl7.org.uk/Id/gmp-number"},
                                                          {"GDP", "https://fhir.hl7.org.uk/Id/gdp-number"},
                                                          {"GDC", "https://fhir.hl7.org.uk/Id/gdc-number"},
                                                          {"NMC", "https://fhir.hl7.org.uk/Id/nmc-number"},
                                                          {"HCPC", "https://fhir.hl7.org.uk/Id/hcpc-number"},
                                                          {"GPHC", "https://fhir.hl7.org.uk/Id/gphc-number"},
                                                          {"CONS", "https://fhir.hl7.org.uk/Id/consultant-code"},
                                                          {"SDS", "https://fhir.nhs.uk/Id/sds-user-id"}});

/// The root of NHS numbers in HL7 version 3.
constexpr std::string_view kNhsNumberOid = "2.16.840.1.113883.2.1.4.1";

bool is_letter_and_seven_digits(std::string_view value, char letter) {
    return value.size() == 8 && value[0] == letter &&
           std::all_of(value.begin() + 1, value.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string by_name(std::string_view name) {
    for (const auto& known : kAuthorities)
        if (equals_ignoring_case(known.name, name)) return std::string(known.system);
    return {};
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
    }
    return true;
}

}  // namespace

bool is_oid(std::string_view text) {
    if (text.find('.') == std::string_view::npos || text[0] > '2') return false;
    for (const auto arc : split(text, '.')) {
        if (arc.empty() || (arc.size() > 1 && arc[0] == '0')) return false;
        if (arc.find_first_not_of("0123456789") != std::string_view::npos) return false;
    }
    return true;
}

std::string system_of(const Authority& authority) {
    const auto& universal = authority.universal;
    if (universal.starts_with("urn:") || universal.find("://") != std::string::npos) return universal;
    if (universal == kNhsNumberOid) return std::string(kNhsNumberSystem);
    if (is_oid(universal)) return "urn:oid:" + universal;
    if (is_uuid(universal)) return "urn:uuid:" + universal;
    if (!universal.empty() && authority.type == "DNS") return "urn:dns:" + universal;
    if (auto known = by_name(authority.name); !known.empty()) return known;
    if (!authority.name.empty() && !equals_ignoring_case(authority.name, "L")) return fhir_system_uri(authority.name);
    return universal.empty() ? std::string() : local_system(universal);
}

Authority authority_of(std::string_view system) {
    for (const auto& known : kAuthorities)
        if (known.system == system) return {std::string(known.name), "", ""};
    if (system.starts_with("urn:oid:")) return {"", std::string(system.substr(8)), "ISO"};
    if (system.starts_with("urn:uuid:")) return {"", std::string(system.substr(9)), "UUID"};
    if (system.starts_with("urn:dns:")) return {"", std::string(system.substr(8)), "DNS"};
    if (auto name = local_name(system)) return {std::move(*name), "", ""};
    if (system.empty()) return {};
    return {"", std::string(system), "URI"};
}

std::string professional_system(std::string_view value, const Authority& authority) {
    if (is_letter_and_seven_digits(value, 'G')) return by_name("GMP");
    if (is_letter_and_seven_digits(value, 'C')) return by_name("CONS");
    return system_of(authority);
}

bool is_nhs_number(std::string_view authority, std::string_view type) noexcept {
    // The last two are those of a system that many trusts have.
    constexpr std::string_view kNames[] = {"NHS", "NHSNBR", "NHSNMBR"};
    const auto is_named = [&](std::string_view name) {
        return equals_ignoring_case(authority, name) || equals_ignoring_case(type, name);
    };
    return std::any_of(std::begin(kNames), std::end(kNames), is_named) || equals_ignoring_case(type, "NH");
}

}  // namespace causeway::mapping
