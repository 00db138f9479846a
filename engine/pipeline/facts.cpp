#include "pipeline/facts.hpp"

#include "core/text.hpp"
#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

Facts::Facts(const Message& message, Instant now, const Configuration& configuration) {
    if (configuration.validator) environment_.services = &configuration.validator->services();
    environment_.now = now;
    set("channel", message.channel);
    set("sender", message.sender);
    set("message", message.id.text());
    environment_.variables["received"] = {
        fhirpath::Temporal{fhirpath::Temporal::Kind::date_time, to_fhir_instant(message.received_at)}};
    environment_.variables["now"] = {fhirpath::Temporal{fhirpath::Temporal::Kind::date_time, to_fhir_instant(now)}};
    // A variable that is not known yet is empty, not an error: enrichment may have found nothing.
    for (const auto* name : {"patient", "decision", "service", "organisation", "obligation", "destination"})
        environment_.variables[name] = {};
}

void Facts::set(std::string name, std::string value) {
    auto& variable = environment_.variables[std::move(name)];
    variable.clear();
    if (!value.empty()) variable.emplace_back(std::move(value));
}

void Facts::set_document(std::string name, const std::string& json) {
    if (json.empty()) return;
    auto parsed = fhir::parse_json(Payload(json));
    if (!parsed) return;
    documents_.push_back(*parsed);
    environment_.variables[std::move(name)] = {documents_.back()->root()};
}

void Facts::resolve_within(const tree::Document& document) {
    if (document.format() != "fhir") return;
    const auto bundle = std::make_shared<const fhir::Bundle>(document.root());
    environment_.resolve = [bundle](std::string_view reference, const tree::Node& from) {
        return bundle->resolve(reference, from);
    };
}

namespace {

void put_text(std::string& out, std::string_view name, const std::string& value) {
    if (value.empty()) return;
    if (out.size() > 1) out += ',';
    out.append("\"").append(name).append("\":\"").append(json_escape(value)).append("\"");
}

/// How frozen facts begin that name a configuration: most do not, and need not be parsed to see it.
constexpr std::string_view kConfigFirst = "{\"config\":";

void put_document(std::string& out, std::string_view name, const std::string& json) {
    if (json.empty()) return;
    if (out.size() > 1) out += ',';
    out.append("\"").append(name).append("\":").append(json);
}

}  // namespace

void restore(Facts& facts, const std::string& frozen) {
    if (frozen.empty()) return;
    const auto parsed = fhir::parse_json(Payload(frozen));
    if (!parsed) return;
    const auto root = (*parsed)->root();
    facts.set("service", std::string(root.child("service").text()));
    for (const auto* name : {"decision", "patient"})
        if (const auto node = root.child(name)) facts.set_document(name, fhir::to_json(node));
}

std::string frozen_config(const std::string& frozen) {
    if (!frozen.starts_with(kConfigFirst)) return {};
    const auto parsed = fhir::parse_json(Payload(frozen));
    return parsed ? std::string((*parsed)->root().child("config").text()) : std::string();
}

std::string only_destination(const std::string& frozen) {
    if (!frozen.starts_with("{\"only\":")) return {};
    const auto parsed = fhir::parse_json(Payload(frozen));
    return parsed ? std::string((*parsed)->root().child("only").text()) : std::string();
}

std::string freeze(const FrozenFacts& facts) {
    std::string out = "{";
    put_text(out, "config", facts.config);
    put_text(out, "service", facts.service);
    put_document(out, "decision", facts.decision);
    put_document(out, "patient", facts.patient);
    return out == "{" ? std::string() : out + '}';
}

}  // namespace causeway::pipeline
