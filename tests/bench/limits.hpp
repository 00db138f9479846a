#pragma once
/// What the machine itself can do, measured in the same run as what is compared with it.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "support/load.hpp"

namespace causeway::bench {

inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of this process: what a busy machine does not change.
inline double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

/// Messages a second when `group` of them are appended to a file with one fdatasync.
inline double append_limit(const std::filesystem::path& folder, std::size_t bytes, std::size_t group, double seconds) {
    const auto file = (folder / "limit.bin").string();
    const int fd = open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
    const std::string block(bytes * group, 'x');
    const auto begun = std::chrono::steady_clock::now();
    std::size_t messages = 0;
    std::chrono::duration<double> took{};
    while (took.count() < seconds) {
        if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) break;
        messages += group;
        took = std::chrono::steady_clock::now() - begun;
    }
    close(fd);
    std::filesystem::remove(file);
    return static_cast<double>(messages) / took.count();
}

/// The same requests to a bare MLLP echo over loopback: no parsing, no storing.
inline test::Outcome echo_limit(std::function<std::string(std::uint64_t n)> request, const std::string& answer,
                                int connections, double seconds) {
    const test::MllpSink echo([&](std::string_view) { return answer; });
    test::Load load;
    load.port = echo.port();
    load.connections = connections;
    load.seconds = seconds;
    load.request = std::move(request);
    load.answer = test::mllp_answer;
    return test::generate(load);
}

}  // namespace causeway::bench
