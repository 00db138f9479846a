#include "pipeline/configuration_files.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <fstream>

#include "core/digest.hpp"
#include "core/text.hpp"

namespace causeway::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 64u << 20;

Error unreadable() {
    return fail(Issue::structure, "configuration",
                "The ledger's copy of this configuration cannot be read. Activate the configuration again.");
}

bool stays_inside(const fs::path& name) {
    const auto is_upward = [](const fs::path& part) { return part == ".."; };
    return !name.empty() && name.is_relative() && std::none_of(name.begin(), name.end(), is_upward);
}

bool write_file(const fs::path& file, std::string_view content) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    return !error && static_cast<bool>(out.flush());
}

/// The file that a map's line `given v2 "tests/a31.hl7"` names; else nothing.
std::string_view test_input(std::string_view line) {
    line = trim(line);
    if (!line.starts_with("given ")) return {};
    const auto begin = line.find('"');
    const auto end = line.find('"', begin + 1);
    const auto kind = trim(line.substr(6, begin == std::string_view::npos ? 0 : begin - 6));
    if ((kind != "v2" && kind != "fhir") || end == std::string_view::npos) return {};
    return line.substr(begin + 1, end - begin - 1);
}

void lay_out_test_inputs(const Files& files, const fs::path& folder) {
    for (const auto& [name, content] : files) {
        if (!name.ends_with(".map")) continue;
        for (const auto line : split(content, '\n')) {
            const auto input = (fs::path(name).parent_path() / test_input(line)).lexically_normal();
            std::error_code error;
            if (!test_input(line).empty() && stays_inside(input) && !fs::exists(folder / input, error))
                write_file(folder / input, "-");
        }
    }
}

bool is_wanted(const std::string& name, std::string_view ending) {
    return name.ends_with(ending) && !name.starts_with('.') && !name.ends_with(".tests.yaml");
}

}  // namespace

std::vector<std::string> list_files(const fs::path& folder, std::string_view ending) {
    std::vector<std::string> names;
    std::error_code error;
    fs::recursive_directory_iterator at(folder, fs::directory_options::follow_directory_symlink, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        std::error_code ignored;
        const auto name = at->path().filename().string();
        const bool is_folder = at->is_directory(ignored);
        if (is_folder && (name.starts_with('.') || at.depth() >= 8)) at.disable_recursion_pending();
        if (!is_folder && is_wanted(name, ending)) names.push_back(at->path().lexically_relative(folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<std::string> read_file(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error || size > kMostBytes) return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    std::string content(static_cast<std::size_t>(size), '\0');
    in.read(content.data(), static_cast<std::streamsize>(size));
    if (in.gcount() != static_cast<std::streamsize>(size)) return std::nullopt;
    return content;
}

std::string hash_of(const Files& files) {
    std::string all;
    for (const auto& [name, content] : files)
        all += std::to_string(name.size()) + ":" + name + std::to_string(content.size()) + ":" + content;
    return to_hex(as_view(sha256(all)));
}

std::string to_json(const Files& files) {
    std::string json = "{";
    for (const auto& [name, content] : files)
        json += (json.size() == 1 ? "\"" : ",\"") + json_escape(name) + "\":\"" + json_escape(content) + "\"";
    return json + "}";
}

Result<Files> files_from_json(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (document.HasParseError() || !document.IsObject()) return unreadable();
    Files files;
    auto member = document.MemberBegin();  // Counted: clang finds RapidJSON's comparison of iterators ambiguous.
    for (auto left = document.MemberCount(); left > 0; --left, ++member) {
        if (!member->value.IsString()) return unreadable();
        files.emplace(std::string(member->name.GetString(), member->name.GetStringLength()),
                      std::string(member->value.GetString(), member->value.GetStringLength()));
    }
    return files;
}

Result<void> lay_out(const Files& files, const fs::path& folder) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    for (const auto& [name, content] : files) {
        if (!stays_inside(name)) return unreadable();
        if (!write_file(folder / name, content))
            return fail(Issue::no_store, (folder / name).string(),
                        "This file cannot be written. Check space and rights.", Retry::later);
    }
    lay_out_test_inputs(files, folder);
    return {};
}

}  // namespace causeway::pipeline
