// Bindings to value sets, and codes in their systems.
#include "validation/walker.hpp"

namespace causeway::validation {

using Membership = Terminology::Membership;
using Strength = fhir::Binding::Strength;

Walker::Fit Walker::fit_coding(Id coding, Index value_set) {
    const auto code = child_text(coding, names_.code);
    if (code.empty()) return Fit::not_in;
    const auto system = child_text(coding, names_.system);
    if (system.empty()) return Fit::not_in;
    const auto answer = engine_.terminology->member(value_set, system, code);
    return answer.membership == Membership::in       ? Fit::in
           : answer.membership == Membership::not_in ? Fit::not_in
                                                     : Fit::unknown;
}

/// The best that any of its codes does.
Walker::Fit Walker::fit(Id record, Index value_set) {
    if (value_set == 0) return Fit::unknown;
    const auto& here = at(record);
    if (here.type == names_.coding_type || here.type == names_.quantity_type) return fit_coding(record, value_set);
    if (here.type == names_.codeable_concept_type) {
        Fit best = Fit::not_in;
        for (Id i = tape_.first_child(record); i != 0; i = at(i).next) {
            if (at(i).name != names_.coding || !at(i).is_shown()) continue;
            const Fit one = fit_coding(i, value_set);
            if (one == Fit::in) return one;
            if (one == Fit::unknown) best = one;
        }
        return best;
    }
    if (!is_primitive(here)) return Fit::unknown;
    const auto answer = engine_.terminology->member(value_set, {}, text(record));
    return answer.membership == Membership::in       ? Fit::in
           : answer.membership == Membership::not_in ? Fit::not_in
                                                     : Fit::unknown;
}

void Walker::check_binding(Id record, const Plan& own) {
    const auto& binding = definitions_.binding(own.definition->binding);
    const auto& here = at(record);
    const bool primitive = is_primitive(here);
    if (primitive && (here.kind == tree::Kind::none || here.kind == tree::Kind::object)) {
        if (binding.strength == Strength::required)
            say(record, {Severity::error, Issue::code_invalid, "binding-required", profile_of(own)}, [&] {
                return "Give a code from the value set " + std::string(definitions_.text(binding.value_set)) +
                       ": an extension alone is not enough here.";
            });
        return;
    }
    const auto check = [&](Index set, fhir::Text canonical, Strength strength, std::string_view rule) {
        const bool concept_without_code =
            here.type == names_.codeable_concept_type && child(record, names_.coding) == 0;
        const auto url = definitions_.text(canonical);
        if (concept_without_code && strength == Strength::required) {
            say(record, {Severity::error, Issue::code_invalid, rule, profile_of(own)}, [&] {
                return "Give a code from the value set " + std::string(url) + ": a text alone is not enough here.";
            });
            return;
        }
        if (concept_without_code || fit(record, set) != Fit::not_in) return;
        const bool must = strength == Strength::required;
        say(record, {must ? Severity::error : Severity::warning, Issue::code_invalid, rule, profile_of(own)}, [&] {
            return std::string(must ? "Use a code from the value set "
                                    : "Use a code from the value set, if one fits: ") +
                   std::string(url) + ".";
        });
    };
    // Published as required, and contradicted by components that vital signs have (a flow of oxygen in L/min).
    const bool is_eased = binding.value_set_index != 0 && binding.value_set_index == names_.vital_units;
    if (binding.strength == Strength::required && !is_eased)
        check(binding.value_set_index, binding.value_set, Strength::required, "binding-required");
    else if (binding.strength == Strength::extensible || is_eased)
        check(binding.value_set_index, binding.value_set, Strength::extensible, "binding-extensible");
    if (binding.max_value_set.length != 0)
        check(binding.max_value_set_index, binding.max_value_set, Strength::required, "binding-maximum");
}

void Walker::check_coding(Id coding) {
    if (!engine_.options.terminology) return;
    const Id code_record = child(coding, names_.code);
    if (code_record == 0) return;
    const auto code = text(code_record);
    const auto system = child_text(coding, names_.system);
    if (code.empty()) return;
    if (system.empty()) {
        say(coding, {Severity::warning, Issue::code_invalid, "system-missing"},
            [] { return std::string("Name the code system: without it the code has no meaning."); });
        return;
    }
    if (!check_system(coding, system)) return;
    const auto& terminology = *engine_.terminology;
    const Index held = definitions_.code_system(system);
    if (held != 0 && definitions_.code_system_at(held).content == fhir::CodeSystem::Content::supplement) {
        say(child(coding, names_.system), {Severity::error, Issue::code_invalid, "system-supplement"},
            [] { return std::string("Name the code system itself: this one only supplements another."); });
        return;
    }
    const auto found = terminology.look_up(system, code);
    if (found.membership == Membership::not_in) {
        say(code_record, {Severity::error, Issue::code_invalid, "code-unknown"},
            [&] { return "Use a code that the code system " + std::string(system) + " has."; });
        return;
    }
    if (found.membership == Membership::unknown) {
        if (found.doubt != nullptr)
            say(code_record, {Severity::warning, Issue::code_invalid, "code-form"},
                [&] { return std::string(found.doubt); });
        if (!terminology.is_known_system(system))
            say(coding, {Severity::information, Issue::not_found, "system-unknown"}, [&] {
                return "The code could not be checked: the code system " + std::string(system) + " is not held here.";
            });
        return;
    }
    const Id display = child(coding, names_.display);
    if (display != 0 && !terminology.is_display(system, code, text(display)))
        say(display, {Severity::warning, Issue::invalid, "display"}, [&] {
            return "Use the display that the code system gives the code" +
                   (found.display.empty() ? std::string(".") : ": " + std::string(found.display) + ".");
        });
}

}  // namespace causeway::validation
