#pragma once
/// Collects what the validator has to say about a document. Internal.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fhir/tape.hpp"
#include "model/operation_outcome.hpp"
#include "validation/options.hpp"

namespace causeway::validation {

/// Rule and kind of a finding.
struct Say {
    Severity severity = Severity::error;
    Issue issue = Issue::invalid;
    std::string_view rule = {};
    std::string_view profile = {};  ///< Canonical; empty: a base definition or the specification.
};

/// Bounded; the same rule says a thing about a place once. Threads: one.
class Findings {
public:
    Findings(const fhir::Tape& tape, const Options& options) : tape_(tape), options_(options) {}

    void add(std::uint32_t record, const Say& say, std::string text) { add_at(record, record, say, std::move(text)); }
    /// Something of `record` (its expression) that stands at `place` (line and column): an element it should not have.
    void add_at(std::uint32_t record, std::uint32_t place, const Say& say, std::string text);
    /// What the parser put up with.
    void add(const fhir::Finding& finding);
    /// What was found, in the order in which it was, with lines and columns.
    OperationOutcome take();

private:
    void add(causeway::Finding finding, std::size_t offset);
    bool is_new(std::uint32_t record, std::string_view rule, std::string_view text);
    std::size_t name_before(std::size_t start) const;
    bool adjust(causeway::Finding& finding) const;
    bool has_room(Severity severity);

    const fhir::Tape& tape_;
    const Options& options_;
    OperationOutcome outcome_;
    std::vector<std::size_t> offsets_;        // In the source, of each issue.
    std::unordered_set<std::uint64_t> said_;  // Hashes of place, rule and text.
    std::size_t errors_ = 0;
    std::size_t remarks_ = 0;
};

}  // namespace causeway::validation
