#pragma once
/// Conformance profiles of HL7 v2 (chapter 2B): what one sender or one use of a message must keep to, as data.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "fhirpath/expression.hpp"
#include "hl7v2/path.hpp"
#include "model/operation_outcome.hpp"

namespace causeway::validation::v2 {

/// What is found where a kind of rule is broken; nothing: the rule is off.
using Level = std::optional<Severity>;

/// What the standard's own definitions (the dictionary, by MSH-12) say, kind by kind.
struct BaseChecks {
    Level structure;    ///< Segments that the message type requires, and segments that have no place in it.
    Level required;     ///< Fields that a segment requires.
    Level lengths;      ///< Longest values.
    Level types;        ///< Forms of dates, times, numbers.
    Level tables;       ///< Codes of HL7's own tables (fields of type ID).
    Level repetitions;  ///< Fields that repeat and must not.
};

enum class ProfileUsage : char { required = 'R', if_known = 'E', optional = 'O', forbidden = 'X' };

/// One rule. Empty members do not count.
struct Rule {
    std::string name;  ///< As it is written, for findings.
    hl7v2::Path path;  ///< A segment, or a place in one.
    ProfileUsage usage = ProfileUsage::optional;
    std::uint32_t min = 0, max = 0;  ///< Segments, or repetitions of a field; max 0: no limit.
    std::set<std::string> messages;  ///< "ADT^A40"; empty: all.
    fhirpath::Expression when;       ///< Of the whole message.
    std::string type;                ///< "DT", "NM", "nhs-number", ...
    std::uint32_t length = 0;
    std::set<std::string> codes;
    std::string because;  ///< Shown in the finding.
    Severity severity = Severity::error;
};

/// A profile with all that it extends. Immutable. Threads: any.
struct Profile {
    std::string name, title;
    std::set<std::string> versions;  ///< Of MSH-12.1; empty: any.
    std::set<std::string> messages;  ///< "ADT^A01", or "ADT" for all its events; empty: any.
    std::string charset;             ///< Empty: any.
    BaseChecks base;
    Level other_segments;  ///< Segments that no rule names (Z segments too).
    std::vector<Rule> rules;
};

using ProfilePtr = std::shared_ptr<const Profile>;

/// Reads `folder`/`name`.yaml and what it extends. What is wrong is added to `mistakes`, with its place; then null.
ProfilePtr load_profile(const std::filesystem::path& folder, const std::string& name,
                        std::vector<config::Mistake>& mistakes);

/// Names of the profiles in a folder, sorted.
std::vector<std::string> profiles_in(const std::filesystem::path& folder);

/// The fields of a profile file, for schema and documentation.
std::span<const config::FieldSpec> profile_fields();

/// Types that a rule may name beside HL7's own.
bool is_rule_type(std::string_view type);

}  // namespace causeway::validation::v2
