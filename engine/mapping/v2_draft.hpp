#pragma once
/// An HL7 v2 message under change: segments that are copied as they stand, and what rows write into them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hl7v2/message.hpp"
#include "hl7v2/path.hpp"

namespace causeway::mapping {

/// One segment on its way out. Parts are kept escaped for |^~\&, so that what is copied stays byte for byte.
class DraftSegment {
public:
    using Parts = std::vector<std::string>;  ///< Sub-components.
    using Repetition = std::vector<Parts>;   ///< Components.
    using Field = std::vector<Repetition>;   ///< Repetitions.

    DraftSegment(std::string its_name, std::size_t copied_from) : name(std::move(its_name)), source(copied_from) {}

    /// Counts from 1. A path to a field sets its first component and clears the others.
    void set(const hl7v2::Path& path, std::uint32_t repetition, std::string_view value);
    /// A whole repetition at once.
    void set(std::uint16_t field, std::uint32_t repetition, Repetition parts);
    /// Takes away the field, or the part that the path names.
    void clear(const hl7v2::Path& path);
    std::uint32_t repetitions(std::uint16_t field) const;
    std::string text() const;
    bool is_written() const noexcept { return has_content || is_required; }

    std::string name;
    std::size_t source;  ///< Number of the segment that it is a copy of; kNew: none.
    bool is_required = false;
    bool has_content = false;          ///< Copied, or a row that is no constant wrote into it.
    std::vector<std::uint16_t> begun;  ///< Fields whose repetitions rows have begun to write anew.
    static constexpr std::size_t kNew = static_cast<std::size_t>(-1);

    /// The segment as it stands in a message.
    static std::unique_ptr<DraftSegment> copy(const hl7v2::Message& message, std::size_t number);
    /// A field repetition or a component of a message as parts.
    static Repetition parts_of(const tree::Node& place);

private:
    Field& field(std::uint16_t number);
    std::vector<Field> fields_;
};

/// Segments keep their address.
class V2Draft {
public:
    void copy(const hl7v2::Message& message, std::size_t number);
    DraftSegment* copy_of(std::size_t source) const;
    DraftSegment* first(std::string_view name) const;
    /// A new segment behind `after`, or at the end.
    DraftSegment& add(std::string name, const DraftSegment* after);
    /// The copy of that segment.
    void erase(std::size_t source);
    const std::vector<std::unique_ptr<DraftSegment>>& segments() const noexcept { return segments_; }
    std::string text() const;

private:
    std::vector<std::unique_ptr<DraftSegment>> segments_;
};

}  // namespace causeway::mapping
