#pragma once
/// Which segments a path with groups means: PROVIDER_CONTACT[2].PRD-2.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hl7v2/dictionary/structure.hpp"
#include "hl7v2/index.hpp"
#include "hl7v2/path.hpp"

namespace causeway::hl7v2 {

/// The groups of one message, by the structure of its type. Immutable once made. Lifetime: the index's.
class GroupLookup {
public:
    /// `code`, `event`, `structure`: MSH-9.1 to -9.3; `version`: MSH-12.1.
    GroupLookup(const Index& index, std::string_view version, std::string_view code, std::string_view event,
                std::string_view structure);

    /// Nothing for a message type that no version knows.
    const std::optional<Structure>& structure() const noexcept { return structure_; }
    const Groups& groups() const noexcept { return groups_; }

    /// The occurrences that the groups of a path name, in order: each within one of those before it; [n] is the n-th
    /// within it. A name that this version does not have but another one does (PROVIDER of 2.3 is PROVIDER_CONTACT
    /// of 2.4) means the group that begins with the same segment.
    std::vector<std::uint32_t> find(const std::vector<PathGroup>& path) const;
    /// Which of these occurrences holds the segment; nothing where none does.
    std::optional<std::uint32_t> holder(std::uint32_t segment, const std::vector<std::uint32_t>& found) const;
    /// "PATIENT_RESULT[1].PATIENT[1]": where a segment stands; empty where it is in no group.
    std::string path_of(std::uint32_t segment) const;
    bool is_unexpected(std::uint32_t segment) const;
    /// Occurrences of one group, as segments each: what `for GROUP[*]` goes through.
    std::vector<std::vector<std::uint32_t>> segments_of(const std::vector<std::uint32_t>& found) const;
    /// Names of the segments that the structure has in the occurrence's group, also of those that are not there.
    std::vector<std::string> names_in(std::uint32_t group) const;

private:
    std::string_view own_name(std::string_view name) const;

    std::string_view code_, event_, id_;
    std::optional<Structure> structure_;
    Groups groups_;
};

class Message;

/// For one walk along the segments of a message: those that the groups of a path hold. Costs nothing for a path without
/// groups.
class GroupFilter {
public:
    GroupFilter(const Message& message, const Path& path);

    /// Is the segment in such a group? `counted` becomes 0 where another occurrence begins than that of the last one.
    bool takes(std::uint32_t segment, std::uint32_t& counted);

private:
    const GroupLookup* lookup_ = nullptr;
    std::vector<std::uint32_t> found_;
    std::optional<std::uint32_t> last_;
};

}  // namespace causeway::hl7v2
