#include "validation/element_extras.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/definitions/json_value.hpp"

namespace causeway::validation {
namespace {

using fhir::Json;

constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view kLater = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.";
constexpr std::string_view kTools = "http://hl7.org/fhir/tools/StructureDefinition/";

/// "maxDecimalPlaces" of any of the addresses that it may have; empty for others.
std::string_view plain_name(std::string_view url) {
    for (const auto base : {kLater, kTools, kCore})
        if (url.starts_with(base)) return url.substr(base.size());
    return {};
}

std::string_view value_text(const Json& extension) {
    const auto found = fhir::choice(extension, "value");
    return found.value == nullptr ? std::string_view() : found.value->text;
}

std::optional<long> number_in(std::string_view text) {
    long value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return text.empty() || read.ec != std::errc() ? std::nullopt : std::optional(value);
}

class Reader {
public:
    /// Nothing where the element says nothing of the kind.
    std::shared_ptr<const ElementExtras> read(const Json& element) {
        for (const auto& item : element["extension"]) take(*item.value);
        for (const auto& type : element["type"])
            for (const auto& item : (*type.value)["extension"])
                if (plain_name((*item.value)("url")) == "regex") take(*item.value);
        for (const auto& item : element["binding"]["extension"]) take_binding(*item.value);
        if ((extras_.narrative = narrative_control(element))) is_empty_ = false;
        return is_empty_ ? nullptr : std::make_shared<const ElementExtras>(std::move(extras_));
    }

private:
    void take(const Json& extension) {
        const auto name = plain_name(extension("url"));
        const std::string value(value_text(extension));
        if (name == "valueAlternatives")
            extras_.value_alternatives.push_back(value);
        else if (name == "mustHaveValue")
            extras_.must_have_value = value == "true";
        else if (name == "mimeType")
            extras_.mime_types.push_back(value);
        else if (name == "regex")
            extras_.regex = fhirpath::Regex::compile(value);
        else if (name == "minLength")
            extras_.min_length = number_in(value);
        else if (name == "maxDecimalPlaces")
            extras_.max_decimals = number_in(value);
        else if (name == "maxSize")
            extras_.max_bytes = number_in(value);
        else if (name == "elementdefinition-allowedUnits")
            take_units(extension, value);
        else
            return;
        is_empty_ = false;
    }

    void take_units(const Json& extension, const std::string& value) {
        extras_.units = value;
        for (const auto& coding : extension["valueCodeableConcept"]["coding"])
            extras_.unit_codes.emplace_back((*coding.value)("code"));
    }

    void take_binding(const Json& extension) {
        const auto name = plain_name(extension("url"));
        if (name != "additional-binding" && name != "binding.additional") return;
        std::string_view purpose;
        std::string_view value_set;
        for (const auto& item : extension["extension"]) {
            const auto part = (*item.value)("url");
            if (part == "purpose") purpose = value_text(*item.value);
            if (part == "valueSet") value_set = value_text(*item.value);
            if (part == "usage") return;  // Whether the context is this one is not known here.
        }
        const bool is_required = purpose == "required" || purpose == "maximum";
        if (value_set.empty() || (!is_required && purpose != "extensible")) return;
        extras_.bindings.push_back({std::string(value_set), is_required});
        is_empty_ = false;
    }

    ElementExtras extras_;
    bool is_empty_ = true;
};

bool may_have_any(std::string_view json) {
    for (const std::string_view word :
         {"narrative-source-control", "narrative-language-control", "additional-binding", "binding.additional",
          "valueAlternatives", "mustHaveValue", "StructureDefinition/mimeType", "StructureDefinition/regex",
          "StructureDefinition/minLength", "maxDecimalPlaces", "StructureDefinition/maxSize", "allowedUnits"})
        if (json.find(word) != std::string_view::npos) return true;
    return false;
}

void add(const fhir::Definitions& definitions, fhir::Index structure, ExtrasById& out) {
    const auto json = definitions.structure_json(structure);
    if (!may_have_any(json)) return;
    fhir::JsonArena arena;
    const auto parsed = arena.parse(json);
    if (!parsed) return;
    for (const auto* const part : {"differential", "snapshot"})
        for (const auto& item : (**parsed)[part]["element"]) {
            const auto& element = *item.value;
            auto id = std::string(element("id").empty() ? element("path") : element("id"));
            if (out.contains(id)) continue;
            if (auto extras = Reader().read(element)) out.emplace(std::move(id), std::move(extras));
        }
}

}  // namespace

ExtrasById element_extras(const fhir::Definitions& definitions, fhir::Index structure) {
    ExtrasById found;
    constexpr unsigned kMostBases = 32;
    for (unsigned i = 0; structure != 0 && i < kMostBases; ++i) {
        if (definitions.structure_at(structure).is_profile == 0) break;
        add(definitions, structure, found);
        structure = definitions.structure_at(structure).base;
    }
    return found;
}

}  // namespace causeway::validation
