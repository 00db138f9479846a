#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "hl7v2/dictionary/compiler/model.hpp"

namespace causeway::hl7v2::compiler {
namespace {

using Json = rapidjson::Value;

/// The number in "CodeSystem-v2-0125.json"; nothing for any other name (tables by version, "v2-0360-2.7").
std::optional<unsigned> table_of(const std::string& file, std::string_view prefix) {
    constexpr std::string_view kEnd = ".json";
    if (!file.starts_with(prefix) || file.size() != prefix.size() + 4 + kEnd.size()) return std::nullopt;
    unsigned number = 0;
    const auto* const begin = file.data() + prefix.size();
    const auto [end, error] = std::from_chars(begin, begin + 4, number);
    return error == std::errc() && end == begin + 4 ? std::optional(number) : std::nullopt;
}

std::string member(const Json& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

void add_concepts(const Json& from, Table& table) {
    const auto concepts = from.FindMember("concept");
    if (concepts == from.MemberEnd() || !concepts->value.IsArray()) return;
    for (const auto& item : concepts->value.GetArray()) {
        table.codes.try_emplace(member(item, "code"), member(item, "display"));
        add_concepts(item, table);
    }
}

void add_included(const Json& value_set, Table& table) {
    const auto compose = value_set.FindMember("compose");
    if (compose == value_set.MemberEnd() || !compose->value.IsObject()) return;
    const auto include = compose->value.FindMember("include");
    if (include == compose->value.MemberEnd() || !include->value.IsArray()) return;
    for (const auto& item : include->value.GetArray()) add_concepts(item, table);
}

Problem read_table(const std::filesystem::path& file, Table& table) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    rapidjson::Document json;
    json.Parse<rapidjson::kParseIterativeFlag>(text.c_str());
    if (json.HasParseError() || !json.IsObject()) return file.string() + ": is not JSON";
    add_concepts(json, table);
    add_included(json, table);
    table.codes.erase("");
    return std::nullopt;
}

}  // namespace

Problem read_terminology(const std::filesystem::path& folder, Model& model) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        files.push_back(at->path());
    if (files.empty()) return folder.string() + ": holds no tables";
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        const auto name = file.filename().string();
        auto number = table_of(name, "CodeSystem-v2-");
        if (!number) number = table_of(name, "ValueSet-v2-");
        const auto table = number ? model.tables.find(*number) : model.tables.end();
        // A table without codes is for sites to fill; what is published for it are suggestions.
        if (table == model.tables.end() || table->second.codes.empty()) continue;
        if (auto problem = read_table(file, table->second)) return problem;
    }
    return std::nullopt;
}

}  // namespace causeway::hl7v2::compiler
