#include "adapters/directory_reader/spool.hpp"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

namespace causeway::spool {
namespace {

// Names have at most 255 bytes: what is put before and behind one needs its room.
constexpr std::size_t kLongestName = 200;

// File names may hold patients' names: an error gives the system's reason alone.
Error failed(std::string_view step, const std::error_code& error) {
    return fail(Issue::transient, "", std::string(step) + ": " + error.message() + ".", Retry::later);
}

Result<void> move(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) return failed("Cannot move a file out of the directory", error);
    return {};
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
    auto temporary = path;
    temporary += ".tmp";
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) return failed("Cannot write an outcome", std::make_error_code(std::errc::io_error));
    return move(temporary, path);
}

}  // namespace

bool is_temporary(std::string_view name) {
    constexpr auto kEndings =
        std::to_array<std::string_view>({".tmp", ".part", ".partial", ".filepart", ".writing", "~"});
    return name.starts_with('.') || std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

Result<void> Spool::open(bool create) const {
    std::error_code error;
    if (create) fs::create_directories(directory_, error);
    if (!fs::is_directory(directory_, error))
        return fail(Issue::not_found, directory_.string(),
                    "This directory does not exist; make it, or correct \"directory\".");
    for (const auto* folder : {"done", "refused"}) {
        fs::create_directory(directory_ / folder, error);
        if (error) return failed("Cannot make done/ and refused/ in the directory", error);
    }
    return {};
}

Result<std::vector<fs::path>> Spool::ready() {
    std::error_code error;
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::map<fs::path, Seen> present;
    for (fs::directory_iterator at(directory_, error), end; !error && at != end; at.increment(error)) {
        if (!matches(*at)) continue;
        const bool settled = has_settled(*at);
        const auto seen = seen_.find(at->path());
        if (seen == seen_.end()) continue;
        if (settled) found.emplace_back(seen->second.time, at->path());
        present.insert(*seen);
    }
    seen_ = std::move(present);
    if (error) return failed("Cannot list the directory", error);
    std::ranges::sort(found);
    std::vector<fs::path> files;
    for (auto& [time, path] : found) files.push_back(std::move(path));
    return files;
}

bool Spool::matches(const fs::directory_entry& entry) const {
    std::error_code error;
    const auto name = entry.path().filename().string();
    // A symbolic link could point at anything that the engine may read.
    return fs::is_regular_file(entry.symlink_status(error)) && !is_temporary(name) &&
           ::fnmatch(pattern_.c_str(), name.c_str(), 0) == 0;
}

bool Spool::has_settled(const fs::directory_entry& entry) {
    std::error_code error;
    Seen now{entry.file_size(error), {}, std::chrono::steady_clock::now()};
    if (!error) now.time = entry.last_write_time(error);
    if (error) {
        seen_.erase(entry.path());
        return false;
    }
    const auto [at, is_new] = seen_.try_emplace(entry.path(), now);
    if (at->second.size != now.size || at->second.time != now.time) at->second = now;
    return !is_new && now.since - at->second.since >= settle_;
}

std::optional<Stamp> Spool::stamp(const fs::path& file) {
    struct stat now {};
    if (::lstat(file.c_str(), &now) != 0) return std::nullopt;
    return Stamp{now.st_dev, now.st_ino, static_cast<std::uint64_t>(now.st_size), now.st_mtim.tv_sec,
                 now.st_mtim.tv_nsec};
}

Result<std::string> Spool::read(const fs::path& file, std::size_t limit, bool& whole) const {
    std::ifstream in(file, std::ios::binary);
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (!in || error)
        return failed("Cannot read a file of the directory",
                      error ? error : std::make_error_code(std::errc::permission_denied));
    whole = size <= limit;
    std::string bytes(static_cast<std::size_t>(std::min<std::uintmax_t>(size, limit)), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::size_t>(in.gcount()) != bytes.size() || (whole && in.peek() != std::char_traits<char>::eof()))
        return failed("A file changed while it was read",
                      std::make_error_code(std::errc::resource_unavailable_try_again));
    return bytes;
}

fs::path Spool::place_in(std::string_view folder, const fs::path& file, const std::string& id) const {
    const auto plain = directory_ / folder / file.filename();
    if (plain.filename().native().size() > kLongestName) return directory_ / folder / id;
    std::error_code error;
    return fs::exists(plain, error) ? directory_ / folder / (id + "-" + file.filename().string()) : plain;
}

Result<void> Spool::finish(const fs::path& file, const std::string& id) const {
    return move(file, place_in("done", file, id));
}

Result<void> Spool::refuse(const fs::path& file, const std::string& id, std::string_view outcome) const {
    const auto place = place_in("refused", file, id);
    auto beside = place;
    beside += ".outcome.json";
    if (auto written = write_file(beside, outcome); !written) return written.error();
    return move(file, place);
}

}  // namespace causeway::spool
