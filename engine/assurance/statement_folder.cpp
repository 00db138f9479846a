#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "assurance/statement.hpp"

namespace causeway::assurance {

namespace fs = std::filesystem;

namespace {

constexpr int kMostOfOneDay = 1'000;

std::string name_of(const std::string& day, int number) {
    return day + (number == 1 ? "" : "." + std::to_string(number)) + ".json";
}

bool is_statement(const fs::path& file) {
    const auto name = file.filename().string();
    return name.size() >= 15 && name.ends_with(".json") && name[4] == '-' && name[7] == '-';
}

std::optional<Statement> read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto statement = verify_statement(text, std::nullopt);
    return statement ? std::optional(std::move(*statement)) : std::nullopt;
}

Error unwritable(const fs::path& file) {
    return fail(Issue::no_store, file.string(), "This file cannot be written: see its folder's rights and the disk.");
}

}  // namespace

/// By the event that it ends with: times of files change when they are copied.
std::optional<Statement> StatementFolder::newest() const {
    std::optional<Statement> found;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder_, failed)) {
        if (!is_statement(entry.path())) continue;
        auto one = read(entry.path());
        if (!one) continue;
        const bool newer = !found || one->head.sequence > found->head.sequence ||
                           (one->head.sequence == found->head.sequence && one->previous_hash == found->hash);
        if (newer) found = std::move(one);
    }
    return found;
}

Result<fs::path> StatementFolder::add(const std::string& day, std::string_view text) const {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    for (int number = 1; number <= kMostOfOneDay; ++number) {
        const auto file = folder_ / name_of(day, number);
        const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (handle < 0 && errno == EEXIST) continue;
        if (handle < 0) return unwritable(file);
        bool good = ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        good = ::fsync(handle) == 0 && good;
        good = ::close(handle) == 0 && good;
        return good ? Result<fs::path>(file) : Result<fs::path>(unwritable(file));
    }
    return unwritable(folder_ / name_of(day, 1));
}

std::optional<fs::path> StatementFolder::find(const std::string& day) const {
    std::optional<fs::path> newest;
    std::error_code failed;
    for (int number = 1; number <= kMostOfOneDay; ++number) {
        const auto file = folder_ / name_of(day, number);
        if (!fs::exists(file, failed)) break;
        newest = file;
    }
    return newest;
}

}  // namespace causeway::assurance
