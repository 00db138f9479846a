/// XPN, XCN.name, XAD, XTN: how people are called and reached.
#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.hpp"
#include "mapping/person.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

/// XTN-5 to -8.
constexpr std::array<std::string_view, 4> kNumberParts{
    "http://hl7.org/fhir/StructureDefinition/contactpoint-country",
    "http://hl7.org/fhir/StructureDefinition/contactpoint-area",
    "http://hl7.org/fhir/StructureDefinition/contactpoint-local",
    "http://hl7.org/fhir/StructureDefinition/contactpoint-extension"};

struct Pair {
    std::string_view v2;
    std::string_view fhir;
};

/// Table 0200 to name-use, as the official v2-to-FHIR concept map NameType has it. First of a FHIR code is what we
/// write.
constexpr std::array kNameUses = std::to_array<Pair>({{"L", "official"},
                                                      {"D", "usual"},
                                                      {"R", "official"},
                                                      {"M", "maiden"},
                                                      {"N", "nickname"},
                                                      {"BAD", "old"},
                                                      {"MSK", "anonymous"},
                                                      {"TEMP", "temp"},
                                                      {"NAV", "temp"}});
/// Table 0190 to address-use (official map AddressType[Use]).
constexpr std::array kAddressUses =
    std::to_array<Pair>({{"H", "home"}, {"B", "work"}, {"O", "work"}, {"C", "temp"}, {"BA", "old"}, {"BI", "billing"}});
/// Table 0201 to contact-point-use (official map TelecommunicationUseCode).
constexpr std::array kTelecomUses = std::to_array<Pair>({{"PRN", "home"}, {"WPN", "work"}, {"PRS", "mobile"}});
/// Table 0202 to contact-point-system (official map TelecommunicationEquipmentType).
constexpr std::array kTelecomSystems = std::to_array<Pair>({{"PH", "phone"},
                                                            {"CP", "phone"},
                                                            {"FX", "fax"},
                                                            {"BP", "pager"},
                                                            {"Internet", "email"},
                                                            {"X.400", "email"},
                                                            {"SAT", "other"},
                                                            {"MD", "other"},
                                                            {"TDD", "other"},
                                                            {"TTY", "other"}});

template <std::size_t n>
std::string_view to_fhir_code(const std::array<Pair, n>& pairs, std::string_view v2) {
    for (const auto& pair : pairs)
        if (equals_ignoring_case(pair.v2, v2)) return pair.fhir;
    return {};
}

template <std::size_t n>
std::string to_v2_code(const std::array<Pair, n>& pairs, std::string_view fhir) {
    for (const auto& pair : pairs)
        if (pair.fhir == fhir) return std::string(pair.v2);
    return {};
}

/// The name with the time that it is valid in.
JsonValue& named(const V2Input& in, const PersonName& name, const NameComponents& at) {
    auto& made = human_name(in.json, name);
    if (made.empty()) return made;
    if (const auto& valid = period_in(in, at.start, at.end, at.range); !valid.empty()) made.put("period", valid);
    return made;
}

FhirValues xpn_to_fhir(const V2Input& in) {
    auto name = name_in(in, kXpn);
    name.use = to_fhir_code(kNameUses, in.component(kXpn.use));
    auto& made = named(in, name, kXpn);
    auto values = one(made);
    if (const auto called = trim(in.component(15)); !called.empty()) {
        auto& nickname = in.json.object();
        nickname.set("use", "nickname");
        nickname.append_text("given", called);
        values.add(nickname);
    }
    return values;
}

V2Values xpn_to_v2(const FhirInput& in) {
    PersonName name;
    if (in.node())
        name = name_of(in.node());
    else
        name.family = in.text();
    std::vector<V2Part> parts;
    add_name(parts, kXpn, name);
    if (parts.empty()) return {};
    if (const auto use = to_v2_code(kNameUses, name.use); !use.empty()) parts.push_back({kXpn.use, 1, use});
    add_period(parts, in.node(), kXpn.start, kXpn.end);
    return {{std::move(parts)}, {}};
}

FhirValues xcn_name(const V2Input& in) {
    auto name = person_in(in).name;
    name.use = to_fhir_code(kNameUses, in.component(kXcn.use));
    return one(named(in, name, kXcn));
}

FhirValues xad_to_fhir(const V2Input& in) {
    const auto part = [&](unsigned component) { return trim(in.component(component)); };
    auto street = std::string(trim(in.component(1, 1)));
    if (street.empty()) street = trim(std::string(in.component(1, 3)) + " " + std::string(in.component(1, 2)));
    auto& made = in.json.hole();
    for (const auto line : {std::string_view(street), part(2), part(8), part(19)})
        if (!line.empty()) made.append_text("line", line);
    made.set("city", part(3));
    made.set("district", part(9));
    made.set("state", part(4));
    made.set("postalCode", part(5));
    made.set("country", part(6));
    if (made.empty()) return {};
    const auto type = part(7);
    made.set("use", to_fhir_code(kAddressUses, type));
    if (type == "M" || type == "SH") made.set("type", "postal");
    if (const auto& valid = period_in(in, 13, 14, 12); !valid.empty()) made.put("period", valid);
    return one(made);
}

/// Lines beyond the first two have one place left, XAD-8.
std::array<std::string, 3> three_lines(const Node& address) {
    std::array<std::string, 3> lines;
    std::size_t count = 0;
    for (const auto& line : child_nodes(address, "line")) {
        auto& target = lines[std::min<std::size_t>(count++, 2)];
        target += (target.empty() ? "" : ", ") + std::string(line.text());
    }
    if (count == 0) lines[0] = child_text(address, "text");
    return lines;
}

V2Values xad_to_v2(const FhirInput& in) {
    const auto address = in.node();
    if (!address) return {};
    const auto lines = three_lines(address);
    auto type = to_v2_code(kAddressUses, child_text(address, "use"));
    if (type.empty() && child_text(address, "type") == "postal") type = "M";
    auto made = one_repetition({lines[0], lines[1], child_text(address, "city"), child_text(address, "state"),
                                child_text(address, "postalCode"), child_text(address, "country"), "", lines[2],
                                child_text(address, "district")});
    if (made.repetitions.empty()) return made;
    auto& parts = made.repetitions.front();
    if (!type.empty()) parts.push_back({7, 1, type});
    add_period(parts, address, 13, 14);
    return made;
}

/// XTN-5 to -8: country, area, local number, extension.
std::string composed_number(const V2Input& in) {
    const auto part = [&](unsigned component) { return std::string(trim(in.component(component))); };
    if (part(7).empty()) return {};
    std::string number = part(5).empty() ? "" : "+" + part(5) + " ";
    if (!part(6).empty()) number += part(6) + " ";
    number += part(7);
    return part(8).empty() ? number : number + " x" + part(8);
}

JsonValue& contact(JsonArena& json, std::string_view system, std::string_view value, std::string_view use) {
    auto& made = json.hole();
    if (value.empty()) return made;
    made.set("system", system);
    made.set("value", value);
    made.set("use", use);
    return made;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 9 && text[0] != '0' &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The parts of the number, how long it is valid, and how much it is preferred.
void add_details(const V2Input& in, JsonValue& to) {
    if (to.empty()) return;
    for (unsigned i = 0; i < kNumberParts.size(); ++i)
        append_extension(in.json, to, kNumberParts[i], "valueString", trim(in.component(5 + i)));
    if (const auto rank = trim(in.component(18)); is_number(rank)) to.put("rank", in.json.literal(rank));
    if (const auto& valid = period_in(in, 13, 14); !valid.empty()) to.put("period", valid);
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && text.find(' ') == std::string_view::npos;
}

/// A code of table 0201; others ("HOME") say nothing.
bool is_use_code(std::string_view code) {
    constexpr std::string_view kCodes[] = {"PRN", "ORN", "WPN", "VHN", "ASN", "EMR", "NET", "BPN", "PRS"};
    return std::any_of(std::begin(kCodes), std::end(kCodes),
                       [&](std::string_view known) { return equals_ignoring_case(known, code); });
}

FhirValues xtn_to_fhir(const V2Input& in) {
    const auto part = [&](unsigned component) { return trim(in.component(component)); };
    const auto equipment = part(3);
    auto use = to_fhir_code(kTelecomUses, part(2));
    if (equals_ignoring_case(equipment, "CP")) use = "mobile";
    if (use.empty() && !is_use_code(part(2))) use = in.argument;
    auto number = std::string(part(1).empty() ? part(12) : part(1));
    if (number.empty()) number = composed_number(in);
    auto system = to_fhir_code(kTelecomSystems, equipment);
    const bool network = part(2) == "NET" || is_email(number);
    if (system.empty() || (network && system == "phone")) system = network ? "email" : "phone";
    FhirValues made;
    auto& first = contact(in.json, system, number, use);
    add_details(in, first);
    made.add(first);
    if (const auto email = part(4); email != number)
        made.add(contact(in.json, "email", email, use == "mobile" ? in.argument : use));
    return made;
}

V2Values xtn_to_v2(const FhirInput& in) {
    const auto node = in.node();
    const auto value = in.value_text();
    if (value.empty()) return {};
    const auto system = node ? child_text(node, "system") : std::string("phone");
    const auto use = child_text(node, "use");
    if (!in.argument.empty() && (use == "work") != (in.argument == "work")) return {};
    auto code = to_v2_code(kTelecomUses, use);
    auto made = one_repetition({value, code, to_v2_code(kTelecomSystems, system)});
    if (system == "email")
        made = one_repetition({"", code.empty() || code == "PRS" ? "NET" : code, "Internet", value});
    else if (use == "mobile")
        made = one_repetition({value, "PRS", "CP"});
    auto& parts = made.repetitions.front();
    for (unsigned i = 0; i < kNumberParts.size(); ++i)
        if (auto part = extension_text(node, kNumberParts[i]); !part.empty())
            parts.push_back({5 + i, 1, std::move(part)});
    add_period(parts, node, 13, 14);
    if (auto rank = child_text(node, "rank"); !rank.empty()) parts.push_back({18, 1, std::move(rank)});
    return made;
}

constexpr std::array kTypes = std::to_array<Type>({
    {"XPN", "HumanName", "A person's name.", xpn_to_fhir, xpn_to_v2},
    {"XCN.name", "HumanName", "The name in a practitioner's field.", xcn_name, nullptr},
    {"XAD", "Address", "An address.", xad_to_fhir, xad_to_v2},
    {"XTN", "ContactPoint", "Telephone numbers and email; the use where the field names none stands in the brackets.",
     xtn_to_fhir, xtn_to_v2, false, false, "home or work"},
});

}  // namespace

std::span<const Type> contact_types() {
    return kTypes;
}

}  // namespace causeway::mapping
