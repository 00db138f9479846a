#pragma once
/// What the dictionary compiler reads and writes.

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::hl7v2::compiler {

struct Field {
    std::string name, type;
    unsigned length = 0, table = 0, repetitions = 1;
    char usage = 'O';
};

/// A segment or a data type.
struct Entry {
    std::string title;
    std::vector<Field> fields;
};

struct Node {
    char kind = 's';
    std::string name;
    unsigned min = 1, max = 1;
    std::vector<Node> children;
};

struct Version {
    std::map<std::string, Entry> segments, types;
    std::map<std::string, std::vector<Node>> structures;
};

struct Table {
    std::string title;
    std::map<std::string, std::string> codes;
};

struct Model {
    std::map<std::string, Version> versions;
    std::map<unsigned, Table> tables;
};

/// Each of these gives what is wrong, or nothing.
using Problem = std::optional<std::string>;

/// The folder lib/ of the package hl7-dictionary.
Problem read_package(const std::filesystem::path& lib, Model& model);
/// FHIR's code systems and value sets of the HL7 tables (CodeSystem-v2-0125.json): they have the codes of all versions,
/// while the package has those of its newest one. Only tables that have codes get more.
Problem read_terminology(const std::filesystem::path& folder, Model& model);
/// A file of dictionary/data (its README says how one is written).
Problem read_additions(const std::filesystem::path& file, Model& model);
/// Fields of a segment as bits: 0 is field 1.
struct TextFields {
    std::array<std::uint64_t, 2> early{};  ///< Before version 2.7.
    std::array<std::uint64_t, 2> late{};   ///< From then on.
    bool operator==(const TextFields&) const = default;
};
/// By segment, the fields of type ST, TX or FT: in all versions before 2.7, and in those from then on that did not make
/// text of what was no text (as which withdrawn fields are listed).
std::map<std::string, TextFields> text_fields(const Model& model);

/// The tables as C++.
std::string write_tables(const Model& model);

}  // namespace causeway::hl7v2::compiler
