#include "route/route.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "route/organisation.hpp"
#include "route/read.hpp"

namespace causeway::route {
namespace {

/// An expression that fails is the configuration's mistake: the route, the field and what to do, never a value.
Error failed(const Route& route, std::string_view field, const Error& error) {
    return fail(error.issue, route.place,
                "Correct \"" + std::string(field) + "\" of route " + route.name + ": " + error.what, Retry::never);
}

Result<bool> holds(const Route& route, std::string_view field, const fhirpath::Expression& when,
                   const tree::Node& message, const fhirpath::Environment& environment) {
    if (when.empty()) return true;
    auto result = when.test(message, environment);
    if (!result) return failed(route, field, result.error());
    return *result;
}

Result<std::string> ordering_key(const Route& route, const tree::Node& message,
                                 const fhirpath::Environment& environment, std::string_view fallback) {
    if (route.order_by.empty()) return std::string(fallback);
    auto key = route.order_by.text_of(message, environment);
    if (!key) return failed(route, "order_by", key.error());
    return key->empty() ? std::string(fallback) : *std::move(key);
}

Owed owed_to(const Route& route, const Target& target, std::string key) {
    Owed owed;
    owed.route = route.name;
    owed.destination = target.destination;
    owed.map = target.map;
    owed.ordering_key = std::move(key);
    owed.answer_within = target.answer_within;
    owed.answer_owner = target.answer_owner;
    return owed;
}

Result<void> address(const Route& route, const Target& target, const tree::Node& message,
                     const fhirpath::Environment& environment, const directory::Directory& directory, Owed& owed) {
    if (target.organisation.empty()) return {};
    auto told = ask(target.organisation, message, environment);
    if (!told) return failed(route, "organisation", told.error());
    const Addressee addressee = agree(*told, directory);
    owed.organisation = addressee.ods_code;
    if (!addressee.cause.empty()) {
        owed.held = true;
        owed.owner = target.unknown_owner;
        owed.cause = addressee.cause;
    }
    return {};
}

}  // namespace

std::span<const config::FieldSpec> Routes::specs() {
    return route_specs();
}

void Routes::add(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                 const fhir::DefinitionsPtr& definitions) {
    Route route = read_route(file, mistakes, definitions);
    const auto same =
        std::find_if(routes_.begin(), routes_.end(), [&](const Route& other) { return other.name == route.name; });
    if (same != routes_.end()) {
        mistakes.push_back(file.mistake(
            "route", "Give the route a name of its own: " + route.name + " stands at " + same->place + "."));
        return;
    }
    routes_.push_back(std::move(route));
}

Result<std::vector<const Route*>> Routes::matching(std::string_view channel, const tree::Node& message,
                                                   const fhirpath::Environment& environment) const {
    std::vector<const Route*> matched;
    for (const Route& route : routes_) {
        if (!route.from.contains(channel)) continue;
        auto takes = holds(route, "when", route.when, message, environment);
        if (!takes) return takes.error();
        if (*takes) matched.push_back(&route);
    }
    return matched;
}

Result<std::vector<Owed>> Routes::owed(const Route& route, const tree::Node& message,
                                       const fhirpath::Environment& environment, const directory::Directory& directory,
                                       std::string_view default_ordering_key) const {
    std::vector<Owed> result;
    auto key = ordering_key(route, message, environment, default_ordering_key);
    if (!key) return key.error();
    for (const Target& target : route.targets) {
        auto takes = holds(route, "to.when", target.when, message, environment);
        if (!takes) return takes.error();
        if (!*takes) continue;
        Owed owed = owed_to(route, target, *key);
        if (auto addressed = address(route, target, message, environment, directory, owed); !addressed)
            return addressed.error();
        result.push_back(std::move(owed));
    }
    return result;
}

}  // namespace causeway::route
