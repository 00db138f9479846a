#pragma once
/// Patient knowledge from demographic messages (ADT).

#include "fhirpath/expression.hpp"
#include "mapping/map.hpp"
#include "store/message_store.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// Identifiers under which what is known of the message's patient may be kept.
std::vector<Key> known_by(const tree::Document& document);

/// What the message tells: a Patient (through `map`), or a merge (A40: MRG-1 retires into PID-3). `received` stands in
/// where the message does not say since when it is true.
Result<PatientChange> learn_patient(const tree::Document& document, const mapping::Map& map,
                                    const fhirpath::Environment& environment, Instant received);

}  // namespace causeway::pipeline
