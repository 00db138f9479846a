#pragma once
/// Reads .tgz and .tar archives of definitions in memory; nothing is ever written.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace causeway::fhir {

struct ArchiveLimits {
    std::uint64_t max_total = 1ULL << 30;  ///< Bytes unpacked.
    std::uint64_t max_file = 64ULL << 20;
    std::uint64_t max_files = 100'000;
    std::uint64_t max_ratio = 200;  ///< Bytes unpacked for one packed, beyond the first 64 MiB.
};

/// Called for each regular file with its path in the archive ("package/package.json") and its bytes, which live until
/// the call returns. An Error ends the reading.
using ArchiveVisitor = std::function<Result<void>(std::string_view path, std::string_view bytes)>;

/// Reads a tar archive (POSIX.1-2001 ustar and pax, and GNU long names), packed with gzip (RFC 1952) or not. Refuses
/// absolute paths, "..", links, devices, whatever exceeds the limits, and what is cut; `where` of the Error is the
/// path in the archive.
Result<void> read_archive(std::string_view archive, const ArchiveVisitor& visit, const ArchiveLimits& limits = {});

}  // namespace causeway::fhir
