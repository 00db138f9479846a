#pragma once
/// What the configuration says about proof: censuses of sources, and what is expected to follow. The assurance folder,
/// above this one, does the work.

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "core/time.hpp"
#include "fhirpath/expression.hpp"

namespace causeway::pipeline {

/// Where a list of ids of one day comes from. "{day}" in file, url and command stands for 2026-11-21, "{compact_day}"
/// for 20261121. Exactly one of file, url and command is given.
struct IdList {
    enum class Format { csv, fhir } format = Format::csv;
    std::string file, url, command;
    std::string column;         ///< csv: name of the column; empty: the first.
    config::Settings settings;  ///< For "tls".
    fhirpath::Expression id;    ///< fhir: of a Bundle's entry resource, or of a List; empty: the usual places.
};

/// What a channel's source says it authored or sent in a day, and what receivers say they took.
struct Census {
    IdList source;
    std::string key;  ///< Kind of key that the ids are: "control-id", "document", "ubrn", ...
    std::optional<IdList> confirmed;
};

/// Messages of these channels and types (empty: any) for which the condition holds.
struct MessagePattern {
    std::set<std::string, std::less<>> channels;
    std::vector<std::string> types;  ///< "ADT^A03", "MDM".
    fhirpath::Expression when;       ///< Empty: always.
};

/// What must follow what: conf/expectations/<name>.yaml.
struct Expectation {
    std::string name;
    std::string place;  ///< file:line:column
    std::string doc;
    MessagePattern after;             ///< What calls for something.
    MessagePattern expect;            ///< What must follow.
    std::vector<std::string> shared;  ///< Kinds of key; one value of one of them is in both messages.
    Duration within{};
    Duration early{};  ///< What came up to this long before counts, too.
    std::string owner;
};

}  // namespace causeway::pipeline
