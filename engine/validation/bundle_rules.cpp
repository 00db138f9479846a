// Bundles (http://hl7.org/fhir/R4/bundle.html): what the text of the specification demands beyond invariants.
#include <set>
#include <unordered_set>
#include <utility>

#include "validation/formats.hpp"
#include "validation/resources/rules.hpp"
#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Record;

/// What rules of single types work with.
RuleContext Walker::rule_context() {
    return RuleContext{
        definitions_, engine_.definitions, *engine_.terminology,
        [this](const tree::Node& node, Severity severity, Issue issue, std::string_view rule, std::string text) {
            say(static_cast<Id>(node.handle()), {severity, issue, rule}, [&] { return std::move(text); });
        },
        [this](std::string_view reference, const tree::Node& from) {
            const auto target = resolve(reference, static_cast<Id>(from.handle()));
            return target.found ? tape_.node(target.record) : tree::Node();
        }};
}

void Walker::check_resource(Id record) {
    if (at(record).type == names_.bundle_type) check_bundle(record);
    if (at(record).type == names_.vital_sign_type) check_vital_sign(record);
    const RuleCheck check = rules_of(tape_.type(record));
    if (check == nullptr) return;
    const auto context = rule_context();
    check(context, tape_.node(record));
}

void Walker::check_bundle(Id bundle) {
    const auto type = child_text(bundle, names_.type);
    if (type == "document") {
        check_first(bundle, "Composition", "bundle-document-first");
        check_composition(bundle);
        check_reachable(bundle, type);
    } else if (type == "message") {
        check_first(bundle, "MessageHeader", "bundle-message-first");
        check_message_focus(bundle);
        check_reachable(bundle, type);
    } else if (type == "searchset") {
        check_search(bundle);
    }
    check_entries(bundle, type);
    check_links(bundle);
}

void Walker::check_first(Id bundle, std::string_view wanted, std::string_view rule) {
    const Id entry = child(bundle, names_.entry);
    if (entry == 0) {
        say(bundle, {Severity::error, Issue::required, rule},
            [&] { return "Put a " + std::string(wanted) + " into the first entry."; });
        return;
    }
    const Id resource = child(entry, names_.resource);
    if (resource != 0 && tape_.type(resource) == wanted) return;
    say(entry, {Severity::error, Issue::structure, rule},
        [&] { return "Put the " + std::string(wanted) + " into the first entry."; });
}

void Walker::check_entries(Id bundle, std::string_view type) {
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next)
        if (at(i).name == names_.entry && at(i).is_shown()) check_entry(i, type);
}

void Walker::check_entry(Id entry, std::string_view type) {
    const Id resource = child(entry, names_.resource);
    if (resource == 0) return;
    const Id url = child(entry, names_.full_url);
    const bool is_request = type == "transaction" || type == "batch";
    if (url == 0) {
        // "Results from operations might involve resources that are not identified."
        const bool is_outcome = tape_.type(resource) == "OperationOutcome";
        const bool may_lack = is_request || type == "batch-response" || type == "transaction-response" || is_outcome;
        if (!may_lack)
            say(entry, {Severity::error, Issue::required, "bundle-full-url"}, [] {
                return std::string("Add fullUrl: except in transactions and batches it identifies the resource.");
            });
        return;
    }
    check_full_url(entry, resource, type);
}

void Walker::check_full_url(Id entry, Id resource, std::string_view type) {
    const auto url = child_text(entry, names_.full_url);
    const auto id = child_text(resource, names_.id);
    const auto parts = split_reference(url, &definitions_);
    if (!parts.is_absolute && type != "transaction" && type != "batch")
        say(entry, {Severity::error, Issue::invalid, "bundle-full-url-absolute"},
            [] { return std::string("Write fullUrl as an absolute address, or as urn:uuid: or urn:oid:."); });
    if (parts.is_rest && parts.is_absolute && !id.empty() && parts.id != id)
        say(entry, {Severity::error, Issue::invalid, "bundle-full-url-id"},
            [] { return std::string("End fullUrl with the id of the resource, or leave the id out."); });
}

void Walker::check_full_urls(Id bundle) {
    if (child_text(bundle, names_.type) == "history") return;
    std::unordered_set<std::string_view> seen;
    std::set<std::pair<std::string_view, std::string_view>> versions;  // Of those that say one.
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next) {
        if (at(i).name != names_.entry || !at(i).is_shown()) continue;
        const Id url = child(i, names_.full_url);
        if (url == 0) continue;
        const Id resource = child(i, names_.resource);
        const auto version = resource == 0 ? std::string_view() : version_of(resource);
        const bool is_new =
            version.empty() ? seen.insert(text(url)).second : versions.emplace(text(url), version).second;
        if (is_new) continue;
        fail_constraint(bundle, "bdl-7", "Give each fullUrl once in a Bundle, or different versions (meta.versionId).",
                        Severity::error);
        return;
    }
}

void Walker::check_links(Id bundle) {
    std::unordered_set<std::string_view> seen;
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next) {
        if (at(i).name != names_.link || !at(i).is_shown()) continue;
        const auto relation = child_text(i, names_.relation);
        if (relation.empty() || relation == "alternate" || seen.insert(relation).second) continue;
        say(i, {Severity::error, Issue::duplicate, "bundle-link"},
            [] { return std::string("Give each relation of a link once."); });
    }
}

}  // namespace causeway::validation
