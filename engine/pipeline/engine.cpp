#include "pipeline/engine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/log.hpp"
#include "core/text.hpp"
#include "pipeline/await_store.hpp"
#include "pipeline/backlog.hpp"
#include "pipeline/clock_watch.hpp"
#include "pipeline/dispatcher.hpp"
#include "pipeline/intake.hpp"
#include "pipeline/restart_settings.hpp"
#include "pipeline/senders.hpp"
#include "pipeline/worker.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// Messages processed at once: enough to fill a commit group, few enough to stay small.
constexpr std::size_t kProcessing = 256;
/// The same while more than kManyOwed deliveries wait: these go first, since what waits for them longer than
/// RecentMessages can hold is read from the ledger again.
constexpr std::size_t kProcessingBehind = 64, kManyOwed = 2'000;
/// Enough for what a few seconds of full load leave on its way.
constexpr std::size_t kRecentBytes = 64u << 20;
/// While more than so many wait, most of what comes waits too long to be kept.
constexpr std::size_t kDeep = 100'000, kRecentBytesWhenDeep = 16u << 20;
/// Of each destination at once while the ledger is read after a start: until it is, nothing new may start.
constexpr std::size_t kWhileLoading = 1;

constexpr std::string_view kDrainNotes = "drain/";

EventDraft drain_event(const DrainChange& change, const std::string& rate, Instant now) {
    EventDraft draft;
    draft.at = now;
    draft.kind = "drain.changed";
    draft.actor = change.who;
    draft.detail = "{\"destination\":\"" + json_escape(change.destination) + "\",\"rate\":\"" + rate +
                   "\",\"reason\":\"" + json_escape(change.reason) + "\"}";
    return draft;
}

class RunningEngine final : public Engine {
public:
    RunningEngine(asio::any_io_executor executor, ConfigurationPtr configuration, EngineOptions options,
                  const Clock& clock, std::unique_ptr<MessageStore> store)
        : executor_(executor),
          options_(std::move(options)),
          clock_(clock),
          started_with_(configuration->engine),
          store_(std::move(store)),
          archive_(options_.folder, configuration->engine.state / "config", options_.adapters, *store_),
          work_(options_.work ? options_.work : executor),
          senders_(work_, metrics_, clock),
          clocks_(work_, *store_, clock, metrics_),
          deliveries_(std::make_shared<net::BodyBudget>(configuration->engine.body_memory, metrics_, "out")),
          worker_(*store_, recent_, archive_, senders_, clocks_, clock_index_, clock, metrics_, deliveries_,
                  schedule()),
          dispatcher_(
              work_, clock, [this](Id id) { return worker_.run(id); },
              [this](const std::string& slot) { return limit_of(slot); },
              [this](const std::string& slot) { return wait_of(slot); }),
          // Not among the threads that deliver: what is accepted meanwhile waits for its end.
          backlog_(*store_, senders_, dispatcher_, clock, executor, options_.on_fatal),
          gate_({[this] { return dispatcher_.unprocessed(); }, [this] { return dispatcher_.size(); }}, metrics_),
          bodies_(std::make_shared<net::BodyBudget>(configuration->engine.body_memory, metrics_, "in")),
          listeners_(executor, metrics_, clock,
                     options_.sockets ? options_.sockets : std::make_shared<net::SocketShelf>(), bodies_,
                     [this](const std::string& channel) { return make_intake(channel); }) {
        archive_.set_current(std::move(configuration));
    }

    void set_fhir_service(FhirService* service) override { listeners_.set_fhir_service(service); }

    Async<void> start() override {
        const auto configuration = archive_.current();
        if (auto activated = co_await activate(configuration); !activated) co_return activated;
        if (auto made = senders_.apply(*configuration); !made) co_return made;
        take_up_drain();
        if (auto taken = backlog_.start(); !taken) co_return taken;
        if (auto clocks = take_up_clocks(); !clocks) co_return clocks;
        if (auto listening = co_await listeners_.apply(configuration); !listening) co_return listening;
        ready_ = true;
        log::info("engine.ready", {{"config", configuration->hash}});
        co_return Result<void>();
    }

    asio::awaitable<void> stop() override {
        const auto limit = archive_.current()->engine.stop_within;
        const StopLimits limits{limit, limit};
        co_await stop(limits);
    }

    /// Deliveries first, however slow their receivers are: meanwhile senders are still served, so that the time in
    /// which they are not is short.
    asio::awaitable<void> stop(StopLimits limits) override {
        ready_ = false;
        stopping_ = true;
        co_await backlog_.stop();
        worker_.begin_nothing();
        co_await dispatcher_.stop(limits.work);
        co_await listeners_.stop(limits.sessions);
        clocks_.close();
        co_await senders_.stop(limits.sessions);
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
            for (auto& warning : until_restart(started_with_, fresh->engine)) mistakes.push_back(std::move(warning));
            if (auto failed = co_await take_over(fresh); !failed)
                mistakes.push_back({options_.folder.string(), 0, 0, false, to_string(failed.error())});
        }
        co_return mistakes;
    }

    Async<std::vector<Obligation>> act(OperatorAct act) override { co_return co_await carry_out(std::move(act)); }

    Async<Verdict> amend(IntakeRecord record) override {
        const auto earlier = record.amends;
        const auto changing = begin(earlier);
        if (!changing) co_return changing.error();
        AcceptedMessage accepted;
        accepted.lane = record.lane;
        auto message = std::make_shared<Message>(record.message);
        recent_.forget(earlier);
        const auto owed = store_->obligations_of(earlier);
        std::function<void(Completion<Verdict>)> start = [&](Completion<Verdict> done) {
            store_->accept(std::move(record), std::move(done));
        };
        auto verdict = co_await await_store<Verdict>(std::move(start));
        if (!verdict || verdict->disposition != Disposition::accepted) co_return verdict;
        if (owed)
            for (const auto& one : *owed) {
                recent_.forget(one.id);
                dispatcher_.drop(one.id);
            }
        message->id = verdict->message;
        accepted.message = std::move(message);
        take_up(std::move(accepted));
        co_return verdict;
    }

    Async<void> drain(DrainChange change) override {
        Note note{std::string(kDrainNotes) + change.destination, change.rate ? rate_text(*change.rate) : ""};
        auto event = drain_event(change, note.value, clock_.now());
        std::function<void(Completion<void>)> start = [&](Completion<void> done) {
            store_->note(note, event, std::move(done));
        };
        auto noted = co_await await_store<void>(std::move(start));
        if (!noted) co_return noted;
        apply_drain(change.destination, note.value);
        dispatcher_.refresh();
        co_return noted;
    }

    std::map<std::string, double> drain_rates() const override { return drain_.all(); }
    Result<ConfigurationPtr> configuration_of(const std::string& hash) override { return archive_.by_hash(hash); }

    bool ready() const override { return ready_; }
    std::vector<ListenerInfo> listeners() const override { return listeners_.info(); }
    ConfigurationPtr configuration() const override { return archive_.current(); }
    MessageStore& store() override { return *store_; }
    metrics::Registry& metrics() override { return metrics_; }
    net::BodyBudgetPtr bodies() const override { return bodies_; }
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
                [this](Id id) { dispatcher_.drop(id); }, [this](Id id) { dispatcher_.release(id, Instant()); }};
    }

    std::size_t limit_of(const std::string& slot) const {
        if (!backlog_.complete()) return kWhileLoading;
        if (slot.empty())
            return dispatcher_.size() > dispatcher_.unprocessed() + kManyOwed ? kProcessingBehind : kProcessing;
        if (slot == "answer") return kProcessing;
        return senders_.concurrency(slot.substr(0, slot.find('@')));
    }

    Duration wait_of(const std::string& slot) {
        return drain_.admit(std::string_view(slot).substr(0, slot.find('@')), std::chrono::steady_clock::now());
    }

    std::unique_ptr<Intake> make_intake(const std::string& channel) {
        return std::make_unique<ChannelIntake>(
            channel, *store_, gate_, clock_, metrics_, [this] { return archive_.current(); },
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
        recent_.keep_within(dispatcher_.size() > kDeep ? kRecentBytesWhenDeep : kRecentBytes);
        recent_.put(std::move(accepted.message), std::move(accepted.parsed), {std::move(process)});
        dispatcher_.add(std::move(pending));
    }

    /// The obligation to process has the id of its message, which then is meant with all that it owes.
    Result<Attempts::Act> begin(Id target) {
        const auto obligation = store_->obligation(target);
        if (!obligation || obligation->message == target) return worker_.attempts().act(target, Id{});
        return worker_.attempts().act(obligation->message, target);
    }

    Async<std::vector<Obligation>> carry_out(OperatorAct act) {
        std::optional<Attempts::Act> changing;
        if (act.kind != OperatorAct::Kind::release) {  // What is held is not being sent.
            auto begun = begin(act.target);
            if (!begun) co_return begun.error();
            changing.emplace(std::move(*begun));
        }
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

    void apply_drain(const std::string& destination, const std::string& rate) {
        const auto parsed = parse_rate(rate);
        if (parsed)
            drain_.set(destination, *parsed);
        else
            drain_.clear(destination);
    }

    /// What an operator chose holds until he changes it.
    void take_up_drain() {
        const auto notes = store_->notes(kDrainNotes);
        if (!notes) return log::warning("drain.unknown", {{"why", to_string(notes.error())}});
        for (const auto& note : *notes) apply_drain(note.name.substr(kDrainNotes.size()), note.value);
    }

    Async<void> activate(ConfigurationPtr configuration) {
        std::function<void(Completion<void>)> start = [&](Completion<void> done) {
            store_->activate(configuration->record(clock_.now()), std::move(done));
        };
        co_return co_await await_store<void>(std::move(start));
    }

    /// The new configuration is durable before anything is accepted under it.
    Async<void> take_over(ConfigurationPtr fresh) {
        auto ledger = ledger_options(fresh->engine);
        if (!ledger) co_return ledger.error();
        if (auto known = store_->check_keys(ledger->keys); !known) co_return known;
        if (auto made = senders_.apply(*fresh); !made) co_return made;
        if (auto activated = co_await activate(fresh); !activated) co_return activated;
        if (auto used = store_->use_keys(std::move(ledger->keys)); !used) co_return used;
        store_->set_limits(ledger->max_bytes, ledger->min_free_bytes);
        bodies_->set_most(fresh->engine.body_memory);
        deliveries_->set_most(fresh->engine.body_memory);
        archive_.set_current(fresh);
        dispatcher_.refresh();
        log::info("config.activated", {{"config", fresh->hash}});
        co_return co_await listeners_.apply(std::move(fresh));
    }

    Result<void> take_up_clocks() {
        auto running = store_->running_clocks();
        if (!running) return running.error();
        for (const auto& clock : *running) clocks_.add(clock);
        asio::co_spawn(work_, index_clocks(std::move(*running)), asio::detached);
        return {};
    }

    /// To which journey a clock belongs is read from its message.
    asio::awaitable<void> index_clocks(std::vector<PathwayClock> running) {
        for (const auto& clock : running) {
            if (stopping_) co_return;
            if (clock.stop_when.empty()) continue;
            const auto message = store_->message(clock.message);
            if (message) clock_index_.add(clock, journeys_of(message->message.keys));
            co_await asio::post(work_, asio::use_awaitable);
        }
        clock_index_.set_complete(true);
    }

    void follow(OperatorAct::Kind kind, const Obligation& obligation) {
        recent_.forget(obligation.id);  // Routed while the act was written.
        worker_.look_again(obligation.message);
        switch (kind) {
            case OperatorAct::Kind::hold:
                return dispatcher_.hold(obligation.id);
            case OperatorAct::Kind::cancel:
                return dispatcher_.drop(obligation.id);
            case OperatorAct::Kind::replay:
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
    const EngineSettings started_with_;
    metrics::Registry metrics_;
    std::unique_ptr<MessageStore> store_;
    RecentMessages recent_{kRecentBytes};
    DrainRates drain_;
    ConfigArchive archive_;
    const asio::any_io_executor work_;
    Senders senders_;
    ClockWatch clocks_;
    ClockIndex clock_index_;
    const net::BodyBudgetPtr deliveries_;
    Worker worker_;
    Dispatcher dispatcher_;
    BacklogLoader backlog_;
    IntakeGate gate_;
    const net::BodyBudgetPtr bodies_;
    Listeners listeners_;
    std::atomic<bool> ready_{false}, reloading_{false}, stopping_{false};
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
    auto ledger = ledger_options(settings);
    if (!ledger) return ledger.error();
    ledger->on_fatal = options.on_fatal;
    auto store = options.open_ledger(std::move(*ledger), clock);
    if (!store) return store.error();
    return std::unique_ptr<Engine>(std::make_unique<RunningEngine>(std::move(executor), std::move(configuration),
                                                                   std::move(options), clock, std::move(*store)));
}

}  // namespace causeway::pipeline
