#pragma once
/// What the engine knows about a message beyond its bytes: FHIRPath variables for routes, pathways and maps.

#include <string>

#include "fhirpath/expression.hpp"
#include "model/message.hpp"
#include "model/obligation.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

struct Configuration;

/// Facts of one message. Documents that variables point into (%patient, %decision) are kept alive by it.
class Facts {
public:
    /// %channel, %sender, %received, %message; now() is `now`. memberOf() and so on ask the configuration, which must
    /// live as long.
    Facts(const Message& message, Instant now, const Configuration& configuration);

    /// A variable that is text: %obligation, %organisation, %service.
    void set(std::string name, std::string value);
    /// A variable that is a JSON document (FHIR or the engine's own); empty or malformed text sets nothing.
    void set_document(std::string name, const std::string& json);
    /// References of a Bundle resolve inside it.
    void resolve_within(const tree::Document& document);

    const fhirpath::Environment& environment() const noexcept { return environment_; }

private:
    fhirpath::Environment environment_;
    std::vector<tree::DocumentPtr> documents_;
};

/// What was found when an obligation was created; kept with it, so that every attempt maps the same.
struct FrozenFacts {
    std::string config;    ///< Hash, only where it is not the configuration that accepted the message (a replay).
    std::string service;   ///< %service
    std::string decision;  ///< %decision, JSON.
    std::string patient;   ///< %patient, FHIR JSON.
};

/// As a JSON object, for Obligation::facts; empty where there is nothing.
std::string freeze(const FrozenFacts& facts);
/// Puts %service, %decision and %patient back.
void restore(Facts& facts, const std::string& frozen);
/// The hash that `freeze` was given; empty where none.
std::string frozen_config(const std::string& frozen);
/// The one destination that a replay is for ({"only": "pas"}); empty: for all.
std::string only_destination(const std::string& frozen);

}  // namespace causeway::pipeline
