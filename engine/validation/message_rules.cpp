// Messages against a MessageDefinition (http://hl7.org/fhir/R4/messagedefinition.html) and its graph
// (http://hl7.org/fhir/R4/graphdefinition.html).
#include <charconv>
#include <limits>
#include <map>

#include "validation/resources/rules.hpp"
#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Record;
using tree::Node;

namespace {

std::size_t number_of(const Node& node, std::size_t otherwise) {
    const auto text = node.text();
    std::size_t value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return text == "*" ? std::numeric_limits<std::size_t>::max() : value;
}

}  // namespace

bool Walker::is_message_definition(std::string_view canonical) const {
    const Index index = definitions_.resource(canonical);
    return index != 0 && definitions_.name_text(definitions_.resources()[index].type) == "MessageDefinition";
}

std::vector<Walker::Id> Walker::entry_resources(Id bundle) const {
    std::vector<Id> resources;
    for (Id i = tape_.first_child(bundle); i != 0; i = at(i).next) {
        if (at(i).name != names_.entry || !at(i).is_shown()) continue;
        if (const Id resource = child(i, names_.resource)) resources.push_back(resource);
    }
    return resources;
}

void Walker::check_message(Id bundle, std::string_view canonical) {
    const auto held = rule_context().load(canonical, "MessageDefinition");
    if (!held) return;
    const Node definition = held->root();
    const auto resources = entry_resources(bundle);
    const Id header = !resources.empty() && tape_.type(resources.front()) == "MessageHeader" ? resources.front() : 0;
    if (header == 0) {
        say(bundle, {Severity::error, Issue::required, "message-header", canonical},
            [] { return std::string("Begin the Bundle with a MessageHeader: it is to be a message."); });
        return;
    }
    check_event(header, definition, canonical);
    check_focus(bundle, header, resources, definition, canonical);
    for (const auto& graph : all(definition, "graph")) check_graph(header, graph.text(), canonical);
}

void Walker::check_event(Id header, const Node& definition, std::string_view canonical) {
    const Node wanted = definition.child("event");
    const Node given = tape_.node(header).child("event");
    if (!wanted || !given) return;
    const bool same = wanted.type() == "Coding" ? text_of(wanted, "code") == text_of(given, "code") &&
                                                      text_of(wanted, "system") == text_of(given, "system")
                                                : wanted.text() == given.text();
    if (same) return;
    say(static_cast<Id>(given.handle()), {Severity::error, Issue::value, "message-event", canonical},
        [] { return std::string("Give the event that the definition of the message has."); });
}

/// Definitions that list Bundle or MessageHeader (BaRS) count what the whole message holds; else what
/// MessageHeader.focus leads to.
void Walker::check_focus(Id bundle, Id header, const std::vector<Id>& resources, const Node& definition,
                         std::string_view canonical) {
    const auto focuses = all(definition, "focus");
    bool counts_all = false;
    for (const auto& focus : focuses) {
        const auto code = text_of(focus, "code");
        counts_all = counts_all || code == "Bundle" || code == "MessageHeader";
    }
    std::vector<Id> counted = resources;
    if (!counts_all) {
        counted.clear();
        for (const auto& focus : all(tape_.node(header), "focus")) {
            const auto target = resolve(static_cast<Id>(focus.handle()));
            if (target.found) counted.push_back(target.record);
        }
    }
    std::map<std::string_view, std::vector<Node>> by_type;
    for (const auto& focus : focuses) by_type[text_of(focus, "code")].push_back(focus);
    for (const auto& [code, lines] : by_type) {
        std::vector<Id> of_type;
        if (code == "Bundle") of_type.push_back(bundle);
        for (const Id resource : counted)
            if (tape_.type(resource) == code) of_type.push_back(resource);
        check_lines(counts_all ? bundle : header, of_type, lines, canonical);
    }
}

/// The lines of a definition that are about one type: each resource counts for the line whose profile it is of.
void Walker::check_lines(Id at, const std::vector<Id>& resources, const std::vector<Node>& lines,
                         std::string_view canonical) {
    std::vector<std::size_t> counts(lines.size(), 0);
    for (const Id resource : resources) {
        const auto line = lines.size() == 1 ? 0 : line_of(resource, lines);
        ++counts[line];
        const Plan* profile = engine_.plans.root(definitions_.structure(text_of(lines[line], "profile")));
        if (profile != nullptr) check_message_profile(resource, *profile, canonical);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto least = number_of(lines[i].child("min"), 0);
        const auto most = number_of(lines[i].child("max"), std::numeric_limits<std::size_t>::max());
        if (counts[i] >= least && counts[i] <= most) continue;
        say(at, {Severity::error, Issue::required, "message-count", canonical}, [&] {
            std::string what = counts[i] < least ? "Add resources of the type " : "Send fewer resources of the type ";
            what.append(text_of(lines[i], "code"));
            if (lines.size() > 1) what.append(" that meet ").append(text_of(lines[i], "profile"));
            return what + ": the message needs " +
                   (counts[i] < least ? "at least " + std::to_string(least) : "at most " + std::to_string(most)) +
                   " and has " + std::to_string(counts[i]) + ".";
        });
    }
}

/// The line whose profile the resource claims, else the first special profile that it meets, else the most general.
std::size_t Walker::line_of(Id resource, const std::vector<Node>& lines) {
    std::size_t general = lines.size() - 1;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (claims(resource, text_of(lines[i], "profile"))) return i;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Index structure = definitions_.structure(text_of(lines[i], "profile"));
        const Plan* profile = engine_.plans.root(structure);
        const bool is_special = profile != nullptr && definitions_.structure_at(structure).is_profile != 0;
        if (!is_special)
            general = i;
        else if (conforms(resource, *profile))
            return i;
    }
    return general;
}

bool Walker::claims(Id resource, std::string_view profile) const {
    const Id meta = child(resource, names_.meta);
    const auto url = profile.substr(0, profile.find('|'));
    if (meta == 0 || url.empty()) return false;
    for (Id i = tape_.first_child(meta); i != 0; i = at(i).next)
        if (at(i).name == names_.profile && text(i).substr(0, text(i).find('|')) == url) return true;
    return false;
}

/// The definition that the header of a message itself names, where it is held.
std::string_view Walker::own_definition() const {
    if (at(0).type != names_.bundle_type || child_text(0, names_.type) != "message") return {};
    const auto resources = entry_resources(0);
    if (resources.empty() || tape_.type(resources.front()) != "MessageHeader") return {};
    const auto canonical = child_text(resources.front(), definitions_.name("definition"));
    return is_message_definition(canonical) ? canonical : std::string_view();
}

void Walker::check_message_profile(Id resource, const Plan& profile, std::string_view canonical) {
    if (conforms(resource, profile)) return;
    say(resource, {Severity::error, Issue::structure, "message-profile", canonical}, [&] {
        return "Meet the profile " + std::string(profile_of(profile)) +
               ", which the definition of the message asks for.";
    });
}

void Walker::check_graph(Id header, std::string_view graph, std::string_view canonical) {
    const auto held = rule_context().load(graph, "GraphDefinition");
    if (!held) {
        say(header, {Severity::warning, Issue::not_found, "message-graph", canonical},
            [&] { return "The graph was not checked: load the GraphDefinition " + std::string(graph) + "."; });
        return;
    }
    const auto start = text_of(held->root(), "start");
    std::vector<Id> from;
    if (tape_.type(header) == start) from.push_back(header);
    for (const auto& focus : all(tape_.node(header), "focus")) {
        const auto target = resolve(static_cast<Id>(focus.handle()));
        if (target.found && tape_.type(target.record) == start) from.push_back(target.record);
    }
    if (from.empty())
        say(header, {Severity::error, Issue::required, "message-graph", canonical},
            [&] { return "Refer from MessageHeader.focus to a " + std::string(start) + ", where the graph begins."; });
    for (const Id resource : from) check_links(resource, held->root(), canonical, 0);
}

void Walker::check_links(Id resource, const Node& node, std::string_view canonical, unsigned depth) {
    constexpr unsigned kMostLinks = 32;
    if (depth == kMostLinks) return;
    for (const auto& link : all(node, "link")) {
        const auto path = std::string(text_of(link, "path"));
        if (path.empty()) continue;  // Reverse links by params are searches.
        const auto compiled = fhirpath::Expression::compile(path);
        const auto* program = std::get_if<fhirpath::Expression>(&compiled);
        if (program == nullptr) continue;
        const auto found = program->evaluate(tape_.node(resource), environment_of(resource));
        if (!found) continue;
        std::size_t count = 0;
        for (const auto& item : found.value()) {
            const auto* place = std::get_if<Node>(&item);
            if (place == nullptr || place->document() != &tape_) continue;
            const auto target = resolve(static_cast<Id>(place->handle()));
            if (!target.found) continue;
            count += follow_link(target.record, link, canonical, depth) ? 1 : 0;
        }
        const auto least = number_of(link.child("min"), 0);
        const auto most = number_of(link.child("max"), std::numeric_limits<std::size_t>::max());
        if (count >= least && count <= most) continue;
        say(resource, {Severity::error, Issue::required, "message-graph", canonical}, [&] {
            return std::string(count < least ? "Add targets of " : "Send fewer targets of ") + path.substr(0, 64) +
                   ": the graph of the message has its bounds for them.";
        });
    }
}

/// Does the target fit one of the link's? Then its own links are checked.
bool Walker::follow_link(Id target, const Node& link, std::string_view canonical, unsigned depth) {
    const auto targets = all(link, "target");
    for (const auto& each : targets) {
        if (text_of(each, "type") != tape_.type(target)) continue;
        const Plan* profile = engine_.plans.root(definitions_.structure(text_of(each, "profile")));
        if (profile != nullptr) check_message_profile(target, *profile, canonical);
        check_links(target, each, canonical, depth + 1);
        return true;
    }
    return targets.empty();
}

}  // namespace causeway::validation
