#pragma once
/// The directory itself: which files are ready, and where they go afterwards. Blocking; one thread at a time.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::spool {

namespace fs = std::filesystem;

/// A name that senders give to what is still being written: ".x", "x.tmp", "x.part", "x~".
bool is_temporary(std::string_view name);

/// Tells whether a name still stands for the file that was read.
struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
};

/// What was read of a file.
struct Content {
    std::string bytes;
    bool whole = true;  ///< Was that all?
    Stamp stamp;
};

class Spool {
public:
    Spool(fs::path directory, std::string pattern, Duration settle)
        : directory_(std::move(directory)), pattern_(std::move(pattern)), settle_(settle) {}

    /// Makes done/ and refused/. The directory itself must be there, or is made too.
    Result<void> open(bool create) const;
    /// Files whose size and time have not changed for `settle`, oldest first.
    Result<std::vector<fs::path>> ready();
    /// Nothing where the file has gone.
    static std::optional<Stamp> stamp(const fs::path& file);
    /// At most `limit` bytes of the file. Never follows a link, whoever puts one there at the last moment.
    Result<Content> read(const fs::path& file, std::size_t limit) const;
    /// Moves what was read to done/; where the name is taken there, `id` is put before it. Nothing where another file
    /// has its name by now: that one was never read.
    Result<void> finish(const fs::path& file, const Stamp& read, const std::string& id) const;
    /// The same into refused/, with `<name>.outcome.json` beside it.
    Result<void> refuse(const fs::path& file, const Stamp& read, const std::string& id, std::string_view outcome) const;

    const fs::path& directory() const noexcept { return directory_; }

private:
    struct Seen {
        std::uintmax_t size = 0;
        fs::file_time_type time;
        std::chrono::steady_clock::time_point since;
    };

    Result<void> move(const fs::path& from, const Stamp& read, const fs::path& to, const std::string& id) const;
    bool matches(const fs::directory_entry& entry) const;
    bool has_settled(const fs::directory_entry& entry);
    fs::path place_in(std::string_view folder, const fs::path& file, const std::string& id) const;

    fs::path directory_;
    std::string pattern_;
    Duration settle_;
    std::map<fs::path, Seen> seen_;
};

}  // namespace causeway::spool
