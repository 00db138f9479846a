#pragma once
/// Tells the records of a tape what they are by definitions. Internal to the codecs.

#include <array>
#include <cstdint>
#include <vector>

#include "fhir/tape_builder.hpp"

namespace causeway::fhir {

/// Goes once over the records, parents before children: element, type, choice elements under their base name; in XML
/// also numbers, booleans, primitives without value, items of lists, and the order of elements.
class Typer {
public:
    explicit Typer(TapeBuilder& builder);

    /// False where XML elements stand in a wrong order and the reading is strict.
    bool run();

private:
    void type_root();
    bool type(std::uint32_t index);
    void type_extra(std::uint32_t index);
    void type_resource_name(std::uint32_t index);
    bool is_value(const Element& element) const noexcept;
    Index enter(std::uint32_t index, const Element& element, Index type, Index structure);
    bool check_xml(std::uint32_t index, const Element& element);
    bool check_order(std::uint32_t index, const Element& element);
    void set_kind(Record& record) const noexcept;

    TapeBuilder& builder_;
    const Definitions& definitions_;
    std::vector<Record>& records_;
    bool is_xml_;
    Index value_ = 0;
    Index boolean_ = 0;
    std::array<Index, 4> numbers_{};
    std::vector<Index> contexts_;        // Of each record: the element whose children may stand in it; 0: unknown.
    std::vector<std::uint16_t> orders_;  // XML: of each record, the order of its last child.
};

}  // namespace causeway::fhir
