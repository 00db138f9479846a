#pragma once
/// Fetches what an address or a command gives, waiting for it.

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "core/time.hpp"
#include "net/tls.hpp"

namespace causeway::assurance {

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, CloseFile>;

/// GET, at most 64 MB, within two minutes. `tls` may be null for http. Blocks: for worker threads only.
Result<std::string> http_get(const std::string& url, const net::TlsClientPtr& tls, const std::string& accept);

/// Says whether the caller still waits; empty: it does.
using GoOn = std::function<bool()>;
inline constexpr Duration kLongestCommand = std::chrono::minutes(10);

/// What the shell command prints, in a file without a name, at its begin. An exit status other than 0 is an Error; a
/// command that does not end within `limit`, or for which nobody waits any more, is ended with all that it started.
Result<FilePtr> run_command(const std::string& command, const GoOn& go_on = {}, Duration limit = kLongestCommand);

}  // namespace causeway::assurance
