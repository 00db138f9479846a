#pragma once
/// A child process that ends with its owner.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace causeway::samples {

/// Starts a program with its output in a log file. The destructor sends SIGTERM and waits.
class Process {
public:
    Process(std::vector<std::string> words, const std::filesystem::path& log);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    bool runs();
    const std::filesystem::path& log() const { return log_; }

private:
    pid_t pid_ = -1;
    const std::filesystem::path log_;
};

/// Runs a program to its end; gives its output and exit status.
struct Finished {
    int status = -1;
    std::string output;
};
Finished run(const std::vector<std::string>& words);

std::string read_file(const std::filesystem::path& path);

}  // namespace causeway::samples
