#pragma once
/// The tokens that count once only and were used: kept in a file, so that a restart does not make them good again.

#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/error.hpp"
#include "core/time.hpp"
#include "net/descriptor.hpp"

namespace causeway::net {

/// Ids until their tokens expire. The file has a line of 82 bytes for each: when it expires (16 hex digits,
/// microseconds since 1970) and the SHA-256 of the id. A line is on stable storage before its token counts. Several of
/// one process or of two (while an upgrade takes over) may share a file: each reads what the others wrote before it
/// answers. Threads: any; a use waits for the disk.
class UsedTokens {
public:
    /// `file`: empty for memory alone. `most`: ids of live tokens.
    UsedTokens(std::filesystem::path file, std::size_t most) : file_(std::move(file)), most_(most) {}

    /// Reads the file, or makes it. An Error says what to do.
    Result<void> open(Instant now);
    /// Once for each id. Issue::login where it was used before, Issue::throttled where too many live, Issue::no_store
    /// where it could not be written down: then it does not count.
    Result<void> use(const std::string& id, Instant until, Instant now);

private:
    class Lock;

    Result<void> catch_up();
    Result<void> reopen();
    Result<void> append(const std::string& digest, Instant until);
    Result<void> write_anew();
    void learn(std::string_view line);
    void remember(const std::string& digest, Instant until);
    void forget_expired(Instant now);

    const std::filesystem::path file_;
    const std::size_t most_;
    std::mutex mutex_;
    Descriptor open_;
    std::size_t lines_ = 0;  ///< Of the file that were read.
    std::unordered_map<std::string, Instant> ids_;  ///< Until when. An id that was used again has the later end.
    std::multimap<Instant, std::string> by_end_;
};

}  // namespace causeway::net
