#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string_view>

#include "alerts/receiver.hpp"
#include "core/child.hpp"

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

Result<void> judged(const std::string& program, int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    const auto how = WIFEXITED(status) ? "ended with status " + std::to_string(WEXITSTATUS(status))
                                       : "was killed by signal " + std::to_string(WTERMSIG(status));
    return fail(Issue::processing, program, "This program " + how + "; run it by hand to see why.", Retry::later);
}

}  // namespace

Async<void> run_program(std::vector<std::string> argv, std::string bytes, Duration limit) {
    const Input input(bytes);
    if (argv.empty() || !input.whole())
        co_return fail(Issue::transient, "", "This program cannot be given its input; see the machine's memory.",
                       Retry::later);
    auto child = Child::start(argv, input.file(), -1);
    if (!child) co_return child.error();
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto end = std::chrono::steady_clock::now() + limit;
    for (bool killed = false;;) {
        const auto status = child->ended();
        if (!status) co_return status.error();
        if (*status && killed)
            co_return fail(Issue::timeout, argv.front(), "This program did not end in time and was killed.",
                           Retry::later);
        if (*status) co_return judged(argv.front(), **status);
        if (!killed && std::chrono::steady_clock::now() >= end) {
            child->kill();
            killed = true;
        }
        timer.expires_after(kLook);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

}  // namespace causeway::alerts
