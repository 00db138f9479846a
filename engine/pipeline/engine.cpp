#include "pipeline/engine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "core/log.hpp"
#include "pipeline/await_store.hpp"
#include "pipeline/clock_watch.hpp"
#include "pipeline/delivery.hpp"
#include "pipeline/dispatcher.hpp"
#include "pipeline/intake.hpp"
#include "pipeline/senders.hpp"
#include "pipeline/worker.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// Messages processed at once: enough to fill a commit group, few enough to stay small.
constexpr std::size_t kProcessing = 256;
constexpr std::size_t kPage = 10'000;
/// Enough for what a few seconds of full load leave on its way.
constexpr std::size_t kRecentBytes = 48u << 20;

/// What shares one limit of concurrency. Practices behind one destination do not share: a slow one harms no other.
std::string slot_of(const Obligation& obligation) {
    if (obligation.duty == Duty::process) return "";
    if (obligation.duty == Duty::answer) return "answer";
    return obligation.organisation.empty() ? obligation.destination
                                           : obligation.destination + '@' + obligation.organisation;
}

/// After a start everything is tried at once, whatever the wall clock said when its next attempt was written: it may
/// have been put back since.
Instant due_of(const Obligation& obligation) {
    return obligation.duty == Duty::answer ? obligation.next_attempt_at : Instant();
}

Pending pending_of(const Obligation& obligation) {
    return {obligation.id,       slot_of(obligation), obligation.lane,
            obligation.priority, due_of(obligation),  obligation.state == State::held};
}

class RunningEngine final : public Engine {
public:
    RunningEngine(asio::any_io_executor executor, ConfigurationPtr configuration, EngineOptions options,
                  const Clock& clock, std::unique_ptr<MessageStore> store)
        : executor_(executor),
          options_(std::move(options)),
          clock_(clock),
          store_(std::move(store)),
          archive_(options_.folder, configuration->engine.state / "config", options_.adapters, *store_),
          senders_(executor, metrics_, clock),
          clocks_(executor, *store_, clock, metrics_),
          worker_(*store_, recent_, archive_, senders_, clocks_, clock, metrics_, schedule()),
          dispatcher_(
              executor, clock, [this](Id id) { return worker_.run(id); },
              [this](const std::string& slot) { return limit_of(slot); }),
          listeners_(executor, metrics_, clock, [this](const std::string& channel) { return make_intake(channel); }) {
        archive_.set_current(std::move(configuration));
    }

    void set_fhir_service(FhirService* service) override { listeners_.set_fhir_service(service); }

    Async<void> start() override {
        const auto configuration = archive_.current();
        if (auto activated = co_await activate(configuration); !activated) co_return activated;
        if (auto made = senders_.apply(*configuration); !made) co_return made;
        if (auto taken = co_await take_up_open(); !taken) co_return taken;
        if (auto clocks = take_up_clocks(); !clocks) co_return clocks;
        if (auto listening = co_await listeners_.apply(*configuration); !listening) co_return listening;
        ready_ = true;
        log::info("engine.ready", {{"config", configuration->hash}});
        co_return Result<void>();
    }

    asio::awaitable<void> stop() override {
        ready_ = false;
        const auto deadline = archive_.current()->engine.stop_within;
        co_await listeners_.stop(deadline);
        clocks_.close();
        co_await dispatcher_.stop(deadline);
        co_await senders_.stop(deadline);
        log::info("engine.stopped");
    }

    asio::awaitable<std::vector<config::Mistake>> reload() override {
        std::vector<config::Mistake> mistakes;
        if (reloading_.exchange(true)) {
            mistakes.push_back({options_.folder.string(), 0, 0, false, "A reload is under way; wait until it ends."});
            co_return mistakes;
        }
        const Ending ending{reloading_};
        if (auto fresh = load_configuration(options_.folder, options_.adapters, mistakes)) {
            if (auto failed = co_await take_over(fresh); !failed)
                mistakes.push_back({options_.folder.string(), 0, 0, false, to_string(failed.error())});
        }
        co_return mistakes;
    }

    Async<std::vector<Obligation>> act(OperatorAct act) override {
        if (act.kind == OperatorAct::Kind::replay)
            if (auto ended = co_await end_held_processing(act); !ended) co_return ended.error();
        co_return co_await carry_out(std::move(act));
    }

    bool ready() const override { return ready_; }
    std::vector<ListenerInfo> listeners() const override { return listeners_.info(); }
    ConfigurationPtr configuration() const override { return archive_.current(); }
    MessageStore& store() override { return *store_; }
    metrics::Registry& metrics() override { return metrics_; }
    const Clock& clock() const override { return clock_; }
    asio::any_io_executor executor() const override { return executor_; }

private:
    /// However a reload ends, the next one may begin.
    struct Ending {
        std::atomic<bool>& flag;
        ~Ending() { flag = false; }
    };

    Worker::Schedule schedule() {
        return {[this](const Obligation& obligation) { dispatcher_.add(pending_of(obligation)); },
                [this](Id id) { dispatcher_.drop(id); }};
    }

    std::size_t limit_of(const std::string& slot) const {
        if (slot.empty() || slot == "answer") return kProcessing;
        return senders_.concurrency(slot.substr(0, slot.find('@')));
    }

    std::unique_ptr<Intake> make_intake(const std::string& channel) {
        return std::make_unique<ChannelIntake>(
            channel, *store_, clock_, metrics_, [this] { return archive_.current(); },
            [this](AcceptedMessage accepted) { take_up(std::move(accepted)); });
    }

    void take_up(AcceptedMessage accepted) {
        const auto& message = *accepted.message;
        Obligation process;
        process.id = process.message = message.id;
        process.priority = message.priority;
        process.created_at = message.received_at;
        process.lane = std::move(accepted.lane);
        auto pending = pending_of(process);
        recent_.put(std::move(accepted.message), std::move(accepted.parsed), {std::move(process)});
        dispatcher_.add(std::move(pending));
    }

    Async<std::vector<Obligation>> carry_out(OperatorAct act) {
        recent_.forget(act.target);
        const auto kind = act.kind;
        std::function<void(Completion<std::vector<Obligation>>)> start = [&](Completion<std::vector<Obligation>> done) {
            store_->act(act, std::move(done));
        };
        auto changed = co_await await_store<std::vector<Obligation>>(std::move(start));
        if (changed)
            for (const auto& obligation : *changed) follow(kind, obligation);
        co_return changed;
    }

    /// A message that no route took is held under the configuration that accepted it: a release would only hold it
    /// again. Its replay is the way to a repaired configuration, so it cancels what is held.
    Async<void> end_held_processing(OperatorAct replay) {
        const auto owed = store_->obligations_of(replay.target);
        if (!owed) co_return Result<void>();  // The replay itself says what is wrong.
        for (const auto& one : *owed) {
            if (one.duty != Duty::process || one.state != State::held) continue;
            OperatorAct cancel{OperatorAct::Kind::cancel, one.id, replay.who, replay.reason, {}};
            const auto cancelled = co_await carry_out(std::move(cancel));
            if (!cancelled) co_return cancelled.error();
        }
        co_return Result<void>();
    }

    Async<void> activate(ConfigurationPtr configuration) {
        std::function<void(Completion<void>)> start = [&](Completion<void> done) {
            store_->activate(configuration->record(clock_.now()), std::move(done));
        };
        co_return co_await await_store<void>(std::move(start));
    }

    /// The new configuration is durable before anything is accepted under it.
    Async<void> take_over(ConfigurationPtr fresh) {
        if (auto made = senders_.apply(*fresh); !made) co_return made;
        if (auto activated = co_await activate(fresh); !activated) co_return activated;
        archive_.set_current(fresh);
        dispatcher_.refresh();
        log::info("config.activated", {{"config", fresh->hash}});
        co_return co_await listeners_.apply(*fresh);
    }

    /// Everything that the ledger owes comes back into the lanes; what was in flight has an unknown outcome.
    /// Nothing starts before all have their places: a new delivery must not overtake an old one, nor count as in
    /// flight.
    Async<void> take_up_open() {
        std::vector<Pending> all;
        for (Id after;;) {
            auto page = store_->open_obligations(after, kPage);
            if (!page) co_return page.error();
            for (auto& obligation : *page) {
                after = obligation.id;
                if (obligation.state == State::in_flight)
                    if (auto settled = co_await settle(obligation); !settled) co_return settled;
                if (obligation.state != State::held || keeps_its_lane(obligation))
                    all.push_back(pending_of(obligation));
            }
            if (page->size() < kPage) break;
        }
        dispatcher_.add(std::move(all));
        co_return Result<void>();
    }

    Async<void> settle(Obligation& obligation) {
        const auto sender = senders_.find(obligation.destination);
        auto progress = after_crash(obligation, sender ? &sender->destination : nullptr, clock_.now());
        obligation.state = progress.state;
        obligation.next_attempt_at = progress.next_attempt_at;
        std::function<void(Completion<void>)> start = [&](Completion<void> done) {
            store_->progress(progress, std::move(done));
        };
        co_return co_await await_store<void>(std::move(start));
    }

    /// A held delivery blocks its lane, unless the destination parks such ones.
    bool keeps_its_lane(const Obligation& held) const {
        if (held.duty != Duty::deliver) return false;
        const auto sender = senders_.find(held.destination);
        return sender && !sender->destination.parks_held;
    }

    Result<void> take_up_clocks() {
        auto running = store_->running_clocks();
        if (!running) return running.error();
        for (auto& clock : *running) clocks_.add(std::move(clock));
        return {};
    }

    void follow(OperatorAct::Kind kind, const Obligation& obligation) {
        switch (kind) {
            case OperatorAct::Kind::hold:
                return dispatcher_.hold(obligation.id);
            case OperatorAct::Kind::cancel:
                return dispatcher_.drop(obligation.id);
            case OperatorAct::Kind::replay:
                return dispatcher_.add(pending_of(obligation));
            case OperatorAct::Kind::redirect:
                return obligation.state == State::filtered ? dispatcher_.drop(obligation.id)
                                                           : dispatcher_.add(pending_of(obligation));
            case OperatorAct::Kind::release:
                dispatcher_.add(pending_of(obligation));
                return dispatcher_.release(obligation.id, Instant());
        }
    }

    asio::any_io_executor executor_;
    const EngineOptions options_;
    const Clock& clock_;
    metrics::Registry metrics_;
    std::unique_ptr<MessageStore> store_;
    RecentMessages recent_{kRecentBytes};
    ConfigArchive archive_;
    Senders senders_;
    ClockWatch clocks_;
    Worker worker_;
    Dispatcher dispatcher_;
    Listeners listeners_;
    std::atomic<bool> ready_{false}, reloading_{false};
};

}  // namespace

Result<std::unique_ptr<Engine>> make_engine(asio::any_io_executor executor, ConfigurationPtr configuration,
                                            EngineOptions options, const Clock& clock) {
    const auto& settings = configuration->engine;
    std::error_code failed;
    std::filesystem::create_directories(settings.state, failed);
    if (failed)
        return fail(Issue::no_store, settings.state.string(),
                    "Create this folder, or let the engine's user do so: " + failed.message());
    std::filesystem::permissions(settings.state, std::filesystem::perms::owner_all, failed);
    LedgerOptions ledger;
    ledger.file = (settings.state / "ledger.db").string();
    ledger.min_free_bytes = settings.min_free_disk;
    ledger.on_fatal = options.on_fatal;
    auto store = open_sqlite_ledger(std::move(ledger), clock);
    if (!store) return store.error();
    return std::unique_ptr<Engine>(std::make_unique<RunningEngine>(std::move(executor), std::move(configuration),
                                                                   std::move(options), clock, std::move(*store)));
}

}  // namespace causeway::pipeline
