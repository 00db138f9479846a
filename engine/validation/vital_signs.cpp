#include "validation/vital_signs.hpp"

#include <algorithm>
#include <array>

#include "validation/walker.hpp"

namespace causeway::validation {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";

struct Sign {
    std::string_view code;
    std::string_view profile;
};

constexpr std::string_view kPanel = "http://hl7.org/fhir/StructureDefinition/vitalspanel";
constexpr std::string_view kRespiration = "http://hl7.org/fhir/StructureDefinition/resprate";
constexpr std::string_view kHeartRate = "http://hl7.org/fhir/StructureDefinition/heartrate";
constexpr std::string_view kOxygen = "http://hl7.org/fhir/StructureDefinition/oxygensat";
constexpr std::string_view kTemperature = "http://hl7.org/fhir/StructureDefinition/bodytemp";
constexpr std::string_view kHeight = "http://hl7.org/fhir/StructureDefinition/bodyheight";
constexpr std::string_view kHead = "http://hl7.org/fhir/StructureDefinition/headcircum";
constexpr std::string_view kWeight = "http://hl7.org/fhir/StructureDefinition/bodyweight";
constexpr std::string_view kBodyMass = "http://hl7.org/fhir/StructureDefinition/bmi";
constexpr std::string_view kPressure = "http://hl7.org/fhir/StructureDefinition/bp";

/// The code of each profile, and codes of LOINC for the same thing measured in a special way, beside which the code of
/// the profile shall stand.
constexpr std::array kSigns = std::to_array<Sign>({
    {"85353-1", kPanel},       {"9279-1", kRespiration},  {"76170-0", kRespiration}, {"76172-6", kRespiration},
    {"76171-8", kRespiration}, {"19840-8", kRespiration}, {"33438-3", kRespiration}, {"76270-8", kRespiration},
    {"11291-2", kRespiration}, {"8867-4", kHeartRate},    {"60978-4", kHeartRate},   {"73795-7", kHeartRate},
    {"73799-9", kHeartRate},   {"76476-1", kHeartRate},   {"76477-9", kHeartRate},   {"8889-8", kHeartRate},
    {"8890-6", kHeartRate},    {"8891-4", kHeartRate},    {"8892-2", kHeartRate},    {"8893-0", kHeartRate},
    {"40443-4", kHeartRate},   {"55425-3", kHeartRate},   {"68999-2", kHeartRate},   {"11328-2", kHeartRate},
    {"69000-8", kHeartRate},   {"8886-4", kHeartRate},    {"2708-6", kOxygen},       {"19224-5", kOxygen},
    {"20564-1", kOxygen},      {"2709-4", kOxygen},       {"2710-2", kOxygen},       {"2711-0", kOxygen},
    {"2713-6", kOxygen},       {"51733-4", kOxygen},      {"59408-5", kOxygen},      {"59417-6", kOxygen},
    {"89276-0", kOxygen},      {"97549-0", kOxygen},      {"8310-5", kTemperature},  {"60834-9", kTemperature},
    {"60835-6", kTemperature}, {"60836-4", kTemperature}, {"60838-0", kTemperature}, {"60955-2", kTemperature},
    {"61009-7", kTemperature}, {"75539-7", kTemperature}, {"75987-8", kTemperature}, {"76010-8", kTemperature},
    {"76011-6", kTemperature}, {"76278-1", kTemperature}, {"8309-7", kTemperature},  {"8328-7", kTemperature},
    {"8329-5", kTemperature},  {"8330-3", kTemperature},  {"8331-1", kTemperature},  {"8332-9", kTemperature},
    {"8333-7", kTemperature},  {"8334-5", kTemperature},  {"91371-5", kTemperature}, {"98657-0", kTemperature},
    {"98663-8", kTemperature}, {"8302-2", kHeight},       {"3137-7", kHeight},       {"3138-5", kHeight},
    {"8306-3", kHeight},       {"8308-9", kHeight},       {"9843-4", kHead},         {"8287-5", kHead},
    {"29463-7", kWeight},      {"3141-9", kWeight},       {"3142-7", kWeight},       {"75292-3", kWeight},
    {"79348-9", kWeight},      {"8350-1", kWeight},       {"8351-9", kWeight},       {"39156-5", kBodyMass},
    {"59574-4", kBodyMass},    {"89270-3", kBodyMass},    {"85354-9", kPressure},    {"35094-2", kPressure},
    {"8459-0", kPressure},     {"76534-7", kPressure},    {"55284-4", kPressure},    {"8480-6", kPressure},
});

}  // namespace

std::string_view vital_sign_profile(std::string_view loinc) noexcept {
    const auto found = std::find_if(kSigns.begin(), kSigns.end(), [&](const Sign& sign) { return sign.code == loinc; });
    return found == kSigns.end() ? std::string_view() : found->profile;
}

/// A warning: national profiles carry these codes with units of their own. (An override makes it an error.)
void Walker::check_vital_sign(Id record) {
    const Id code = child(record, names_.code);
    if (code == 0) return;
    for (Id i = tape_.first_child(code); i != 0; i = at(i).next) {
        if (at(i).name != names_.coding || child_text(i, names_.system) != kLoinc) continue;
        const auto profile = vital_sign_profile(child_text(i, names_.code));
        const Plan* root = profile.empty() ? nullptr : engine_.plans.root(definitions_.structure(profile));
        if (root == nullptr) continue;
        if (!conforms(record, *root))
            say(record, {Severity::warning, Issue::structure, "vital-sign", profile},
                [&] { return "Meet the profile " + std::string(profile) + ": this code is that of a vital sign."; });
        return;
    }
}

}  // namespace causeway::validation
