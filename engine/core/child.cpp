#include "core/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace causeway {
namespace {

class Manner {
public:
    Manner(int input, int output) {
        ::posix_spawn_file_actions_init(&actions_);
        give(STDIN_FILENO, input, O_RDONLY);
        give(STDOUT_FILENO, output, O_WRONLY);
        give(STDERR_FILENO, -1, O_WRONLY);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Manner() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Manner(const Manner&) = delete;
    Manner& operator=(const Manner&) = delete;
    const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
    const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

private:
    void give(int standard, int descriptor, int mode) {
        if (descriptor >= 0)
            ::posix_spawn_file_actions_adddup2(&actions_, descriptor, standard);
        else
            ::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", mode, 0);
    }

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

}  // namespace

Result<Child> Child::start(std::vector<std::string> argv, int input, int output) {
    if (argv.empty()) return fail(Issue::value, "", "Name a program.");
    std::vector<char*> words;
    for (auto& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    const Manner manner(input, output);
    pid_t pid = 0;
    const int failed = ::posix_spawn(&pid, words.front(), manner.actions(), manner.attributes(), words.data(), environ);
    if (failed != 0)
        return fail(Issue::not_found, argv.front(),
                    "This program cannot be started: " + std::generic_category().message(failed) + '.', Retry::later);
    return Child(pid);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {
}

Child& Child::operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
}

Child::~Child() {
    if (pid_ == 0) return;
    kill();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Result<std::optional<int>> Child::ended() {
    int status = 0;
    const auto found = pid_ == 0 ? -1 : ::waitpid(pid_, &status, WNOHANG);
    if (found == 0 || (found < 0 && pid_ != 0 && errno == EINTR)) return std::optional<int>();
    if (std::exchange(pid_, 0) == found && found > 0) return std::optional(status);
    return fail(Issue::exception, "", "Nobody knows how this program ended.");
}

void Child::kill() noexcept {
    if (pid_ != 0) ::kill(-pid_, SIGKILL);
}

}  // namespace causeway
