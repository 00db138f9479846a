#pragma once
/// How the writer's connection reaches its write-ahead log.

#include <string>

namespace causeway::sqlite {

/// The name of a VFS over the one called `base` (empty: the system's), which does two things to a log:
/// - What a commit appends to it, two writes a page, is gathered and written at once, before anything looks at the file
///   or syncs it. An error of such a write comes out where it happens, at the latest from the sync.
/// - Zeros are written ahead of its end, so that most commits overwrite what is there: a sync that must also make a
/// longer
///   file durable takes twice as long. SQLite takes zeros for the end of the log, as it does what an older log left
///   there.
/// Everything else is left to `base`, which must stay registered. Threads: any.
std::string log_vfs(const std::string& base);

}  // namespace causeway::sqlite
