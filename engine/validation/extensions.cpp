// Extensions: their definitions, where they may stand, and what becomes of those that are not known.
#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Context;
using fhir::Record;

namespace {

bool has_scheme(std::string_view url) noexcept {
    return url.find(':') != std::string_view::npos;
}

bool is_example_url(std::string_view url) noexcept {
    for (const std::string_view host : {"://example.org", "://example.com", "://acme.com", "://acme.org"})
        if (url.find(host) != std::string_view::npos) return true;
    return false;
}

/// Extensions whose published context is narrower than their use in the specification itself.
bool is_misplaced_by_publisher(std::string_view url) noexcept {
    constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";
    if (!url.starts_with(kCore)) return false;
    url.remove_prefix(kCore.size());
    for (const std::string_view name :
         {"structuredefinition-normative-version", "structuredefinition-fhir-type", "structuredefinition-wg",
          "structuredefinition-fmm", "structuredefinition-standards-status", "regex", "valueset-concept-comments",
          "translation"})
        if (url == name) return true;
    return false;
}

std::string_view without_version(std::string_view url) noexcept {
    return url.substr(0, url.find('|'));
}

}  // namespace

/// The element that holds an extension; the primitive, where it stands in a "_name" property.
Walker::Id Walker::owner_of(Id extension) const noexcept {
    const Id parent = at(extension).parent;
    return at(parent).is(Record::kHidden) && at(parent).extra != 0 ? at(parent).extra : parent;
}

void Walker::apply_extension(Id record, std::size_t begin) {
    const auto url = child_text(record, names_.url);
    if (url.empty() && child(record, names_.url) != 0)
        say(record, {Severity::error, Issue::value, "extension-url"},
            [] { return std::string("Name the definition of the extension in url."); });
    if (url.empty()) return;
    const Id owner = owner_of(record);
    const bool nested = at(owner).type == names_.extension_type;
    if (nested && !has_scheme(url)) {
        if (!is_quiet()) check_part(record, owner, url);
        return;
    }
    if (!is_quiet() && url.find('|') != std::string_view::npos)
        say(child(record, names_.url), {Severity::error, Issue::value, "extension-version"},
            [] { return std::string("Write the url of the extension without a version."); });
    const Index structure = definitions_.structure(url);
    const Plan* root = engine_.plans.root(structure);
    if (root == nullptr || definitions_.structure_at(structure).type != names_.extension_type) {
        check_unknown_extension(record, url);
        return;
    }
    activate(begin, *root);
    if (!is_quiet()) check_extension(record, *root);
}

/// A part of a complex extension: the definition of the whole must name it.
void Walker::check_part(Id record, Id owner, std::string_view url) {
    const auto whole = child_text(owner, names_.url);
    const Plan* root = engine_.plans.root(definitions_.structure(whole));
    const Plan* parts = root == nullptr || root->content == nullptr ? nullptr : root->content->child(names_.extension);
    if (parts == nullptr || parts->all_slices.empty()) return;
    for (const Plan* slice : parts->all_slices) {
        const Plan* named = slice->content == nullptr ? nullptr : slice->content->child(names_.url);
        if (named == nullptr || !named->fixed || named->fixed->root().text() == url) return;
    }
    say(record, {Severity::error, Issue::structure, "extension-part", whole},
        [&] { return "Use only the parts that the definition of the extension " + std::string(whole) + " has."; });
}

void Walker::check_unknown_extension(Id record, std::string_view url) {
    const bool modifier = at(record).name == names_.modifier_extension;
    if (!has_scheme(url)) {
        say(record, {Severity::error, Issue::value, "extension-url"},
            [] { return std::string("Name the definition of the extension in url with an absolute address."); });
        return;
    }
    if (is_quiet()) return;
    if (modifier) {
        const bool is_example = engine_.options.example_urls && is_example_url(url);
        say(record,
            {is_example ? Severity::warning : Severity::error, Issue::not_supported, "extension-modifier-unknown"},
            [&] {
                return "Load the definition of the modifier extension " + std::string(url) +
                       ": what is not known may change the meaning.";
            });
        return;
    }
    using Policy = Options::UnknownExtensions;
    const auto policy = engine_.options.unknown_extensions;
    if (policy == Policy::accept) return;
    const auto severity = policy == Policy::refuse ? Severity::error
                          : policy == Policy::warn ? Severity::warning
                                                   : Severity::information;
    say(record, {severity, Issue::not_found, "extension-unknown"}, [&] {
        return "The extension was not checked: load the definition of " + std::string(without_version(url)) + ".";
    });
}

void Walker::check_extension(Id record, const Plan& definition) {
    const auto& structure = definitions_.structure_at(definition.structure);
    const auto url = definitions_.text(structure.url);
    const bool as_modifier = at(record).name == names_.modifier_extension;
    const bool is_modifier = definition.definition->is(fhir::Element::kModifier);
    if (as_modifier != is_modifier)
        say(record, {Severity::error, Issue::structure, "extension-modifier", url}, [&] {
            return std::string(is_modifier ? "Put the extension into modifierExtension."
                                           : "Put the extension into extension: it is no modifier.");
        });
    const Id owner = owner_of(record);
    const auto contexts = definitions_.contexts(structure.contexts);
    bool fits = contexts.empty() || is_misplaced_by_publisher(url);
    for (const auto& context : contexts) fits = fits || is_in_context(record, context);
    if (!fits)
        say(owner, {Severity::error, Issue::structure, "extension-context", url}, [&] {
            std::string what = "Move the extension " + std::string(url) + ": it may stand only in";
            for (const auto& context : contexts) what.append(" ").append(definitions_.text(context.expression)) += ',';
            what.back() = '.';
            return what;
        });
    if (!engine_.options.invariants) return;
    for (const Index constraint : definitions_.constraints(structure.context_invariants))
        check_constraint(owner, constraint, owner);
}

bool Walker::is_in_context(Id record, const Context& context) {
    const auto expression = definitions_.text(context.expression);
    const Id owner = owner_of(record);
    switch (context.kind) {
        case Context::Kind::extension: {
            // In the extension, or in its value.
            const Id around = at(owner).type == names_.extension_type ? owner : owner_of(owner);
            return at(around).type == names_.extension_type &&
                   without_version(child_text(around, names_.url)) == without_version(expression);
        }
        case Context::Kind::element:
            return is_element_context(owner, expression);
        case Context::Kind::fhirpath:
            return is_fhirpath_context(owner, expression);
    }
    return true;
}

bool Walker::is_element_context(Id owner, std::string_view expression) const {
    if (expression == "Element" || expression == "*" || expression == "Any")
        return true;  // As it is used: resources too.
    // Ids of profile elements: "http://...#Patient.contact".
    if (const auto hash = expression.find('#'); hash != std::string_view::npos) expression.remove_prefix(hash + 1);
    const Index type = definitions_.name(expression);
    if (expression.find('.') == std::string_view::npos) {
        if (type != 0 && is_of_type(owner, type)) return true;
        return expression == "Resource" ? at(owner).is(Record::kResource) : false;
    }
    const auto plain = [](std::string_view path) {
        return path.ends_with("[x]") ? path.substr(0, path.size() - 3) : path;
    };
    if (at(owner).element == 0) return false;
    const auto path = definitions_.text(definitions_.element(at(owner).element).path);
    if (plain(path) == plain(expression)) return true;
    // An element that is declared elsewhere (PlanDefinition.action.action) counts as what it repeats.
    const auto repeated = definitions_.element(at(owner).element).content_reference;
    if (repeated != 0 && plain(definitions_.text(definitions_.element(repeated).path)) == plain(expression))
        return true;
    // Elements that a type hands down: "Resource.id", "Element.extension".
    const auto dot = expression.find('.');
    const Id parent = owner_of(owner);
    const auto rest = path.find('.');
    if (path == "ElementDefinition.type" && expression == "ElementDefinition.type.code") return true;  // As published.
    return rest != std::string_view::npos && path.substr(rest) == expression.substr(dot) &&
           is_of_type(parent, definitions_.name(expression.substr(0, dot)));
}

bool Walker::is_fhirpath_context(Id owner, std::string_view expression) {
    const auto compiled = fhirpath::Expression::compile(std::string(expression));
    const auto* program = std::get_if<fhirpath::Expression>(&compiled);
    if (program == nullptr) return true;
    const Id resource = resource_of(owner);
    const auto found = program->evaluate(tape_.node(resource), environment_of(owner));
    if (!found) return true;
    for (const auto& item : found.value()) {
        const auto* node = std::get_if<tree::Node>(&item);
        if (node != nullptr && node->handle() == owner) return true;
        const auto* truth = std::get_if<bool>(&item);
        if (truth != nullptr && *truth) return true;
    }
    return false;
}

}  // namespace causeway::validation
