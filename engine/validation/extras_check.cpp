// What profiles say of elements by extensions (element_extras.hpp).
#include <algorithm>

#include "fhirpath/decimal.hpp"
#include "validation/formats.hpp"
#include "validation/walker.hpp"

namespace causeway::validation {

using Membership = Terminology::Membership;

void Walker::check_extras(Id record, const Plan& own) {
    const auto& extras = *own.extras;
    const auto fail = [&](Issue issue, std::string_view rule, const std::string& text) {
        say(record, {Severity::error, issue, rule, profile_of(own)}, [&] { return text; });
    };
    if (extras.narrative) check_narrative_control(record, own);
    for (const auto& binding : extras.bindings) check_additional_binding(record, own, binding);
    const auto type = at(record).type;
    if (!is_primitive(at(record))) {
        if (type == names_.quantity_type) check_units(record, own);
        if (type == names_.attachment_type) check_attached(record, own);
        return;
    }
    const auto value = text(record);
    if (at(record).kind == tree::Kind::none || at(record).kind == tree::Kind::object) {
        if (extras.must_have_value || !has_alternative(record, extras))
            fail(Issue::required, "value-missing", "Give the element a value: no extension may stand for it here.");
        return;
    }
    if (extras.min_length && static_cast<long>(count_characters(value)) < *extras.min_length)
        fail(Issue::value, "min-length",
             "Lengthen the value to at least " + std::to_string(*extras.min_length) + " characters.");
    if (extras.regex && !extras.regex->matches_all(value).value_or(true))
        fail(Issue::value, "regex", "Write the value in the form that the profile asks for.");
    const auto point = value.find('.');
    if (extras.max_decimals && point != std::string_view::npos &&
        static_cast<long>(value.size() - point - 1) > *extras.max_decimals)
        fail(Issue::value, "decimal-places",
             "Give at most " + std::to_string(*extras.max_decimals) + " digits after the decimal point.");
    if (extras.max_bytes && engine_.plans.primitive(type) == Primitive::base64_binary &&
        base64_size(value) > static_cast<std::size_t>(*extras.max_bytes))
        fail(Issue::too_long, "max-size", "Send at most " + std::to_string(*extras.max_bytes) + " bytes.");
}

/// Without a list any extension may stand for a value.
bool Walker::has_alternative(Id record, const ElementExtras& extras) const {
    if (extras.value_alternatives.empty()) return true;
    for (Id i = tape_.first_child(record); i != 0; i = at(i).next) {
        if (at(i).name != names_.extension) continue;
        const auto url = child_text(i, names_.url);
        if (std::find(extras.value_alternatives.begin(), extras.value_alternatives.end(), url) !=
            extras.value_alternatives.end())
            return true;
    }
    return false;
}

void Walker::check_additional_binding(Id record, const Plan& own, const AdditionalBinding& binding) {
    if (!engine_.options.terminology || fit(record, definitions_.value_set(binding.value_set)) != Fit::not_in) return;
    const bool must = binding.is_required;
    say(record,
        {must ? Severity::error : Severity::warning, Issue::code_invalid, "binding-additional", profile_of(own)}, [&] {
            return std::string(must ? "Use a code from the value set "
                                    : "Use a code from the value set, if one fits: ") +
                   binding.value_set + ".";
        });
}

void Walker::check_units(Id record, const Plan& own) {
    const auto& extras = *own.extras;
    const auto code = child_text(record, names_.code);
    bool fits = extras.unit_codes.empty() ||
                std::find(extras.unit_codes.begin(), extras.unit_codes.end(), code) != extras.unit_codes.end();
    if (!extras.units.empty()) fits = fit(record, definitions_.value_set(extras.units)) != Fit::not_in;
    if (!fits)
        say(record, {Severity::error, Issue::code_invalid, "allowed-units", profile_of(own)},
            [] { return std::string("Use one of the units that the profile allows."); });
    const auto value = child_text(record, names_.value);
    const auto point = value.find('.');
    if (extras.max_decimals && point != std::string_view::npos &&
        static_cast<long>(value.size() - point - 1) > *extras.max_decimals)
        say(record, {Severity::error, Issue::value, "decimal-places", profile_of(own)}, [&] {
            return "Give at most " + std::to_string(*extras.max_decimals) + " digits after the decimal point.";
        });
}

void Walker::check_attached(Id record, const Plan& own) {
    const auto& extras = *own.extras;
    const auto media = child_text(record, definitions_.name("contentType"));
    if (!extras.mime_types.empty() &&
        std::find(extras.mime_types.begin(), extras.mime_types.end(), media) == extras.mime_types.end())
        say(record, {Severity::error, Issue::value, "mime-type", profile_of(own)},
            [] { return std::string("Attach content of a type that the profile allows."); });
    if (!extras.max_bytes) return;
    std::size_t bytes = base64_size(child_text(record, names_.data));
    if (bytes == 0) {
        const auto stated = fhirpath::Number::parse(child_text(record, names_.size));
        bytes = static_cast<std::size_t>(stated ? stated->whole().value_or(0) : 0);
    }
    if (bytes > static_cast<std::size_t>(*extras.max_bytes))
        say(record, {Severity::error, Issue::too_long, "max-size", profile_of(own)},
            [&] { return "Attach at most " + std::to_string(*extras.max_bytes) + " bytes."; });
}

}  // namespace causeway::validation
