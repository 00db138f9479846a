#include "app/service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <iostream>

#include "alerts/sources.hpp"
#include "api/alert_pages.hpp"
#include "api/code_pages.hpp"
#include "app/service_manager.hpp"
#include "core/log.hpp"

namespace causeway::app {

namespace asio = boost::asio;

namespace {

/// For senders in the middle of a message when a successor waits: new connections wait as long.
constexpr Duration kHandoverSessions = std::chrono::milliseconds(500);

alerts::Sources sources_of(pipeline::Engine& engine) {
    auto sources = alerts::engine_sources(engine);
    sources.push_back(assurance::make_incident_source(engine));
    return sources;
}

}  // namespace

Service::Service(asio::io_context& io, pipeline::Engine& engine, const net::SocketShelfPtr& sockets, Upgrades& upgrades)
    : io_(io),
      engine_(engine),
      fhir_(engine),
      alerts_(engine, sources_of(engine)),
      servers_(engine, sockets),
      daily_(engine),
      caretaker_(engine.store(), engine.clock(), [this] { return engine_.configuration(); }),
      strand_(asio::make_strand(io)),
      signals_(strand_, SIGTERM, SIGINT, SIGHUP) {
    engine_.set_fhir_service(&fhir_);
    servers_.add(upgrades.pages(engine));
    servers_.add(std::make_unique<api::AlertPages>(alerts_, engine.clock()));
    servers_.add(std::make_unique<api::CodePages>(engine.store(), engine.clock()));
}

asio::awaitable<void> Service::run(std::function<Result<void>()> on_started) {
    const auto started = co_await start(std::move(on_started));
    if (started) {
        announce();
        tell_service_manager("READY=1");
        co_await serve();
    } else {
        std::cerr << "causeway: " << to_string(started.error()) << '\n';
        error_ = started.error();
        ending_ = Ending::failed;
    }
    co_await end();
}

void Service::fail(const Error& why) {
    ending_ = Ending::failed;
    std::cerr << "causeway: " << to_string(why) << '\n';
    asio::post(strand_, [this, why] {
        failed_ledger_ = why;
        std::raise(SIGTERM);
    });
}

void Service::hand_over() {
    asio::post(strand_, [this] {
        handing_over_ = true;
        signals_.cancel();
    });
}

Async<void> Service::start(std::function<Result<void>()> on_started) {
    if (auto started = co_await engine_.start(); !started) co_return started;
    co_await alerts_.start();
    if (auto started = servers_.start(); !started) co_return started;
    daily_.start();
    caretaker_.start();
    co_return on_started();
}

/// 0: none came, and a successor waits.
asio::awaitable<int> Service::next_signal() {
    if (handing_over_) co_return 0;
    boost::system::error_code cancelled;
    const int signal = co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return cancelled ? 0 : signal;
}

asio::awaitable<void> Service::serve() {
    for (;;) {
        const int signal = co_await next_signal();
        if (signal == SIGHUP) {
            co_await reload();
            continue;
        }
        if (signal == 0 && ending_ == Ending::stopped) ending_ = Ending::handed_over;
        co_return;
    }
}

asio::awaitable<void> Service::reload() {
    tell_service_manager("RELOADING=1");
    const auto mistakes = co_await engine_.reload();
    for (const auto& mistake : mistakes) std::cerr << config::to_string(mistake) << '\n';
    std::cout << "Configuration " << engine_.configuration()->hash.substr(0, 12) << " is active." << std::endl;
    tell_service_manager("READY=1");
}

asio::awaitable<void> Service::end() {
    signals_.cancel();
    caretaker_.stop();
    const auto configuration = engine_.configuration();
    const auto& settings = configuration->engine;
    co_await alerts_.stop(ending_ == Ending::handed_over ? kHandoverSessions : settings.stop_within);
    if (failed_ledger_)
        co_await alerts::tell_of_failed_ledger(io_.get_executor(), configuration, engine_.clock(), *failed_ledger_);
    if (ending_ == Ending::handed_over) {
        log::info("takeover.draining");
        const pipeline::StopLimits limits{settings.upgrade_within, kHandoverSessions};
        co_await engine_.stop(limits);
        co_await servers_.stop(kHandoverSessions);
    } else {
        tell_service_manager("STOPPING=1");
        co_await engine_.stop();
        co_await servers_.stop(settings.stop_within);
    }
    daily_.stop();
}

void Service::announce() const {
    const auto configuration = engine_.configuration();
    std::cout << "Causeway " << CAUSEWAY_VERSION << " (" << configuration->engine.environment
              << ") runs with configuration " << configuration->hash.substr(0, 12) << '\n';
    for (const auto& one : engine_.listeners()) {
        std::cout << "  " << one.channel << " listens on " << one.address << '\n';
        if (!one.insecure.empty()) std::cout << "    without client check, because: " << one.insecure << '\n';
    }
    if (const auto ops = servers_.ops_address(); !ops.empty())
        std::cout << "  health and metrics on http://" << ops << '\n';
    if (const auto& reason = configuration->engine.ops_insecure; !reason.empty())
        std::cout << "    without client check, because: " << reason << '\n';
    std::cout << std::flush;
}

}  // namespace causeway::app
