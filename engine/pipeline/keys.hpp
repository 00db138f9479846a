#pragma once
/// By what a message can be found, what names it to its sender, and in which order it must be kept.

#include <string>
#include <vector>

#include "fhirpath/expression.hpp"
#include "model/message.hpp"
#include "pipeline/configuration.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// What the standard says about a message's identity, whatever its format.
struct Identity {
    std::string control_id;             ///< MSH-10; Bundle.identifier, else Bundle.id.
    std::string sender;                 ///< "MSH-3|MSH-4"; MessageHeader.source endpoint; else empty.
    std::vector<Key> keys;              ///< Without duplicates.
    std::vector<std::string> patients;  ///< Ordering keys, one a patient: two in a merge; empty where none is named.
    Priority priority = Priority::routine;
};

/// Reads it with the standard expressions and those that the channel adds.
Identity identify(const tree::Document& document, const Channel& channel);

/// Adds what an expression finds, as a key of this kind; repeated and overlong ones are left out.
void add_keys(std::vector<Key>& keys, const std::string& kind, const fhirpath::Expression& expression,
              const tree::Node& root, const fhirpath::Environment& environment);

/// All NHS numbers that the message states, with their place.
struct StatedNhsNumber {
    std::string value;
    std::string path;
    tree::Position position;
};
std::vector<StatedNhsNumber> nhs_numbers_of(const tree::Document& document);

}  // namespace causeway::pipeline
