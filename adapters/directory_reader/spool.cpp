#include "adapters/directory_reader/spool.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "net/descriptor.hpp"

namespace causeway::spool {
namespace {

// Names have at most 255 bytes: what is put before and behind one needs its room.
constexpr std::size_t kLongestName = 200;

// File names may hold patients' names: an error gives the system's reason alone.
Error failed(std::string_view step, const std::error_code& error) {
    return fail(Issue::transient, "", std::string(step) + ": " + error.message() + ".", Retry::later);
}

std::error_code last_error() {
    return {errno, std::generic_category()};
}

Stamp stamp_of(const struct stat& file) {
    return {file.st_dev, file.st_ino, static_cast<std::uint64_t>(file.st_size), file.st_mtim.tv_sec,
            file.st_mtim.tv_nsec};
}

Result<void> change_name(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) return failed("Cannot move a file out of the directory; let the engine's user write there", error);
    return {};
}

/// Up to `size` bytes; fewer where the file has become shorter.
Result<std::string> read_all(int file, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
        const auto count = ::read(file, bytes.data() + got, size - got);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("Cannot read a file of the directory", last_error());
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    bytes.resize(got);
    return bytes;
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
    auto temporary = path;
    temporary += ".tmp";
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) return failed("Cannot write an outcome", std::make_error_code(std::errc::io_error));
    return change_name(temporary, path);
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
    return stamp_of(now);
}

Result<Content> Spool::read(const fs::path& file, std::size_t limit) const {
    // O_NONBLOCK: a pipe in the place of the file must not hold up the reader.
    const net::Descriptor opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!opened)
        return failed("Cannot read a file of the directory; let the engine's user read it, or take it away",
                      last_error());
    struct stat before {
    }, after{};
    if (::fstat(opened.get(), &before) != 0) return failed("Cannot read a file of the directory", last_error());
    if (!S_ISREG(before.st_mode))
        return failed("This is no file", std::make_error_code(std::errc::operation_not_supported));
    Content content;
    content.stamp = stamp_of(before);
    content.whole = content.stamp.size <= limit;
    auto bytes = read_all(opened.get(), static_cast<std::size_t>(std::min<std::uint64_t>(content.stamp.size, limit)));
    if (!bytes) return bytes.error();
    content.bytes = std::move(*bytes);
    if (::fstat(opened.get(), &after) != 0 || stamp_of(after) != content.stamp)
        return failed("A file changed while it was read",
                      std::make_error_code(std::errc::resource_unavailable_try_again));
    return content;
}

fs::path Spool::place_in(std::string_view folder, const fs::path& file, const std::string& id) const {
    const auto plain = directory_ / folder / file.filename();
    if (plain.filename().native().size() > kLongestName) return directory_ / folder / id;
    std::error_code error;
    return fs::exists(plain, error) ? directory_ / folder / (id + "-" + file.filename().string()) : plain;
}

/// Between the look and the move a sender may put its next file in this place: that one goes back, under a name that
/// nobody else has.
Result<void> Spool::move(const fs::path& from, const Stamp& read, const fs::path& to, const std::string& id) const {
    if (stamp(from) != read) return {};
    if (auto moved = change_name(from, to); !moved) return moved;
    if (stamp(to) == read) return {};
    return change_name(to, directory_ / (id + "-" + from.filename().string()));
}

Result<void> Spool::finish(const fs::path& file, const Stamp& read, const std::string& id) const {
    return move(file, read, place_in("done", file, id), id);
}

Result<void> Spool::refuse(const fs::path& file, const Stamp& read, const std::string& id,
                           std::string_view outcome) const {
    if (stamp(file) != read) return {};
    const auto place = place_in("refused", file, id);
    auto beside = place;
    beside += ".outcome.json";
    if (auto written = write_file(beside, outcome); !written) return written.error();
    return move(file, read, place, id);
}

}  // namespace causeway::spool
