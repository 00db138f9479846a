#pragma once
/// The names of a FHIR document's elements and types, each once.

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"

namespace causeway::fhir {

/// Numbers names. Those of the definitions keep their number there; others follow. 0 is the empty name.
/// Lifetime: texts are views into the document or the definitions, which must live as long.
class Names {
public:
    /// What is known of a name that the document uses.
    struct Used {
        std::string_view text;
        std::uint32_t id = 0;
        std::uint32_t hash = 0;
        std::uint32_t choice_base = 0;  ///< Of "valueQuantity": "value". Set where there are no definitions.
        std::uint32_t choice_type = 0;  ///< "Quantity".
        bool choice_primitive = false;
    };

    explicit Names(const Definitions* definitions = nullptr);

    /// The index in used() of a name.
    std::uint32_t use(std::string_view text);
    const Used& used(std::uint32_t index) const noexcept { return used_[index]; }
    std::size_t used_count() const noexcept { return used_.size(); }
    /// The number of a name.
    std::uint32_t intern(std::string_view text) { return used_[use(text)].id; }
    /// The number of a name; 0 where neither document nor definitions have it.
    std::uint32_t find(std::string_view text) const noexcept;
    std::string_view text(std::uint32_t id) const noexcept {
        return id < base_ ? (definitions_ != nullptr ? definitions_->name_text(id) : std::string_view())
                          : own_[id - base_];
    }

private:
    std::size_t slot_of(std::string_view text, std::uint32_t hash) const noexcept;
    std::uint32_t number(std::string_view text);
    void grow();
    void classify(std::uint32_t index);

    const Definitions* definitions_ = nullptr;
    std::uint32_t base_ = 1;             // The first number that is not of the definitions.
    std::vector<Used> used_;             // The first is the empty name.
    std::vector<std::string_view> own_;  // Names that the definitions do not have.
    std::vector<std::uint32_t> slots_;   // Open addressing over used_, a power of two; 0: free.
};

}  // namespace causeway::fhir
