#pragma once
/// What a validation is told beside the definitions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/operation_outcome.hpp"

namespace causeway::validation {

/// Changes the severity of findings, or drops them.
struct Override {
    std::string rule;  ///< Message id: "dom-6", "binding-extensible"; empty: every rule.
    /// Path without indexes and what is below it: "Patient.contact" (counted from the nearest resource or the root);
    /// empty: everywhere.
    std::string path;
    std::optional<Severity> severity;  ///< Nothing: the finding is dropped.
    std::string reason;                ///< Why; for people.
};

struct Options {
    /// What an extension is whose definition is not held. A modifier extension that is not known is always an error.
    enum class UnknownExtensions : std::uint8_t { accept, note, warn, refuse };

    bool invariants = true;
    bool best_practice = true;  ///< Invariants that are only recommended, as warnings.
    bool terminology = true;
    bool contained = true;         ///< Look into contained resources.
    bool example_urls = true;      ///< Accept addresses of example.org and the like.
    bool html_in_strings = true;   ///< Accept text that looks like HTML in strings.
    bool html_in_markdown = true;  ///< Accept HTML in markdown.
    UnknownExtensions unknown_extensions = UnknownExtensions::warn;
    std::size_t max_findings = 1000;  ///< Errors; as many warnings and remarks again.
    /// Canonicals: each resource of such a profile's type must meet it, the entries of Bundles too. One that is not
    /// held is passed over.
    std::vector<std::string> profiles;
    std::vector<Override> overrides;
};

}  // namespace causeway::validation
