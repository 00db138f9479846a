#pragma once
/// What the HL7 v2 dictionary says of the paths and types of a map: the check at load.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hl7v2/dictionary/dictionary.hpp"
#include "hl7v2/dictionary/structure.hpp"
#include "hl7v2/path.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {

/// "2.5.1" as 501, "2.8" as 800; 0 where it is no version.
int version_number(std::string_view text) noexcept;
/// Is a version in "2.3..2.5.1", or the one that is named?
bool in_range(std::string_view version, std::string_view range) noexcept;

/// The dictionary of the versions that a map states: what one of them has is right. Z segments are never wrong.
/// Threads: any.
class V2Model {
public:
    V2Model() = default;
    /// `types`: "ADT^A28"; they say which groups there are.
    explicit V2Model(const std::vector<std::string>& ranges, std::vector<std::string> types = {});

    bool knows() const noexcept { return !versions_.empty(); }
    /// What is wrong with the path; nothing where it is right.
    std::optional<std::string> mistake(const hl7v2::Path& path) const;
    std::optional<std::string> mistake_in_segment(std::string_view name) const;
    /// What is wrong with reading or writing the place as that type.
    std::optional<std::string> mistake(const hl7v2::Path& path, const Type& type) const;

    /// Has the place a type without components, in all versions that have it? Not where it is unknown.
    bool is_plain(const hl7v2::Path& path) const;
    /// Are codes all that it takes (ID, IS, and others without components), or texts too (ST, TX, FT, IS)?
    bool takes_text(const hl7v2::Path& path) const;
    /// The table of HL7 that belongs to the field; 0: none.
    std::uint16_t table_of(const hl7v2::Path& path) const;
    /// Is it a component with parts of its own?
    bool has_parts_in_component(const hl7v2::Path& path) const;

private:
    std::vector<hl7v2::Structure> structures() const;
    std::optional<std::string> mistake_in_groups(const hl7v2::Path& path) const;
    std::vector<std::string_view> types_of(const hl7v2::Path& path) const;
    std::optional<std::string> mistake_in_part(const std::string& shown, const std::vector<std::string_view>& types,
                                               unsigned component) const;
    std::vector<std::string_view> component_types(const std::vector<std::string_view>& types, unsigned component) const;
    bool has_components(std::string_view type) const;
    std::string versions() const;

    std::vector<const hl7v2::Dictionary*> versions_;
    std::vector<std::string> message_types_;
};

}  // namespace causeway::mapping
