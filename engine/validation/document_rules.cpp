// What documents, messages and results of searches must hold together (http://hl7.org/fhir/R4/documents.html,
// messaging.html, search.html).
#include <array>

#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Record;

namespace {

struct Place {
    std::string_view parent;  ///< "Composition", or the name of an element.
    std::string_view name;
};

/// What a Composition refers to is part of its document.
constexpr auto kInDocument = std::to_array<Place>({
    {"Composition", "subject"},
    {"Composition", "encounter"},
    {"Composition", "author"},
    {"Composition", "custodian"},
    {"attester", "party"},
    {"event", "detail"},
    {"section", "author"},
    {"section", "focus"},
    {"section", "entry"},
});

/// The type that a search is of: "https://x.example/fhir/Patient?name=a" is of patients; empty where it tells none.
std::string_view searched_type(std::string_view url, const fhir::Definitions& definitions) {
    const auto question = url.find('?');
    const auto query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
    auto path = url.substr(0, question);
    if (path.ends_with("/_search")) path.remove_suffix(8);
    const auto type = path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
    const Index found = definitions.type(type);
    const bool is_open = query.find("_type=") != std::string_view::npos || type.starts_with('$');
    return found == 0 || is_open ? std::string_view() : type;
}

}  // namespace

void Walker::check_composition(Id bundle) {
    const auto resources = entry_resources(bundle);
    if (resources.empty() || tape_.type(resources.front()) != "Composition") return;
    const Id composition = resources.front();
    const Id last = end_of(composition);
    for (Id i = composition + 1; i < last; ++i) {
        if (at(i).type != names_.reference_type || resource_of(i) != composition) continue;
        const Id parent = at(i).parent;
        const auto around = parent == composition ? std::string_view("Composition") : tape_.name(parent);
        const auto name = tape_.name(i);
        for (const auto& place : kInDocument)
            if (place.parent == around && place.name == name) check_is_held(i, "document-reference");
    }
}

void Walker::check_message_focus(Id bundle) {
    const auto resources = entry_resources(bundle);
    if (resources.empty() || tape_.type(resources.front()) != "MessageHeader") return;
    for (Id i = tape_.first_child(resources.front()); i != 0; i = at(i).next)
        if (tape_.name(i) == "focus" && at(i).is_shown()) check_is_held(i, "message-focus");
}

void Walker::check_is_held(Id reference, std::string_view rule) {
    const auto target = resolve(reference);
    if (target.found || target.by_id_only || child(reference, names_.reference) == 0) return;
    say(reference, {Severity::error, Issue::not_found, rule},
        [] { return std::string("Add the resource to the Bundle: what is referred to here travels with it."); });
}

void Walker::check_search(Id bundle) {
    std::string_view wanted;
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next)
        if (at(i).name == names_.link && child_text(i, names_.relation) == "self")
            wanted = searched_type(child_text(i, names_.url), definitions_);
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next)
        if (at(i).name == names_.entry && at(i).is_shown()) check_match(i, wanted);
}

void Walker::check_match(Id entry, std::string_view wanted) {
    const Id resource = child(entry, names_.resource);
    if (resource == 0) {
        say(entry, {Severity::error, Issue::required, "bundle-search-resource"},
            [] { return std::string("Put a resource into each entry of the result of a search."); });
        return;
    }
    const auto type = tape_.type(resource);
    const bool is_outcome = type == "OperationOutcome";
    if (child(resource, names_.id) == 0 && !is_outcome)
        say(resource, {Severity::error, Issue::required, "bundle-search-id"},
            [] { return std::string("Give the resource its id: it comes from a server."); });
    const Id search = child(entry, names_.search);
    const auto mode = search == 0 ? std::string_view() : child_text(search, definitions_.name("mode"));
    if (mode == "outcome" && !is_outcome)
        say(entry, {Severity::error, Issue::invalid, "bundle-search-mode"},
            [] { return std::string("Mark only an OperationOutcome as outcome of the search."); });
    if (mode == "match" && !wanted.empty() && type != wanted)
        say(entry, {Severity::error, Issue::invalid, "bundle-search-mode"}, [&] {
            return "Mark only what was searched for as a match: the search is of " + std::string(wanted) + ".";
        });
}

/// The entries that an entry leads to: by references, and by addresses (a document and its attachment or stylesheet).
void Walker::add_targets(Id from, const std::unordered_map<Id, std::size_t>& place, std::vector<std::size_t>& out) {
    const Id end = end_of(from);
    for (Id i = from; i < end; ++i) {
        if (at(i).type != names_.reference_type && !is_address(i)) continue;
        const auto target = resolve(i);
        const auto found = target.found ? place.find(target.record) : place.end();
        if (found != place.end()) out.push_back(found->second);
    }
}

bool Walker::is_address(Id record) const {
    if (at(record).kind != tree::Kind::text || at(record).name == names_.full_url) return false;
    switch (engine_.plans.primitive(at(record).type)) {
        case Primitive::uri:
        case Primitive::url:
        case Primitive::canonical:
            return true;
        default:
            return false;
    }
}

/// From the first entry, forwards; and Provenance of what is reached.
void Walker::check_reachable(Id bundle, std::string_view type) {
    std::vector<Id> entries;
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next)
        if (at(i).name == names_.entry && at(i).is_shown()) entries.push_back(i);
    if (entries.size() < 2) return;
    std::unordered_map<Id, std::size_t> place;
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (const Id resource = child(entries[i], names_.resource)) place[resource] = i;
    std::vector<std::vector<std::size_t>> forward(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        add_targets(entries[i], place, forward[i]);
        const Id resource = child(entries[i], names_.resource);
        if (resource == 0 || tape_.type(resource) != "Provenance") continue;
        for (const auto target : std::vector(forward[i])) forward[target].push_back(i);
    }
    std::vector<bool> reached(entries.size(), false);
    std::vector<std::size_t> open{0};
    reached[0] = true;
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next) {
        if (at(i).name != names_.link) continue;
        const Id url = child(i, names_.url);  // A stylesheet.
        const auto target = url == 0 ? Target{} : resolve_in(bundle, text(url));
        if (const auto found = place.find(target.record);
            target.found && found != place.end() && !reached[found->second])
            reached[found->second] = true, open.push_back(found->second);
    }
    while (!open.empty()) {
        const auto i = open.back();
        open.pop_back();
        for (const auto next : forward[i])
            if (!reached[next]) reached[next] = true, open.push_back(next);
    }
    const bool is_document = type == "document";
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (reached[i]) continue;
        say(entries[i], {is_document ? Severity::error : Severity::warning, Issue::informational, "bundle-unreachable"},
            [&] {
                return std::string("Refer to this entry, directly or through others, from the ") +
                       (is_document ? "Composition." : "MessageHeader.");
            });
    }
}

}  // namespace causeway::validation
