#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include "hl7v2/dictionary/compiler/model.hpp"

namespace causeway::hl7v2::compiler {
namespace {

using Json = rapidjson::Value;

/// The files are JavaScript, but what they assign is JSON.
Problem read_json(const std::filesystem::path& file, rapidjson::Document& out) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return file.string() + ": cannot be read";
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto begin = text.find('{');
    if (begin == std::string::npos) return file.string() + ": holds no object";
    out.Parse<rapidjson::kParseStopWhenDoneFlag>(text.c_str() + begin);
    if (out.HasParseError() || !out.IsObject()) return file.string() + ": is not JSON behind its first brace";
    return std::nullopt;
}

/// In one line and without blanks around it.
std::string text(const Json& value, const char* name) {
    const auto found = value.FindMember(name);
    if (found == value.MemberEnd() || !found->value.IsString()) return {};
    std::string out;
    for (const char c : std::string_view(found->value.GetString(), found->value.GetStringLength()))
        if (static_cast<unsigned char>(c) > ' ' || (!out.empty() && out.back() != ' '))
            out += static_cast<unsigned char>(c) > ' ' ? c : ' ';
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

unsigned number(const Json& value, const char* name, unsigned otherwise) {
    const auto found = value.FindMember(name);
    if (found == value.MemberEnd() || !found->value.IsUint()) return otherwise;
    return std::min(found->value.GetUint(), 65535U);
}

std::vector<Field> fields(const Json& value, const char* name) {
    std::vector<Field> out;
    const auto found = value.FindMember(name);
    if (found == value.MemberEnd() || !found->value.IsArray()) return out;
    for (const auto& item : found->value.GetArray()) {
        static constexpr std::string_view usages = "OORCB";
        Field field{text(item, "desc"), text(item, "datatype"), number(item, "len", 0), number(item, "table", 0),
                    number(item, "rep", 1)};
        field.usage = usages[std::min<std::size_t>(number(item, "opt", 1), usages.size() - 1)];
        out.push_back(std::move(field));
    }
    return out;
}

std::map<std::string, Entry> entries(const rapidjson::Document& json, const char* fields_name) {
    std::map<std::string, Entry> out;
    for (const auto& member : json.GetObject())
        out[member.name.GetString()] = {text(member.value, "desc"), fields(member.value, fields_name)};
    return out;
}

std::vector<Node> nodes(const Json& list) {
    std::vector<Node> out;
    for (const auto& item : list.GetArray()) {
        Node node{'s', text(item, "name"), number(item, "min", 0), number(item, "max", 1), {}};
        if (const auto below = item.FindMember("children"); below != item.MemberEnd() && below->value.IsArray()) {
            node.kind = 'g';
            node.children = nodes(below->value);
        } else if (const auto any = item.FindMember("compounds"); any != item.MemberEnd() && any->value.IsArray()) {
            node.kind = 'c';
            node.name.clear();
            node.children = nodes(any->value);
        }
        const bool is_segment = node.kind != 's' || node.name.size() == 3;
        if (is_segment) out.push_back(std::move(node));
    }
    return out;
}

Problem read_version(const std::filesystem::path& folder, Version& version) {
    rapidjson::Document segments, types, messages;
    if (auto problem = read_json(folder / "segments.js", segments)) return problem;
    if (auto problem = read_json(folder / "fields.js", types)) return problem;
    if (auto problem = read_json(folder / "messages.js", messages)) return problem;
    version.segments = entries(segments, "fields");
    version.types = entries(types, "subfields");
    for (const auto& member : std::as_const(messages).GetObject()) {
        const auto tree = member.value.FindMember("segments");
        if (tree == member.value.MemberEnd() || !tree->value.IsObject() || !tree->value.HasMember("segments")) continue;
        version.structures[member.name.GetString()] = nodes(tree->value["segments"]);
    }
    return std::nullopt;
}

}  // namespace

Problem read_package(const std::filesystem::path& lib, Model& model) {
    for (const auto* version : {"2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1"})
        if (auto problem = read_version(lib / version, model.versions[version])) return problem;
    rapidjson::Document tables;
    if (auto problem = read_json(lib / "tables.js", tables)) return problem;
    for (const auto& member : std::as_const(tables).GetObject()) {
        unsigned id = 0;
        const std::string_view name = member.name.GetString();
        if (std::from_chars(name.data(), name.data() + name.size(), id).ec != std::errc()) continue;
        auto& table = model.tables[id];
        table.title = text(member.value, "desc");
        const auto values = member.value.FindMember("values");
        if (values == member.value.MemberEnd() || !values->value.IsObject()) continue;
        for (const auto& code : values->value.GetObject())
            table.codes[code.name.GetString()] = text(values->value, code.name.GetString());
    }
    return std::nullopt;
}

}  // namespace causeway::hl7v2::compiler
