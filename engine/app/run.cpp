#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <exception>
#include <iostream>
#include <thread>
#include <vector>

#include "alerts/watch.hpp"
#include "app/commands.hpp"
#include "app/mistakes.hpp"
#include "app/service.hpp"
#include "app/service_manager.hpp"
#include "core/log.hpp"
#include "pipeline/engine.hpp"

namespace causeway::app {

namespace asio = boost::asio;

namespace {

constexpr auto kLastWork = std::chrono::seconds(3);

log::Level level_of(const std::string& name) {
    if (name == "debug") return log::Level::debug;
    if (name == "info") return log::Level::info;
    return name == "error" ? log::Level::error : log::Level::warning;
}

void run_threads(asio::io_context& io, std::size_t threads) {
    std::vector<std::jthread> pool;
    for (std::size_t i = 1; i < threads; ++i) pool.emplace_back([&io] { io.run(); });
    io.run();
}

/// Threads that process and deliver, of lower priority than those that take messages in and acknowledge them. The bound
/// on what waits (slow_intake_at) keeps intake from taking all of the machine.
class WorkThreads {
public:
    explicit WorkThreads(std::size_t threads) : io_(static_cast<int>(threads)), guard_(asio::make_work_guard(io_)) {
        for (std::size_t i = 0; i < threads; ++i) pool_.emplace_back([this] { run(); });
    }
    ~WorkThreads() { finish(); }
    /// Returns when everything has ended.
    void finish() {
        guard_.reset();
        pool_.clear();
    }
    asio::any_io_executor executor() { return io_.get_executor(); }

private:
    void run() {
        constexpr int kNice = 10;
        // Of this thread alone (Linux); without it, it only is not as fair.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
        io_.run();
    }

    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::vector<std::jthread> pool_;
};

/// Ends the process where an engine that hands over does not come to its end: the successor, which sees that, finds the
/// ledger as after a crash.
class Watchdog {
public:
    void arm() {
        thread_ = std::jthread([this](const std::stop_token& ended) {
            std::unique_lock lock(mutex_);
            never_.wait_for(lock, ended, kLastWork, [] { return false; });
            if (ended.stop_requested()) return;
            log::warning("takeover.cut_off");
            std::_Exit(kDone);
        });
    }

private:
    std::mutex mutex_;
    std::condition_variable_any never_;
    std::jthread thread_;
};

/// What of this process outlives an engine.
struct Surroundings {
    explicit Surroundings(std::filesystem::path config) : folder(std::move(config)), upgrades(folder) {}

    const std::filesystem::path folder;
    const net::SocketShelfPtr sockets = std::make_shared<net::SocketShelf>();
    std::optional<net::SocketShelf::Keeping> keeping;  ///< From one engine to the next.
    Upgrades upgrades;
    std::optional<Predecessor> predecessor;  ///< Until this process is ready.
};

/// How an engine ended.
struct Life {
    Service::Ending ending = Service::Ending::failed;
    pipeline::ConfigurationPtr configuration;  ///< Its last.
    Error error;                               ///< Where it failed.
    std::optional<Successor> successor;
};

/// From here on this process answers, and its predecessor may end.
Result<void> take_charge(Surroundings& around, HandoverPoint& point, const std::filesystem::path& state) {
    if (auto listens = point.start(state); !listens) return listens;
    around.keeping.reset();
    if (auto predecessor = std::exchange(around.predecessor, std::nullopt)) predecessor->tell_ready();
    return {};
}

/// Another engine that has the ledger open is nobody's incident.
void tell_that_it_does_not_open(asio::io_context& io, pipeline::ConfigurationPtr configuration, const Clock& clock,
                                const Error& why) {
    if (why.issue == Issue::conflict) return;
    asio::co_spawn(io, alerts::tell_of_failed_ledger(io.get_executor(), std::move(configuration), clock, why),
                   asio::detached);
    io.run();
}

/// One engine, from its ledger's opening to its closing.
Life live(pipeline::ConfigurationPtr configuration, Surroundings& around) {
    Life life;
    life.configuration = configuration;
    const auto& settings = configuration->engine;
    const SystemClock clock;
    Watchdog watchdog;
    asio::io_context io(static_cast<int>(settings.threads));
    WorkThreads work(settings.threads);
    std::atomic<Service*> running{nullptr};
    pipeline::EngineOptions options{around.folder, all_adapters(),
                                    [&](const Error& why) {
                                        if (auto* service = running.load()) service->fail(why);
                                    },
                                    work.executor(), around.sockets};
    const auto engine = pipeline::make_engine(io.get_executor(), configuration, std::move(options), clock);
    if (!engine) {
        std::cerr << "causeway: " << to_string(engine.error()) << '\n';
        life.error = engine.error();
        tell_that_it_does_not_open(io, configuration, clock, engine.error());
        return life;
    }
    Service service(io, **engine, around.sockets, around.upgrades);
    running = &service;
    HandoverPoint point(around.sockets, [&] {
        around.keeping.emplace(around.sockets->keep());
        service.hand_over();
    });
    auto serving = service.run([&] { return take_charge(around, point, settings.state); });
    // Without this coroutine nobody hears a signal: what it throws ends the process, and a restart settles it.
    asio::co_spawn(io, std::move(serving), [&](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
        if (service.ending() == Service::Ending::handed_over) watchdog.arm();
    });
    run_threads(io, settings.threads);
    work.finish();
    running = nullptr;
    point.stop();
    life.ending = service.ending();
    life.error = service.error();
    life.configuration = (*engine)->configuration();
    life.successor = point.take_successor();
    return life;
}

/// Everything is prepared: finds the engine that runs, and waits until its ledger is closed.
Result<void> take_over(Surroundings& around, const std::filesystem::path& state) {
    auto found = Predecessor::find(state, *around.sockets);
    if (!found) return found.error();
    if (!*found) return {};
    around.predecessor = std::move(*found);
    std::cout << "Taking over from process " << around.predecessor->pid() << "; it ends what is in flight."
              << std::endl;
    return around.predecessor->take_over();
}

/// Did the successor take charge?
bool hand_over(Surroundings& around, Successor& successor) {
    const auto handed = successor.hand_over();
    if (handed) {
        tell_service_manager("MAINPID=" + std::to_string(successor.pid()));
        around.sockets->leave();
        return true;
    }
    around.upgrades.failed(handed.error());
    log::warning("takeover.failed", {{"process", std::int64_t{successor.pid()}}, {"why", to_string(handed.error())}});
    return false;
}

/// This process is not the one that goes on: the sockets and their files are its predecessor's.
int give_up(Surroundings& around, const Error& why) {
    if (around.predecessor) {
        around.sockets->leave();
        around.predecessor->tell_failed(why);
        std::cerr << "causeway: the engine that ran before goes on.\n";
    }
    return kFailed;
}

int run_engines(pipeline::ConfigurationPtr configuration, Surroundings& around) {
    for (;;) {
        auto life = live(std::move(configuration), around);
        if (life.successor && hand_over(around, *life.successor)) return kDone;
        if (life.ending == Service::Ending::failed) return give_up(around, life.error);
        if (life.ending == Service::Ending::stopped) return kDone;
        configuration = std::move(life.configuration);
    }
}

int run(const Arguments& arguments) {
    const auto folder = config_folder(arguments);
    std::vector<config::Mistake> mistakes;
    auto configuration = pipeline::load_configuration(folder, all_adapters(), mistakes);
    print_mistakes(std::cerr, mistakes);
    if (!configuration) return kProblems;
    log::set_level(level_of(configuration->engine.log_level));
    Surroundings around(folder);
    around.keeping.emplace(around.sockets->keep());
    auto prepared = adopt_service_sockets(*around.sockets);
    if (prepared && arguments.has("--takeover")) prepared = take_over(around, configuration->engine.state);
    if (!prepared) {
        std::cerr << "causeway: " << to_string(prepared.error()) << '\n';
        return give_up(around, prepared.error());
    }
    return run_engines(std::move(configuration), around);
}

constexpr Option kRunOptions[] = {
    {"--takeover", "", "Take over sockets and ledger of the engine that runs there; without one, just start."}};

}  // namespace

const Command kRun = {
    "run",
    "",
    "Run the engine until SIGTERM or Ctrl-C; SIGHUP reads the configuration again.",
    kRunOptions,
    "  causeway run\n"
    "  causeway run --config /etc/causeway\n"
    "  causeway run --takeover           # in the place of the engine that runs there\n",
    run,
};

}  // namespace causeway::app
