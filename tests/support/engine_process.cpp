#include "support/engine_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

namespace causeway::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::size_t kilobytes_of(const std::string& status, const std::string& field) {
    const auto at = status.find(field);
    return at == std::string::npos ? 0 : std::stoul(status.substr(at + field.size())) * 1024;
}

std::string read_all(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

}  // namespace

std::uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    const bool good = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(fd);
    return good ? ntohs(address.sin_port) : std::uint16_t{0};
}

bool wait_for_port(std::uint16_t port, int seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (std::chrono::steady_clock::now() < until) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto address = loopback(port);
        const bool open = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        close(fd);
        if (open) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
}

EngineProcess::EngineProcess(std::filesystem::path program, std::filesystem::path folder,
                             const std::map<std::string, std::string>& files)
    : program_(std::move(program)), folder_(std::move(folder)) {
    for (const auto& [name, content] : files) {
        const auto path = folder_ / "conf" / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
    }
    std::filesystem::create_directories(folder_ / "mappings");
}

EngineProcess::~EngineProcess() {
    if (pid_ > 0) kill();
}

void EngineProcess::start(const std::string& option) {
    auto program = program_.string(), conf = this->conf().string();
    const auto log = this->log().string();
    pid_ = fork();
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);  // Ctrl-C is for the test, which ends the program in its own time.
    const int to = open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY, 0600);
    dup2(to, STDOUT_FILENO);
    dup2(to, STDERR_FILENO);
    for (const auto& [name, value] : environment_) setenv(name.c_str(), value.c_str(), 1);
    for (const auto& [resource, limit] : limits_) {
        const rlimit both{limit, limit};
        setrlimit(static_cast<__rlimit_resource>(resource), &both);
    }
    execl(program.c_str(), program.c_str(), "run", "--config", conf.c_str(), option.empty() ? nullptr : option.c_str(),
          nullptr);
    _exit(127);
}

bool EngineProcess::running() {
    if (pid_ <= 0) return false;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    pid_ = -1;
    return false;
}

void EngineProcess::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

int EngineProcess::stop() {
    if (pid_ <= 0) return status_;
    int status = 0;
    ::kill(pid_, SIGTERM);
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Usage EngineProcess::usage() const {
    const auto proc = "/proc/" + std::to_string(pid_);
    const auto stat = read_all(proc + "/stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string skip;
    for (int i = 0; i < 11; ++i) fields >> skip;  // From state (3) to cmajflt (13); then utime and stime.
    double user = 0, system = 0;
    fields >> user >> system;
    const auto status = read_all(proc + "/status");
    return {(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)), kilobytes_of(status, "VmRSS:"),
            kilobytes_of(status, "VmHWM:")};
}

}  // namespace causeway::test
