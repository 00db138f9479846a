#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "app/commands.hpp"
#include "app/map_files.hpp"
#include "mapping/format.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::app {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kEndings = {".map", ".rows"};

std::optional<std::string> read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || fs::is_directory(file, ignored)) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

/// A reader sees the old file or the new one, never half of it.
bool write(const fs::path& file, const std::string& text) {
    const auto beside = file.string() + "." + std::to_string(::getpid()) + ".new";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    std::error_code error;
    if (out) fs::permissions(beside, fs::status(file, error).permissions(), error);
    if (out && !error) fs::rename(beside, file, error);
    if (out && !error) return true;
    fs::remove(beside, error);
    return false;
}

std::vector<fs::path> files_of(const Arguments& arguments) {
    if (arguments.words.empty()) return files_below(pipeline::mappings_folder(config_folder(arguments)), kEndings);
    std::vector<fs::path> files;
    for (const auto& word : arguments.words) {
        std::error_code ignored;
        if (!fs::is_directory(word, ignored)) {
            files.emplace_back(word);
            continue;
        }
        const auto below = files_below(word, kEndings);
        files.insert(files.end(), below.begin(), below.end());
    }
    return files;
}

int fmt(const Arguments& arguments) {
    const bool only_check = arguments.has("--check");
    int status = kDone;
    for (const auto& file : files_of(arguments)) {
        const auto text = read(file);
        if (!text) {
            std::cerr << "causeway: " << file.string() << " cannot be read: check its path.\n";
            return kUsage;
        }
        const auto formatted = mapping::format_map(*text);
        if (formatted == *text) continue;
        std::cout << file.string() << '\n';
        if (only_check) {
            status = kProblems;
        } else if (!write(file, formatted)) {
            std::cerr << "causeway: " << file.string() << " cannot be written: check the rights of its folder.\n";
            return kFailed;
        }
    }
    return status;
}

constexpr Option kOptions[] = {{"--check", "", "Change nothing; name the files that would change (exit status 1)."}};

}  // namespace

const Command kFmt = {
    "fmt",
    "[FILE|DIR...]",
    "Write maps in their one layout; without a name those of the mappings folder.",
    kOptions,
    "  causeway fmt\n"
    "  causeway fmt mappings/patient.adt.map\n"
    "  causeway fmt --check\n",
    fmt,
};

}  // namespace causeway::app
