#pragma once
/// Where each element of an output comes from, for a person at a terminal.

#include <string>
#include <string_view>
#include <vector>

#include "mapping/map.hpp"
#include "tree/node.hpp"

namespace causeway::mapping {

/// One element that a row wrote. It shows a value: never for a log.
struct Explained {
    std::string
        output;       ///< Path in the output, names as JSON has them: "Bundle.entry[0].resource.name[0]", "PID-3[2]".
    std::string row;  ///< "patient.rows:16".
    std::string source;  ///< Path in the input, "constant", or the expression that was asked.
    tree::Position at;   ///< Of the source; line 0 where it is no place.
    std::string value;   ///< What stands there.
};

/// The traces of a run with what their sources hold: FHIR in the order of the document, HL7 v2 in that of writing.
std::vector<Explained> explain(const Output& output, const tree::Node& input);

/// The place that a path of tree::Node::path() names ("PID-3[1].4", "Bundle.entry[0].resource.id"); nothing where there
/// is none.
tree::Node node_at(const tree::Node& root, std::string_view path);

}  // namespace causeway::mapping
