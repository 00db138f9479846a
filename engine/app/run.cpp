#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <thread>
#include <vector>

#include "api/fhir_service.hpp"
#include "api/servers.hpp"
#include "app/commands.hpp"
#include "app/mistakes.hpp"
#include "core/log.hpp"
#include "pipeline/engine.hpp"

namespace causeway::app {

namespace asio = boost::asio;

namespace {

log::Level level_of(const std::string& name) {
    if (name == "debug") return log::Level::debug;
    if (name == "info") return log::Level::info;
    return name == "error" ? log::Level::error : log::Level::warning;
}

/// The engine with its servers, from the first listener to the last answer.
class Service {
public:
    Service(asio::io_context& io, pipeline::Engine& engine)
        : io_(io), engine_(engine), fhir_(engine), servers_(engine), signals_(io, SIGTERM, SIGINT, SIGHUP) {
        engine_.set_fhir_service(&fhir_);
    }

    asio::awaitable<void> run() {
        if (auto started = co_await start(); !started) {
            std::cerr << "causeway: " << to_string(started.error()) << '\n';
            status_ = kFailed;
            co_return co_await end();
        }
        announce();
        while (co_await asio::async_initiate<const asio::use_awaitable_t<>, void(boost::system::error_code, int)>(
                   [this](auto handler) { signals_.async_wait(std::move(handler)); }, asio::use_awaitable) == SIGHUP)
            co_await reload();
        co_await end();
    }

    /// The ledger failed: nothing more is acknowledged. Threads: any.
    void fail(const Error& why) {
        status_ = kFailed;
        std::cerr << "causeway: " << to_string(why) << '\n';
        asio::post(io_, [] { std::raise(SIGTERM); });
    }

    int status() const { return status_; }

private:
    Async<void> start() {
        if (auto started = co_await engine_.start(); !started) co_return started;
        co_return servers_.start();
    }

    void announce() const {
        const auto configuration = engine_.configuration();
        std::cout << "Causeway " << CAUSEWAY_VERSION << " (" << configuration->engine.environment
                  << ") runs with configuration " << configuration->hash.substr(0, 12) << '\n';
        for (const auto& one : engine_.listeners()) {
            std::cout << "  " << one.channel << " listens on " << one.address << '\n';
            if (!one.insecure.empty()) std::cout << "    without client check, because: " << one.insecure << '\n';
        }
        if (const auto ops = servers_.ops_address(); !ops.empty())
            std::cout << "  health and metrics on http://" << ops << '\n';
        if (const auto& reason = engine_.configuration()->engine.ops_insecure; !reason.empty())
            std::cout << "    without client check, because: " << reason << '\n';
        std::cout << std::flush;
    }

    asio::awaitable<void> reload() {
        const auto mistakes = co_await engine_.reload();
        for (const auto& mistake : mistakes) std::cerr << config::to_string(mistake) << '\n';
        std::cout << "Configuration " << engine_.configuration()->hash.substr(0, 12) << " is active." << std::endl;
    }

    asio::awaitable<void> end() {
        signals_.cancel();
        co_await engine_.stop();
        co_await servers_.stop(engine_.configuration()->engine.stop_within);
    }

    asio::io_context& io_;
    pipeline::Engine& engine_;
    api::LedgerFhirService fhir_;
    api::Servers servers_;
    asio::signal_set signals_;
    std::atomic<int> status_{kDone};
};

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

int run(const Arguments& arguments) {
    const auto folder = config_folder(arguments);
    std::vector<config::Mistake> mistakes;
    auto configuration = pipeline::load_configuration(folder, all_adapters(), mistakes);
    print_mistakes(std::cerr, mistakes);
    if (!configuration) return kProblems;
    log::set_level(level_of(configuration->engine.log_level));
    const auto threads = configuration->engine.threads;

    asio::io_context io(static_cast<int>(threads));
    WorkThreads work(threads);
    const SystemClock clock;
    std::atomic<Service*> running{nullptr};
    pipeline::EngineOptions options{folder, all_adapters(),
                                    [&](const Error& why) {
                                        if (auto* service = running.load()) service->fail(why);
                                    },
                                    work.executor()};
    auto engine = pipeline::make_engine(io.get_executor(), std::move(configuration), std::move(options), clock);
    if (!engine) {
        std::cerr << "causeway: " << to_string(engine.error()) << '\n';
        return kFailed;
    }
    Service service(io, **engine);
    running = &service;
    // Without this coroutine nobody hears a signal: what it throws ends the process, and a restart settles it.
    asio::co_spawn(io, service.run(), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    run_threads(io, threads);
    work.finish();
    running = nullptr;
    return service.status();
}

}  // namespace

const Command kRun = {
    "run",
    "",
    "Run the engine until SIGTERM or Ctrl-C; SIGHUP reads the configuration again.",
    {},
    "  causeway run\n"
    "  causeway run --config /etc/causeway\n",
    run,
};

}  // namespace causeway::app
