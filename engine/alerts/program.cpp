#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string_view>

#include "alerts/receiver.hpp"

namespace causeway::alerts {

namespace asio = boost::asio;

namespace {

constexpr auto kLook = std::chrono::milliseconds(20);

/// The input as a file in memory: a program that does not read it makes nobody wait.
class Input {
public:
    explicit Input(std::string_view bytes) : file_(::memfd_create("alert", MFD_CLOEXEC)) {
        while (file_ >= 0 && !bytes.empty()) {
            const auto written = ::write(file_, bytes.data(), bytes.size());
            if (written <= 0) break;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (file_ >= 0) ::lseek(file_, 0, SEEK_SET);
        whole_ = file_ >= 0 && bytes.empty();
    }
    ~Input() {
        if (file_ >= 0) ::close(file_);
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    bool whole() const noexcept { return whole_; }
    int file() const noexcept { return file_; }

private:
    const int file_;
    bool whole_ = false;
};

/// Standard input from `file`, the other two to nowhere, no other descriptor, no blocked signal, a group of its own.
class Manner {
public:
    explicit Manner(int file) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, file, STDIN_FILENO);
        for (const int output : {STDOUT_FILENO, STDERR_FILENO})
            ::posix_spawn_file_actions_addopen(&actions_, output, "/dev/null", O_WRONLY, 0);
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
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

Result<pid_t> start(std::vector<std::string>& argv, const Input& input) {
    if (argv.empty() || !input.whole())
        return fail(Issue::transient, "", "This program cannot be given its input; see the machine's memory.",
                    Retry::later);
    std::vector<char*> words;
    for (auto& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    const Manner manner(input.file());
    pid_t child = 0;
    const int failed =
        ::posix_spawn(&child, words.front(), manner.actions(), manner.attributes(), words.data(), environ);
    if (failed != 0)
        return fail(Issue::not_found, argv.front(),
                    "This program cannot be started: " + std::generic_category().message(failed) + '.', Retry::later);
    return child;
}

Result<void> judged(const std::string& program, int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    const auto how = WIFEXITED(status) ? "ended with status " + std::to_string(WEXITSTATUS(status))
                                       : "was killed by signal " + std::to_string(WTERMSIG(status));
    return fail(Issue::processing, program, "This program " + how + "; run it by hand to see why.", Retry::later);
}

}  // namespace

Async<void> run_program(std::vector<std::string> argv, std::string bytes, Duration limit) {
    const Input input(bytes);
    const auto child = start(argv, input);
    if (!child) co_return child.error();
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto end = std::chrono::steady_clock::now() + limit;
    for (bool killed = false;;) {
        int status = 0;
        const auto ended = ::waitpid(*child, &status, WNOHANG);
        if (ended == *child && killed)
            co_return fail(Issue::timeout, argv.front(), "This program did not end in time and was killed.",
                           Retry::later);
        if (ended == *child) co_return judged(argv.front(), status);
        if (ended < 0) co_return fail(Issue::exception, argv.front(), "Nobody knows how this program ended.");
        if (!killed && std::chrono::steady_clock::now() >= end) {
            ::kill(-*child, SIGKILL);
            killed = true;
        }
        timer.expires_after(kLook);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

}  // namespace causeway::alerts
