#pragma once
/// Message structures (the abstract syntax of a message type) and the groups that a message's segments belong to.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hl7v2/dictionary/dictionary.hpp"

namespace causeway::hl7v2 {

/// One node of a structure. Nodes are numbered; what is below node n begins at n + 1 and ends at end.
struct StructureNode {
    enum class Kind : char { segment = 's', group = 'g', choice = 'c' };
    Kind kind = Kind::segment;
    std::string_view name;  ///< Segment or group; empty for a choice.
    std::uint16_t min = 0;  ///< 0: may be absent.
    std::uint16_t max = 1;  ///< 0: no limit.
    std::uint32_t end = 0;
};

/// The structure of one message type. Immutable; views live as long as the program. Threads: any.
class Structure {
public:
    /// Of a message with these MSH-9.1, -9.2 and -9.3 (empty where absent): by message and event, which is what senders
    /// get right more often, then by MSH-9.3. Where the version does not have it, an older and then a newer one does.
    /// Nothing for a type that no version knows.
    static std::optional<Structure> of(const Dictionary& dictionary, std::string_view code, std::string_view event,
                                       std::string_view structure);

    std::string_view name() const noexcept { return name_; }
    /// Of the dictionary that has it.
    std::string_view version() const noexcept { return version_; }
    std::uint32_t begin() const noexcept { return begin_; }
    std::uint32_t end() const noexcept { return end_; }
    StructureNode node(std::uint32_t number) const noexcept;

private:
    std::string_view name_, version_;
    std::uint32_t begin_ = 0, end_ = 0;
};

/// One occurrence of a group in a message.
struct GroupInstance {
    std::string_view name;     ///< "PROVIDER_CONTACT"
    std::uint32_t node = 0;    ///< In the structure.
    std::uint32_t parent = 0;  ///< In Groups::instances; 0 is the message itself.
    std::uint32_t number = 1;  ///< Which one of its name in its parent, from 1.
};

/// Which segment belongs to which group.
struct Groups {
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::vector<GroupInstance> instances;        ///< The first is the message.
    std::vector<std::uint32_t> of_segment;       ///< Index in instances.
    std::vector<std::uint32_t> node_of_segment;  ///< In the structure; kNone where it has no place there.
    /// Segments that have no place where they stand. They are passed over: what follows is placed as if they were not
    /// there.
    std::vector<std::uint32_t> unexpected;

    /// Is `instance` `group`, or within it?
    bool is_within(std::uint32_t instance, std::uint32_t group) const noexcept;
};

/// Places the segments (their names, in order) in the structure. Local segments (Z..) belong to the group of the
/// segment before them. A segment that is missing does not hinder what follows; one too many is put to `unexpected`.
/// Time is in proportion to the segments times the structure's size.
Groups group_segments(const Structure& structure, const std::vector<std::string_view>& segments);

}  // namespace causeway::hl7v2
