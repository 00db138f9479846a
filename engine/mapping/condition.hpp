#pragma once
/// The short way for what most conditions of rows are: OBX-2 = 'NM', PID-29.empty(), %organisation.exists(),
/// %is_number, joined with `and`, `or` and brackets. It gives what FHIRPath gives for them, without making values.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.hpp"
#include "fhirpath/regex.hpp"
#include "hl7v2/path.hpp"
#include "mapping/v2_reader.hpp"
#include "mapping/variables.hpp"

namespace causeway::mapping {

/// The patterns of a map: rows ask the same of the same field again and again.
class Patterns {
public:
    /// Null where the pattern is none.
    std::shared_ptr<const fhirpath::Regex> get(const std::string& text);

private:
    std::map<std::string, std::shared_ptr<const fhirpath::Regex>> known_;
};

/// A compiled condition. Immutable. Threads: any, at the same time.
class Condition {
public:
    /// Nothing where the text is more than that: FHIRPath answers then.
    static std::optional<Condition> compile(std::string_view text, Patterns& patterns);

    /// Every path whose value it looks at counts as read, whether or not it decides; exists() and empty() look at
    /// none. Nothing: FHIRPath tells what is wrong.
    std::optional<bool> holds(V2Reader& reader, Variables& facts) const;
    /// What it gives as a value: true, false, or no item.
    std::optional<fhirpath::Collection> value(V2Reader& reader, Variables& facts) const;

private:
    friend class ConditionParser;

    enum class Truth : std::uint8_t { no, yes, nothing, unsure };
    enum class Code : std::uint8_t { exists, empty, equals, differs, matches, fact, both, either, negated };
    struct Op {
        Code code = Code::exists;
        std::optional<hl7v2::Path> path;
        std::string fact;                                ///< Instead of a path.
        std::string literal;                             ///< equals, differs.
        std::shared_ptr<const fhirpath::Regex> pattern;  ///< matches.
        std::uint32_t left = 0, right = 0;
    };

    Truth run(std::uint32_t op, V2Reader& reader, Variables& facts) const;
    static Truth of_fact(const Op& op, Variables& facts);
    static Truth of_path(const Op& op, V2Reader& reader);
    static Truth is_there(const Op& op, const V2Places& places, V2Reader& reader);
    static Truth matched(const Op& op, const V2Places& places, V2Reader& reader);

    std::vector<Op> ops_;  ///< The last is the root.
};

}  // namespace causeway::mapping
