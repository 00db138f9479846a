#pragma once
/// `causeway run` as a process of its own, on a configuration that the test writes.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace causeway::test {

/// A TCP port of the loopback interface that is free now.
std::uint16_t free_port();
/// Waits until something listens there; false after `seconds`.
bool wait_for_port(std::uint16_t port, int seconds);

/// What a process has used so far.
struct Usage {
    double cpu_seconds = 0;
    std::size_t resident_bytes = 0;
    std::size_t peak_bytes = 0;
};

/// Files below a folder of its own; the engine's state is in `var` beside them.
class EngineProcess {
public:
    /// `files`: name below conf/ → content.
    EngineProcess(std::filesystem::path program, std::filesystem::path folder,
                  const std::map<std::string, std::string>& files);
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;
    ~EngineProcess();

    /// For the program only, from its next start.
    void set_environment(const std::string& name, const std::string& value) { environment_[name] = value; }
    /// setrlimit(2) for the program only, from its next start.
    void set_limit(int resource, std::uint64_t limit) { limits_[resource] = limit; }

    /// `option`: a further word of `causeway run`.
    void start(const std::string& option = {});
    /// False once it has ended by itself; its exit status is then in status(), -1 after a signal.
    bool running();
    int status() const { return status_; }
    void kill();  ///< SIGKILL, and waits.
    int stop();   ///< SIGTERM, and waits; the exit status.
    Usage usage() const;
    pid_t pid() const { return pid_; }
    std::filesystem::path log() const { return folder_ / "engine.log"; }
    std::filesystem::path ledger() const { return folder_ / "var" / "ledger.db"; }
    std::filesystem::path conf() const { return folder_ / "conf"; }

private:
    const std::filesystem::path program_, folder_;
    std::map<std::string, std::string> environment_;
    std::map<int, std::uint64_t> limits_;
    pid_t pid_ = -1;
    int status_ = 0;
};

}  // namespace causeway::test
