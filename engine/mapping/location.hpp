#pragma once
/// Where a row writes in a FHIR resource: identifier[*], name[0].given[1], deceased[x], extension("url").valueCode.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace causeway::mapping {

/// One step of a location.
struct Step {
    enum class Kind { member, index, all, choice, extension };

    Kind kind = Kind::member;
    std::string name;        ///< Element name; for `extension` its url.
    std::size_t index = 0;   ///< From 0, as FHIRPath counts. Of a resolved choice the length of its name without type.
    std::size_t column = 1;  ///< In the location's text.
};

/// "deceasedBoolean", where `step` resolves a choice to "deceasedDateTime".
bool is_other_type(std::string_view name, const Step& step) noexcept;

/// A compiled location and the FHIRPath that reads it back.
struct Location {
    std::string text;
    std::vector<Step> steps;

    bool takes_all() const noexcept;
    bool has_choice() const noexcept;
    std::string fhirpath() const;
    /// The steps as one row writes them: the choice element named for `type` ("deceasedDateTime").
    std::vector<Step> resolved(std::string_view type) const;
};

/// Where and why a text is no location; the column counts from 1.
struct LocationMistake {
    std::size_t column = 1;
    std::string what;
};

std::variant<Location, LocationMistake> parse_location(std::string_view text);

}  // namespace causeway::mapping
