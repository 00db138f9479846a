#include <unordered_map>

#include "hl7v2/dictionary/compiler/model.hpp"

namespace causeway::hl7v2::compiler {
namespace {

/// Every text once.
class Texts {
public:
    std::string operator()(const std::string& text) {
        auto [found, is_new] = places_.try_emplace(text, pool_.size());
        if (is_new) pool_ += text;
        return '{' + std::to_string(found->second) + ',' + std::to_string(text.size()) + '}';
    }

    std::string literal() const {
        static constexpr std::string_view digits = "01234567";
        std::string out = "\"";
        std::size_t column = 0;
        for (const char c : pool_) {
            const auto u = static_cast<unsigned char>(c);
            if (u < 0x20 || u >= 0x7f || c == '"' || c == '\\' || c == '?')
                out += {'\\', digits[u >> 6U], digits[(u >> 3U) & 7U], digits[u & 7U]};
            else
                out += c;
            if (++column % 100 == 0) out += "\"\n\"";
        }
        return out + '"';
    }

private:
    std::string pool_;
    std::unordered_map<std::string, std::size_t> places_;
};

/// One array, row by row.
struct Rows {
    std::string text;
    std::size_t count = 0;
    void add(const std::string& row) {
        text += '{' + row + "},\n";
        ++count;
    }
};

class TableWriter {
public:
    explicit TableWriter(const Model& model) : model_(model) {}

    std::string run() {
        for (const auto& [name, version] : model_.versions) add_version(name, version);
        for (const auto& [number, table] : model_.tables) add_table(number, table);
        for (const auto& [segment, fields] : text_fields(model_)) add_text_fields(segment, fields);
        std::string out =
            "// Written by the dictionary compiler.\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#include "
            "\"hl7v2/dictionary/tables.hpp\"\n\n"
            "namespace causeway::hl7v2::tables {\n\nconst char kTexts[] =\n" +
            texts_.literal() + ";\n\n";
        array(out, "Field", "kFields", fields_);
        array(out, "Entry", "kSegments", segments_);
        array(out, "Entry", "kTypes", types_);
        array(out, "Node", "kNodes", nodes_);
        array(out, "Structure", "kStructures", structures_);
        array(out, "Version", "kVersions", versions_);
        out += "const std::uint32_t kVersionCount = " + std::to_string(versions_.count) + ";\n";
        array(out, "Code", "kCodes", codes_);
        array(out, "Table", "kTables", tables_);
        out += "const std::uint32_t kTableCount = " + std::to_string(tables_.count) + ";\n";
        array(out, "TextFields", "kTextFields", text_fields_);
        out += "const std::uint32_t kTextFieldsCount = " + std::to_string(text_fields_.count) + ";\n";
        return out + "\n}  // namespace causeway::hl7v2::tables\n";
    }

private:
    static void array(std::string& out, const char* type, const char* name, const Rows& rows) {
        out += std::string("const ") + type + ' ' + name + "[] = {\n" + rows.text + "};\n\n";
    }

    static std::string range(std::size_t first, std::size_t end) {
        return std::to_string(first) + ',' + std::to_string(end);
    }

    void add_version(const std::string& name, const Version& version) {
        const auto segments = segments_.count, types = types_.count, structures = structures_.count;
        for (const auto& [key, entry] : version.segments) add_entry(segments_, key, entry);
        for (const auto& [key, entry] : version.types) add_entry(types_, key, entry);
        for (const auto& [key, nodes] : version.structures) {
            const auto [first, end] = node_range(nodes);
            structures_.add(texts_(key) + ',' + range(first, end));
        }
        versions_.add(texts_(name) + ',' + range(segments, segments_.count) + ',' + range(types, types_.count) + ',' +
                      range(structures, structures_.count));
    }

    /// Versions share the fields that did not change.
    void add_entry(Rows& rows, const std::string& name, const Entry& entry) {
        std::string written;
        for (const auto& f : entry.fields)
            written += '{' + texts_(f.name) + ',' + texts_(f.type) + ',' + std::to_string(f.length) + ',' +
                       std::to_string(f.table) + ',' + std::to_string(f.repetitions) + ",'" + f.usage + "'},\n";
        const auto [found, is_new] = known_fields_.try_emplace(written, fields_.count);
        if (is_new) {
            fields_.text += written;
            fields_.count += entry.fields.size();
        }
        rows.add(texts_(name) + ',' + texts_(entry.title) + ',' + range(found->second, entry.fields.size()));
    }

    /// Versions share whole structures.
    std::pair<std::size_t, std::size_t> node_range(const std::vector<Node>& nodes) {
        std::string key;
        describe(nodes, key);
        const auto [found, is_new] = known_nodes_.try_emplace(key, nodes_.count, 0);
        if (!is_new) return found->second;
        add_nodes(nodes);
        found->second.second = nodes_.count;
        return found->second;
    }

    static void describe(const std::vector<Node>& nodes, std::string& out) {
        for (const auto& node : nodes) {
            out += node.kind + node.name + ' ' + range(node.min, node.max) + '(';
            describe(node.children, out);
            out += ')';
        }
    }

    static std::size_t size_of(const std::vector<Node>& nodes) {
        std::size_t out = nodes.size();
        for (const auto& node : nodes) out += size_of(node.children);
        return out;
    }

    void add_nodes(const std::vector<Node>& nodes) {
        for (const auto& node : nodes) {
            const auto end = nodes_.count + 1 + size_of(node.children);
            nodes_.add(texts_(node.name) + ',' + std::to_string(end) + ',' + range(node.min, node.max) + ",'" +
                       node.kind + '\'');
            add_nodes(node.children);
        }
    }

    void add_table(unsigned number, const Table& table) {
        const auto first = codes_.count;
        for (const auto& [code, text] : table.codes) codes_.add(texts_(code) + ',' + texts_(text));
        tables_.add(std::to_string(number) + ',' + texts_(table.title) + ',' + range(first, codes_.count));
    }

    void add_text_fields(const std::string& segment, const TextFields& fields) {
        std::uint32_t name = 0;
        for (const char c : segment) name = name << 8U | static_cast<unsigned char>(c);
        const auto pair = [](const std::array<std::uint64_t, 2>& bits) {
            return ",{" + std::to_string(bits[0]) + "u," + std::to_string(bits[1]) + "u}";
        };
        text_fields_.add(std::to_string(name) + pair(fields.early) + pair(fields.late));
    }

    const Model& model_;
    Texts texts_;
    Rows fields_, segments_, types_, nodes_, structures_, versions_, codes_, tables_, text_fields_;
    std::unordered_map<std::string, std::size_t> known_fields_;
    std::unordered_map<std::string, std::pair<std::size_t, std::size_t>> known_nodes_;
};

}  // namespace

std::string write_tables(const Model& model) {
    return TableWriter(model).run();
}

}  // namespace causeway::hl7v2::compiler
