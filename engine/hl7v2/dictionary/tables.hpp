#pragma once
/// The shape of the tables that the dictionary compiler writes (dictionary/compiler): constants of the program, looked
/// at only by dictionary.cpp and structure.cpp.

#include <cstdint>

namespace causeway::hl7v2::tables {

/// A text in kTexts.
struct Text {
    std::uint32_t begin;
    std::uint32_t length;
};

/// A field of a segment or a component of a data type.
struct Field {
    Text name;
    Text type;
    std::uint16_t length;       ///< 0: not stated.
    std::uint16_t table;        ///< 0: none.
    std::uint16_t repetitions;  ///< At most so many; 0: no limit.
    char usage;                 ///< R, O, C, B (kept for older versions).
};

/// A segment or a data type: its fields are neighbours in kFields.
struct Entry {
    Text name;
    Text title;
    std::uint32_t first;
    std::uint32_t count;
};

/// A node of a message structure; its children follow it, up to `end`.
struct Node {
    Text name;          ///< Segment or group; empty for a choice.
    std::uint32_t end;  ///< Of what is below it, in kNodes.
    std::uint16_t min;
    std::uint16_t max;  ///< 0: no limit.
    char kind;          ///< s: segment, g: group, c: choice.
};

struct Structure {
    Text name;  ///< "ADT_A01"
    std::uint32_t first;
    std::uint32_t end;
};

/// Entries and structures are sorted by name.
struct Version {
    Text name;
    std::uint32_t segments, segments_end;
    std::uint32_t types, types_end;
    std::uint32_t structures, structures_end;
};

struct Code {
    Text code;
    Text text;
};

/// An HL7 table; sorted by number.
struct Table {
    std::uint32_t number;
    Text title;
    std::uint32_t first, end;
};

/// Fields of a segment that hold text, as bits: 0 is field 1. Sorted by name.
struct TextFields {
    std::uint32_t name;      ///< Its three characters, the first one highest.
    std::uint64_t early[2];  ///< Before version 2.7.
    std::uint64_t late[2];
};

extern const char kTexts[];
extern const Field kFields[];
extern const Entry kSegments[];
extern const Entry kTypes[];
extern const Node kNodes[];
extern const Structure kStructures[];
extern const Version kVersions[];
extern const std::uint32_t kVersionCount;
extern const Code kCodes[];
extern const Table kTables[];
extern const std::uint32_t kTableCount;
extern const TextFields kTextFields[];
extern const std::uint32_t kTextFieldsCount;

}  // namespace causeway::hl7v2::tables
