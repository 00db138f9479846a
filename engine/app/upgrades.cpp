#include "app/upgrades.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "core/log.hpp"

namespace causeway::app {
namespace {

constexpr std::string_view kReplaced = " (deleted)";  // How Linux marks a program whose file was replaced.

/// Why a child that ended did so.
std::string explain(int status) {
    if (WIFSIGNALED(status)) return "it was ended by signal " + std::to_string(WTERMSIG(status));
    return "it ended with status " + std::to_string(WEXITSTATUS(status));
}

/// The connections of this process must not live on in the new one.
int spawn_alone(pid_t& pid, const std::string& program, const std::string& config) {
    const std::array<const char*, 6> words{program.c_str(), "run", "--takeover", "--config", config.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    const int failed =
        posix_spawn(&pid, program.c_str(), &actions, nullptr, const_cast<char* const*>(words.data()), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/// POST starts a successor; both tell which process runs and what became of the last successor.
class UpgradePages final : public api::Pages {
public:
    UpgradePages(Upgrades& upgrades, const pipeline::Engine& engine) : upgrades_(upgrades), engine_(engine) {}

    bool takes(const api::Call& call) const override { return call.path == "/v1/upgrade"; }

    boost::asio::awaitable<net::HttpResponse> answer(api::Call call) override {
        if (call.method == "POST")
            if (const auto begun = upgrades_.begin(call.body.text("program")); !begun)
                co_return api::respond(call.as_text, begun.error());
        co_return api::respond(200, call.as_text, view());
    }

private:
    api::View view() const {
        const auto state = upgrades_.state();
        api::JsonText json;
        json.object([&] {
            json.add("version", CAUSEWAY_VERSION)
                .add("process", std::int64_t{::getpid()})
                .add("ready", engine_.ready());
            if (state.successor != 0) json.add("successor", std::int64_t{state.successor});
            json.add_if("failed", state.failed);
        });
        return {json.text(), "Process " + std::to_string(::getpid()) + " runs version " + CAUSEWAY_VERSION + ".\n"};
    }

    Upgrades& upgrades_;
    const pipeline::Engine& engine_;
};

}  // namespace

std::string own_program() {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error).string();
    if (path.ends_with(kReplaced)) path.resize(path.size() - kReplaced.size());
    return path;
}

Result<long> Upgrades::begin(const std::string& program) {
    const auto now = state();
    const std::lock_guard lock(mutex_);
    if (now.successor != 0 && now.failed.empty())
        return fail(Issue::conflict, "", "An upgrade is under way, to process " + std::to_string(now.successor) + ".");
    const auto path = program.empty() ? own_program() : program;
    pid_t pid = 0;
    if (const int failed = spawn_alone(pid, path, config_.string()); failed != 0)
        return fail(Issue::not_found, path,
                    std::string("This program cannot be started: ") + std::strerror(failed) + ".");
    log::info("upgrade.begins", {{"process", std::int64_t{pid}}});
    state_ = {pid, {}};
    return long{pid};
}

Upgrades::State Upgrades::state() {
    const std::lock_guard lock(mutex_);
    int status = 0;
    const auto pid = static_cast<pid_t>(state_.successor);
    if (pid != 0 && ::waitpid(pid, &status, WNOHANG) == pid && state_.failed.empty())
        state_.failed = explain(status) + "; it has said why on standard error (under systemd, in the journal)";
    return state_;
}

void Upgrades::failed(const Error& why) {
    const std::lock_guard lock(mutex_);
    state_.failed = why.issue == Issue::transient ? "it ended before it was ready" : to_string(why);
}

std::unique_ptr<api::Pages> Upgrades::pages(const pipeline::Engine& engine) {
    return std::make_unique<UpgradePages>(*this, engine);
}

}  // namespace causeway::app
