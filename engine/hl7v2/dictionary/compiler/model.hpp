#pragma once
/// What the dictionary compiler reads and writes.

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
/// A file of dictionary/data (its README says how one is written).
Problem read_additions(const std::filesystem::path& file, Model& model);
/// The tables as C++.
std::string write_tables(const Model& model);

}  // namespace causeway::hl7v2::compiler
