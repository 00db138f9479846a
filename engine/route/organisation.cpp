#include "route/organisation.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace causeway::route {
namespace {

std::string upper(std::string_view text) {
    std::string result(trim(text));
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return result;
}

/// A value that could not be an ODS code may be anything, even a name: it is not repeated in a cause.
std::string shown(const std::string& code) {
    const bool plain = code.size() <= 12 && std::all_of(code.begin(), code.end(), [](char c) {
                           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                       });
    return plain ? code : "something that is no ODS code";
}

std::string listed(const std::vector<std::string>& words, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? std::string(last) : ", ";
        text += words[i];
    }
    return text;
}

std::string nobody_knows(const std::vector<Told>& told) {
    std::vector<std::string> names;
    for (const Told& source : told) names.push_back(source.source);
    return "No source knows the organisation (asked: " + listed(names, ", ") + "). Find it and send the message there.";
}

std::string dispute(const std::vector<Told>& told) {
    std::vector<std::string> claims;
    for (const Told& source : told) {
        std::vector<std::string> codes;
        for (const std::string& code : source.ods_codes) codes.push_back(shown(code));
        if (!codes.empty()) claims.push_back(source.source + " says " + listed(codes, " and "));
    }
    return "The sources disagree about the organisation: " + listed(claims, ", ") + ". Confirm which one it is.";
}

std::string unreachable(const std::string& code, const directory::Directory& directory) {
    const directory::Organisation* organisation = directory.find(code);
    switch (directory.look_up(code)) {
        case directory::Lookup::found:
            return {};
        case directory::Lookup::unknown:
            return "Organisation " + shown(code) + " is not in the directory. Add it, or find the right one.";
        case directory::Lookup::no_endpoint:
            return "Organisation " + code +
                   " has no endpoint in the directory. Add its endpoint, or send the message by other means.";
        case directory::Lookup::closed:
            break;
    }
    const std::string closed = "Organisation " + code + " is closed" +
                               (organisation->closed_on.empty() ? std::string() : " since " + organisation->closed_on);
    return organisation->successor.empty() ? closed + ". Find out where the patient is registered now."
                                           : closed + "; its successor is " + organisation->successor +
                                                 ". Find out whether the patient is registered there.";
}

}  // namespace

Result<std::vector<Told>> ask(const std::vector<Source>& sources, const tree::Node& message,
                              const fhirpath::Environment& environment) {
    std::vector<Told> told;
    for (const Source& source : sources) {
        auto values = source.ods_code.evaluate(message, environment);
        if (!values) return values.error();
        Told answer{source.name, {}};
        for (const fhirpath::Value& value : *values) {
            std::string code = upper(fhirpath::to_text(value));
            if (code.empty() || code == "\"\"") continue;  // HL7 v2 writes "" for "deleted".
            if (std::find(answer.ods_codes.begin(), answer.ods_codes.end(), code) == answer.ods_codes.end()) {
                answer.ods_codes.push_back(std::move(code));
            }
        }
        told.push_back(std::move(answer));
    }
    return told;
}

Addressee agree(const std::vector<Told>& told, const directory::Directory& directory) {
    std::vector<std::string> codes;
    for (const Told& source : told) {
        for (const std::string& code : source.ods_codes) {
            if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
        }
    }
    if (codes.empty()) return {{}, nobody_knows(told)};
    if (codes.size() > 1) return {{}, dispute(told)};
    return {codes.front(), unreachable(codes.front(), directory)};
}

}  // namespace causeway::route
