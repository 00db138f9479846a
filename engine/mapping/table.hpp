#pragma once
/// A ConceptMap as a table of codes, both ways.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace causeway::mapping {

/// A code with what a Coding says about it.
struct Coded {
    std::string system;
    std::string code;
    std::string display;
};

/// Left: HL7 v2. Right: FHIR. Immutable.
class Table {
public:
    /// Reads a FHIR R4 ConceptMap (http://hl7.org/fhir/R4/conceptmap.html): group.source and target, element.code and
    /// target.code with equivalence, group.unmapped of mode "fixed" and "provided".
    static Result<Table> load(const std::filesystem::path& file);

    /// Upper and lower case are one where no two codes differ in it alone: systems write "CANCELLED" for "Cancelled".
    std::optional<Coded> to_right(std::string_view code) const;
    std::optional<Coded> to_left(std::string_view code) const;

    /// What the table says of a left code itself.
    std::optional<Coded> left(std::string_view code) const;

    /// Does each right code lead back to one left code? Where several left codes share a right one, exactly one of them
    /// must be `equal` or `equivalent`.
    bool has_inverse() const noexcept { return ambiguous_.empty(); }
    /// A right code without a clear way back, for the mistake's text.
    const std::string& ambiguous() const noexcept { return ambiguous_; }
    /// Left codes with their right ones: what headings are made of.
    const std::map<std::string, Coded, std::less<>>& rights() const noexcept { return rights_; }

private:
    struct Back {
        Coded left;
        bool exact = false;
        bool clash = false;
    };
    void add(const Coded& left, const Coded& right, std::string_view equivalence);
    void find_ambiguous();
    void fold();
    std::string_view as_listed(std::string_view code) const;

    std::map<std::string, Coded, std::less<>> rights_;
    std::map<std::string, Coded, std::less<>> own_;
    std::map<std::string, std::string, std::less<>>
        folded_;  ///< Left codes by lower case; empty where there are several.
    std::map<std::string, Back, std::less<>> lefts_;
    std::optional<Coded> unmapped_;
    bool unmapped_provided_ = false;
    std::string ambiguous_;
};

/// "HL70280" for http://terminology.hl7.org/CodeSystem/v2-0280, "SCT", "LN", "I10" ...: how v2 names a system.
std::string v2_system_name(std::string_view uri);
/// The reverse; empty for local ones (L, 99...).
std::string fhir_system_uri(std::string_view name);

/// "urn:id:NAME": the system of whatever only its sender names; characters that no URN takes become "_".
std::string local_system(std::string_view name);
/// NAME of such a system; nothing for every other one.
std::optional<std::string> local_name(std::string_view system);

}  // namespace causeway::mapping
