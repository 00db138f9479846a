#pragma once
/// The dictionary of HL7 v2, by version: segments, fields, data types, tables (chapters 2A, 2C and the segment
/// chapters). It is part of the program: nothing is read at start.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace causeway::hl7v2 {

/// Of a field or component: required, optional, conditional, or kept only for older versions.
enum class Usage : char { required = 'R', optional = 'O', conditional = 'C', backward = 'B' };

struct FieldDefinition {
    std::string_view name;          ///< "Patient Identifier List"
    std::string_view type;          ///< "CX"; "varies" for OBX-5, whose type OBX-2 tells.
    std::uint16_t length = 0;       ///< In characters; 0: not stated (2.7 and later state few).
    std::uint16_t table = 0;        ///< HL7 table; 0: none.
    std::uint16_t repetitions = 1;  ///< At most so many; 0: no limit.
    Usage usage = Usage::optional;
    bool repeats() const noexcept { return repetitions != 1; }
};

/// A segment or a data type, by its name.
struct Definition {
    std::string_view name;   ///< "PID", "CX"
    std::string_view title;  ///< "Patient Identification"
    std::uint32_t fields = 0;
};

struct TableDefinition {
    std::uint32_t number = 0;
    std::string_view title;
    std::size_t codes = 0;  ///< 0: the table is for sites to fill.
};

/// One version. Immutable, lives as long as the program; views into it as well. Threads: any.
class Dictionary {
public:
    /// The version that MSH-12 names. Versions that are not listed are read as the next lower one, an empty or
    /// unreadable one as 2.5.1; 2.8.1 and 2.8.2 as 2.8, 2.9.1 as 2.9.
    static const Dictionary& of(std::string_view version) noexcept;
    /// All that there are, oldest first.
    static std::span<const Dictionary> all() noexcept;

    std::string_view version() const noexcept;
    std::optional<Definition> segment(std::string_view name) const noexcept;
    /// Field `number` from 1 of a segment.
    std::optional<FieldDefinition> field(std::string_view segment, std::uint32_t number) const noexcept;
    std::optional<Definition> type(std::string_view name) const noexcept;
    /// Component `number` from 1 of a data type; a type without components has none.
    std::optional<FieldDefinition> component(std::string_view type, std::uint32_t number) const noexcept;

    /// The fields of a segment whose type is ST, TX or FT, as bits of two words: bit 0 is field 1. Only those of which
    /// versions before 2.7 agree; `late`: as version 2.7 and later ones have it. What lies behind field 128 is left
    /// out.
    static std::array<std::uint64_t, 2> text_fields(std::string_view segment, bool late) noexcept;
    /// ST, TX, FT, ID, NM and the like: a data type without components. Not TS, which had a second one.
    static bool is_primitive(std::string_view type) noexcept;
    /// Has component `component` of a field no parts of its own, so that a delimiter in it can only be text? So it is
    /// where this version's type says it, and no later version up to 2.6 gives it parts: senders often declare an older
    /// version than they write. Withdrawn fields count as what they were. `type` is that of OBX-5; else empty.
    bool is_leaf(std::string_view segment, std::uint32_t field, std::uint32_t component,
                 std::string_view type = {}) const noexcept;

    static std::optional<TableDefinition> table(std::uint32_t number) noexcept;
    /// Is the code in the table as any version has it? A listed code such as HL7nnnn or 99zzz is a form: n stands for a
    /// digit, z for letters and digits.
    static bool has_code(std::uint32_t table, std::string_view code) noexcept;
    /// What a code of a table means; empty where it is not listed.
    static std::string_view code_text(std::uint32_t table, std::string_view code) noexcept;

    /// Row of the tables; for structure.cpp.
    std::uint32_t row() const noexcept { return row_; }

private:
    friend struct DictionaryList;
    std::uint32_t row_ = 0;
};

}  // namespace causeway::hl7v2
