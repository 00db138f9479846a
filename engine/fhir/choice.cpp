#include "fhir/choice.hpp"

#include <algorithm>
#include <array>

namespace causeway::fhir {
namespace {

// Every element of R4 that is defined as name[x], sorted.
constexpr auto kBases = std::to_array<std::string_view>({"abatement",
                                                         "additive",
                                                         "age",
                                                         "allowed",
                                                         "amount",
                                                         "answer",
                                                         "asNeeded",
                                                         "author",
                                                         "born",
                                                         "bounds",
                                                         "characteristic",
                                                         "chargeItem",
                                                         "code",
                                                         "collected",
                                                         "content",
                                                         "created",
                                                         "date",
                                                         "deceased",
                                                         "defaultValue",
                                                         "definingSubstance",
                                                         "definition",
                                                         "detail",
                                                         "diagnosis",
                                                         "dose",
                                                         "doseNumber",
                                                         "due",
                                                         "effective",
                                                         "entity",
                                                         "event",
                                                         "example",
                                                         "fastingStatus",
                                                         "fixed",
                                                         "identified",
                                                         "indication",
                                                         "item",
                                                         "legallyBinding",
                                                         "location",
                                                         "manufacturer",
                                                         "maxValue",
                                                         "medication",
                                                         "minValue",
                                                         "minimumVolume",
                                                         "module",
                                                         "multipleBirth",
                                                         "name",
                                                         "occurred",
                                                         "occurrence",
                                                         "offset",
                                                         "onset",
                                                         "participantEffective",
                                                         "pattern",
                                                         "performed",
                                                         "probability",
                                                         "procedure",
                                                         "product",
                                                         "quantity",
                                                         "rate",
                                                         "reported",
                                                         "scheduled",
                                                         "seriesDoses",
                                                         "serviced",
                                                         "source",
                                                         "start",
                                                         "statusReason",
                                                         "studyEffective",
                                                         "subject",
                                                         "substance",
                                                         "target",
                                                         "time",
                                                         "timing",
                                                         "topic",
                                                         "used",
                                                         "value",
                                                         "when"});

// Elements that look like a choice and are none.
constexpr auto kPlain = std::to_array<std::string_view>(
    {"contentReference", "dateRange", "dateTime", "effectiveDate", "effectiveTime", "sourceId", "targetId"});

constexpr auto kPrimitives = std::to_array<std::string_view>(
    {"base64Binary", "boolean", "canonical",   "code",      "date",     "dateTime", "decimal",
     "id",           "instant", "integer",     "integer64", "markdown", "oid",      "positiveInt",
     "string",       "time",    "unsignedInt", "uri",       "url",      "uuid"});

constexpr auto kComplex = std::to_array<std::string_view>({"Address",
                                                           "Age",
                                                           "Annotation",
                                                           "Attachment",
                                                           "CodeableConcept",
                                                           "Coding",
                                                           "ContactDetail",
                                                           "ContactPoint",
                                                           "Contributor",
                                                           "Count",
                                                           "DataRequirement",
                                                           "Distance",
                                                           "Dosage",
                                                           "Duration",
                                                           "ElementDefinition",
                                                           "Expression",
                                                           "Extension",
                                                           "HumanName",
                                                           "Identifier",
                                                           "MarketingStatus",
                                                           "Meta",
                                                           "Money",
                                                           "Narrative",
                                                           "ParameterDefinition",
                                                           "Period",
                                                           "Population",
                                                           "ProdCharacteristic",
                                                           "ProductShelfLife",
                                                           "Quantity",
                                                           "Range",
                                                           "Ratio",
                                                           "Reference",
                                                           "RelatedArtifact",
                                                           "SampledData",
                                                           "Signature",
                                                           "SubstanceAmount",
                                                           "Timing",
                                                           "TriggerDefinition",
                                                           "UsageContext"});

bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

bool is_primitive_suffix(std::string_view suffix, std::string_view type) noexcept {
    return suffix.size() == type.size() && suffix.substr(1) == type.substr(1) && (suffix[0] | 0x20) == type[0];
}

std::optional<Choice> with_type(std::string_view base, std::string_view suffix) noexcept {
    for (const auto type : kPrimitives)
        if (is_primitive_suffix(suffix, type)) return Choice{base, type, true};
    const auto* found = std::find(kComplex.begin(), kComplex.end(), suffix);
    if (found == kComplex.end()) return std::nullopt;
    return Choice{base, *found, false};
}

}  // namespace

std::optional<Choice> split_choice(std::string_view name) noexcept {
    if (std::none_of(name.begin(), name.end(), is_upper)) return std::nullopt;
    if (std::binary_search(kPlain.begin(), kPlain.end(), name)) return std::nullopt;
    for (std::size_t at = name.size(); at-- > 1;) {
        if (!is_upper(name[at])) continue;
        const auto base = name.substr(0, at);
        if (!std::binary_search(kBases.begin(), kBases.end(), base)) continue;
        if (auto choice = with_type(base, name.substr(at))) return choice;
    }
    return std::nullopt;
}

void append_type(std::string& name, std::string_view type) {
    const auto at = name.size();
    name.append(type);
    if (at < name.size() && name[at] >= 'a' && name[at] <= 'z') name[at] = static_cast<char>(name[at] - 'a' + 'A');
}

}  // namespace causeway::fhir
