#include "directory/directory.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace causeway::directory {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array<std::string_view, 5> kTypes = {"gp-practice", "nhs-trust", "community", "integrated-care-board",
                                                    "service"};
constexpr std::array<std::string_view, 2> kStatuses = {"active", "closed"};
constexpr std::array<std::string_view, 1> kCodes = {"Y12345"};
constexpr std::array<std::string_view, 1> kEndpoints = {"https://epr.example.nhs.uk/fhir"};

constexpr FieldSpec kOrganisation[] = {
    {.name = "ods_code",
     .doc = "Code of the Organisation Data Service; upper and lower case are the same.",
     .choices = kCodes},
    {.name = "name", .doc = "Name as people know it."},
    {.name = "type", .type = FieldType::one_of, .doc = "What kind of organisation it is.", .choices = kTypes},
    {.name = "status",
     .type = FieldType::one_of,
     .doc = "A closed organisation is kept, so that what is sent to it is held with the name of its successor.",
     .fallback = "active",
     .choices = kStatuses},
    {.name = "closed_on", .doc = "Day of closing (YYYY-MM-DD), for people.", .fallback = ""},
    {.name = "successor", .doc = "ODS code of the organisation that took over from a closed one.", .fallback = ""},
    {.name = "endpoint",
     .doc = "FHIR base URL that takes its documents; without one, documents for it are held.",
     .fallback = "",
     .choices = kEndpoints},
    {.name = "note", .doc = "For people.", .fallback = ""},
};

constexpr FieldSpec kFields[] = {
    {.name = "organisations",
     .type = FieldType::list,
     .doc = "Organisations with their endpoints. One code stands in one place only, over all files.",
     .fields = kOrganisation,
     .item = FieldType::object},
};

std::string upper(std::string_view text) {
    std::string result(trim(text));
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return result;
}

/// ODS codes are letters and digits; sites have up to nine characters and more.
bool is_code(std::string_view code) {
    return code.size() >= 3 && code.size() <= 12 && std::all_of(code.begin(), code.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
}

bool is_url(std::string_view url) {
    const auto scheme = url.find("://");
    return (url.starts_with("http://") || url.starts_with("https://")) && url.size() > scheme + 3 &&
           url.find_first_of(" \t\"<>?#") == std::string_view::npos;
}

Organisation read(const config::Settings& entry) {
    Organisation result;
    result.ods_code = upper(entry.text("ods_code"));
    result.name = entry.text("name");
    result.type = entry.text("type");
    result.active = entry.text("status") != "closed";
    result.successor = upper(entry.text("successor"));
    result.endpoint = entry.text("endpoint");
    result.closed_on = entry.text("closed_on");
    while (result.endpoint.ends_with('/')) result.endpoint.pop_back();
    result.place = entry.place("ods_code");
    return result;
}

void check_entry(const config::Settings& entry, const Organisation& organisation,
                 std::vector<config::Mistake>& mistakes) {
    if (!is_code(organisation.ods_code)) {
        mistakes.push_back(entry.mistake("ods_code", "Write an ODS code: 3 to 12 letters and digits, such as Y12345."));
    }
    if (!organisation.endpoint.empty() && !is_url(organisation.endpoint)) {
        mistakes.push_back(
            entry.mistake("endpoint", "Write the FHIR base URL with http:// or https://, without query."));
    }
    if (organisation.active && !organisation.successor.empty()) {
        mistakes.push_back(entry.mistake(
            "successor", "Only a closed organisation has a successor: set \"status: closed\" or remove it."));
    }
    if (organisation.active && !organisation.closed_on.empty()) {
        mistakes.push_back(entry.mistake(
            "closed_on", "Only a closed organisation has a closing day: set \"status: closed\" or remove it."));
    }
}

/// The Mistake at a place that Settings::place() gave: "file:line:column".
config::Mistake mistake_at(const std::string& place, std::string what) {
    config::Mistake mistake;
    const auto last = place.rfind(':');
    const auto first = last == std::string::npos || last == 0 ? std::string::npos : place.rfind(':', last - 1);
    if (first == std::string::npos) {
        mistake.file = place;
    } else {
        mistake.file = place.substr(0, first);
        mistake.line = static_cast<std::uint32_t>(std::strtoul(place.c_str() + first + 1, nullptr, 10));
        mistake.column = static_cast<std::uint32_t>(std::strtoul(place.c_str() + last + 1, nullptr, 10));
    }
    mistake.what = std::move(what);
    return mistake;
}

}  // namespace

std::span<const config::FieldSpec> Directory::specs() {
    return kFields;
}

void Directory::add(const config::Settings& file, std::vector<config::Mistake>& mistakes) {
    for (const config::Settings& entry : file.objects("organisations")) {
        Organisation organisation = read(entry);
        check_entry(entry, organisation, mistakes);
        const auto [known, added] = by_code_.try_emplace(organisation.ods_code, organisation);
        if (!added) {
            mistakes.push_back(entry.mistake("ods_code", "Remove one of the two entries of " + organisation.ods_code +
                                                             ": the other stands at " + known->second.place + "."));
        }
    }
}

void Directory::check(std::vector<config::Mistake>& mistakes) const {
    std::vector<std::string> codes;
    codes.reserve(by_code_.size());
    for (const auto& [code, organisation] : by_code_) codes.push_back(code);
    for (const auto& [code, organisation] : by_code_) {
        if (organisation.successor.empty()) continue;
        if (organisation.successor == code) {
            mistakes.push_back(
                mistake_at(organisation.place, "Name another organisation as successor of " + code + "."));
        } else if (!by_code_.contains(organisation.successor)) {
            mistakes.push_back(mistake_at(organisation.place, "Add the successor " + organisation.successor + " of " +
                                                                  code + " to the directory, or correct it." +
                                                                  did_you_mean(organisation.successor, codes)));
        }
    }
}

const Organisation* Directory::find(std::string_view ods_code) const {
    const auto found = by_code_.find(upper(ods_code));
    return found == by_code_.end() ? nullptr : &found->second;
}

Lookup Directory::look_up(std::string_view ods_code) const {
    const Organisation* organisation = find(ods_code);
    if (organisation == nullptr) return Lookup::unknown;
    if (!organisation->active) return Lookup::closed;
    return organisation->endpoint.empty() ? Lookup::no_endpoint : Lookup::found;
}

}  // namespace causeway::directory
