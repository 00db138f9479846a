#include "alerts/watch.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <set>

#include "alerts/courier.hpp"
#include "alerts/receiver.hpp"
#include "core/json_object.hpp"
#include "core/log.hpp"
#include "pipeline/await_store.hpp"

namespace causeway::alerts {

namespace asio = boost::asio;
using pipeline::AlertReceiver;
using pipeline::AlertSettings;
using pipeline::Signal;

namespace {

constexpr auto kTick = std::chrono::seconds(1);
/// Failures of receivers themselves, and of a ledger that is open again, have no source that looks at the engine.
constexpr std::string_view kReceivers = "receivers";
constexpr Duration kUnreached = std::chrono::minutes(5);

std::string way_of(const AlertReceiver& receiver) {
    switch (receiver.by) {
        case AlertReceiver::By::webhook:
            return "webhook";
        case AlertReceiver::By::mail:
            return "mail";
        case AlertReceiver::By::command:
            break;
    }
    return "command";
}

EventDraft event_of(std::string kind, std::string detail, Instant now) {
    EventDraft draft;
    draft.at = now;
    draft.kind = std::move(kind);
    draft.actor = "engine";
    draft.detail = std::move(detail);
    return draft;
}

std::string detail_of(const Incident& incident, std::string_view receiver = {}) {
    const auto& facts = incident.facts;
    JsonText json;
    json.object([&] {
        json.add("incident", incident.id).add("kind", facts.kind).add("subject", facts.subject);
        json.add("what", facts.what).add("count", facts.count).add("urgent", facts.urgent);
        json.add_if("owner", facts.owner).add_if("receiver", receiver);
    });
    return json.text();
}

Signal unreached(const std::string& receiver, const Courier& courier) {
    Signal signal;
    signal.kind = "alert-failed";
    signal.subject = receiver;
    signal.since = courier.failing_since();
    signal.count = 1;
    signal.what = "Alerts do not reach receiver " + receiver + ". " + courier.why();
    signal.todo = "Correct conf/alerts.yaml or the receiver, then `causeway alerts test " + receiver + "`.";
    return signal;
}

/// Nobody is told by the receiver that fails that it fails.
bool concerns(const AlertReceiver& receiver, const Signal& facts) {
    return receiver.wants(facts.kind) && !(facts.kind == "alert-failed" && facts.subject == receiver.name);
}

}  // namespace

class Watch::Loop : public std::enable_shared_from_this<Loop> {
public:
    Loop(pipeline::Engine& engine, Sources sources)
        : engine_(engine),
          strand_(asio::make_strand(engine.executor())),
          timer_(strand_),
          idle_(strand_),
          sources_(std::move(sources)) {}

    asio::awaitable<void> start() {
        restore();
        running_ = true;
        asio::co_spawn(strand_, run(shared_from_this()), asio::detached);
        co_return;
    }

    asio::awaitable<void> stop(Duration deadline) {
        stopping_ = true;
        timer_.cancel();
        if (!running_ && sending_ == 0) co_return;
        idle_.expires_after(deadline);
        boost::system::error_code ended;
        co_await idle_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    }

    Snapshot snapshot() const {
        const std::lock_guard lock(mutex_);
        return shown_;
    }

    asio::strand<asio::any_io_executor>& strand() { return strand_; }

private:
    Instant now() const { return engine_.clock().now(); }
    AlertSettings settings() const { return engine_.configuration()->alerts; }

    void restore() {
        const auto notes = engine_.store().notes(kNotePrefix);
        if (!notes) return log::warning("alerts.unknown_before", {{"why", to_string(notes.error())}});
        std::vector<Incident> kept;
        for (const auto& note : *notes)
            if (auto incident = incident_from_json(note.value)) kept.push_back(std::move(*incident));
        book_.restore(std::move(kept), now());
        take_up_mark();
    }

    /// The last engine here lost its ledger and said so: this one has it again.
    void take_up_mark();

    static asio::awaitable<void> run(std::shared_ptr<Loop> self) {
        boost::system::error_code interrupted;
        while (!self->stopping_) {
            co_await self->look();
            co_await self->keep_unwritten();
            self->tell_due();
            self->show();
            self->timer_.expires_after(kTick);
            co_await self->timer_.async_wait(asio::redirect_error(asio::use_awaitable, interrupted));
        }
        self->running_ = false;
        self->idle_.cancel();
    }

    asio::awaitable<void> look() {
        const auto at = now();
        for (auto& source : sources_) {
            if (stopping_) co_return;
            auto& due = due_[source->name()];
            if (at < due && due - at <= source->every()) continue;
            due = at + source->every();
            Result<std::vector<Signal>> seen = std::vector<Signal>();
            auto looking = look_at(*source, at, seen);
            co_await asio::co_spawn(reader_, std::move(looking), asio::use_awaitable);
            if (!seen) {
                log::warning("alerts.source", {{"source", source->name()}, {"why", to_string(seen.error())}});
                continue;
            }
            co_await take(source->name(), *seen);
        }
        co_await take(kReceivers, failing_receivers(at));
        const std::vector<Signal> none;
        co_await take(kLedgerMark, none);
        for (const auto& change : book_.forget(at)) co_await keep(change);
    }

    static asio::awaitable<void> look_at(pipeline::IncidentSource& source, Instant at,
                                         Result<std::vector<Signal>>& seen) {
        seen = source.look(at);
        co_return;
    }

    std::vector<Signal> failing_receivers(Instant at) const {
        std::vector<Signal> signals;
        for (const auto& receiver : settings().receivers) {
            const auto courier = couriers_.find(receiver.name);
            if (courier == couriers_.end() || courier->second.failing_since() == Instant()) continue;
            if (at - courier->second.failing_since() >= kUnreached)
                signals.push_back(unreached(receiver.name, courier->second));
        }
        return signals;
    }

    asio::awaitable<void> take(std::string_view source, const std::vector<Signal>& seen) {
        const auto current = settings();
        const Patience patience{current.start_after, current.end_after};
        const auto changes = book_.update(source, seen, patience, now());
        for (const auto& change : changes) co_await keep(change);
    }

    /// Whoever is added to the configuration hears of what goes on.
    void choose_receivers() {
        const auto current = settings();
        for (auto& [key, incident] : book_.incidents()) {
            if (!incident.open()) continue;
            for (const auto& receiver : current.receivers)
                if (concerns(receiver, incident.facts)) incident.to.insert(receiver.name);
        }
    }

    asio::awaitable<void> keep(const Change& change) {
        choose_receivers();
        const auto* incident = book_.find(change.key);
        if (change.kind == Change::Kind::forgotten || incident == nullptr) {
            Note gone{std::string(kNotePrefix) + change.key, ""};
            auto event = event_of("incident.forgotten", "{}", now());
            static_cast<void>(co_await write(std::move(gone), std::move(event)));
            co_return;
        }
        const bool started = change.kind == Change::Kind::started;
        log::warning(started ? "incident.started" : "incident.ended",
                     {{"kind", incident->facts.kind}, {"subject", incident->facts.subject}});
        co_await write_incident(change.key, started ? "incident.started" : "incident.ended", {});
    }

    asio::awaitable<void> write_incident(std::string key, std::string kind, std::string receiver) {
        const auto* incident = book_.find(key);
        if (incident == nullptr) co_return;
        Note note{note_name(*incident), to_json(*incident)};
        auto event = event_of(std::move(kind), detail_of(*incident, receiver), now());
        const auto written = co_await write(std::move(note), std::move(event));
        if (!written) {
            unwritten_.insert(key);
            co_return;
        }
        unwritten_.erase(key);
        if (key != mark_) co_return;
        remove_ledger_mark(engine_.configuration()->engine.state);
        mark_.clear();
    }

    Async<void> write(Note note, EventDraft event) {
        std::function<void(Completion<void>)> begin = [&](Completion<void> done) {
            engine_.store().note(note, event, std::move(done));
        };
        co_return co_await pipeline::await_store<void>(std::move(begin));
    }

    /// What the ledger did not take is written when it does.
    asio::awaitable<void> keep_unwritten() {
        const auto again = unwritten_;
        for (const auto& key : again) {
            if (stopping_ || now() < write_again_) co_return;
            co_await write_incident(key, "incident.noted", {});
        }
        if (!unwritten_.empty()) write_again_ = now() + std::chrono::seconds(30);
    }

    void tell_due() {
        const auto current = settings();
        const auto all = book_.all();
        const auto environment = engine_.configuration()->engine.environment;
        for (const auto& receiver : current.receivers) {
            if (stopping_) return;
            auto alert = alert_for(receiver.name, all, environment, now());
            auto& courier = couriers_[receiver.name];
            if (!courier.due(!alert.empty(), current, now())) continue;
            courier.sending();
            ++sending_;
            asio::co_spawn(strand_, send(shared_from_this(), receiver, std::move(alert)), asio::detached);
        }
    }

    static asio::awaitable<void> send(std::shared_ptr<Loop> self, AlertReceiver receiver, Alert alert) {
        const auto sent = co_await tell(self->strand_, receiver, alert);
        co_await self->settle(receiver, alert, sent);
        --self->sending_;
        if (self->stopping_ && self->sending_ == 0 && !self->running_) self->idle_.cancel();
        self->show();
    }

    asio::awaitable<void> settle(const AlertReceiver& receiver, const Alert& alert, const Result<void>& sent) {
        count(receiver, sent.has_value());
        auto& courier = couriers_[receiver.name];
        if (!sent) {
            if (!courier.failed(to_string(sent.error()), now())) co_return;
            log::warning("alert.failed", {{"receiver", receiver.name}, {"why", to_string(sent.error())}});
            JsonText json;
            json.object([&] { json.add("receiver", receiver.name).add("why", to_string(sent.error())); });
            auto event = event_of("alert.failed", json.text(), now());
            co_return co_await append(std::move(event));
        }
        courier.told(now());
        for (const auto* list : {&alert.started, &alert.ended})
            for (const auto& told : *list) co_await mark_told(receiver.name, told);
    }

    asio::awaitable<void> mark_told(const std::string& receiver, const Incident& told) {
        const auto key = key_of(told.facts);
        auto* incident = book_.find(key);
        if (incident == nullptr || incident->id != told.id) co_return;
        incident->told_start.insert(receiver);
        if (!told.open()) incident->told_end.insert(receiver);
        co_await write_incident(key, "alert.sent", receiver);
    }

    asio::awaitable<void> append(EventDraft event) {
        std::function<void(Completion<void>)> begin = [&](Completion<void> done) {
            engine_.store().append(event, std::move(done));
        };
        static_cast<void>(co_await pipeline::await_store<void>(std::move(begin)));
    }

    void count(const AlertReceiver& receiver, bool good) {
        engine_.metrics()
            .counter("causeway_alerts_total", "Messages to receivers of alerts, by receiver and whether they arrived.",
                     {{"receiver", receiver.name}, {"result", good ? "sent" : "failed"}})
            .add();
    }

    void show() {
        Snapshot made;
        made.incidents = book_.all();
        std::int64_t open = 0;
        for (const auto& incident : made.incidents) open += incident.open() ? 1 : 0;
        engine_.metrics().gauge("causeway_incidents_open", "Incidents that go on.").set(open);
        for (const auto& receiver : settings().receivers) made.receivers.push_back(state_of(receiver, made.incidents));
        const std::lock_guard lock(mutex_);
        shown_ = std::move(made);
    }

    ReceiverState state_of(const AlertReceiver& receiver, const std::vector<Incident>& incidents) {
        const auto waiting = alert_for(receiver.name, incidents, "", now());
        const auto& courier = couriers_[receiver.name];
        ReceiverState state;
        state.name = receiver.name;
        state.by = way_of(receiver);
        state.waiting = static_cast<std::int64_t>(waiting.started.size() + waiting.ended.size());
        state.told_at = courier.told_at();
        state.failing_since = courier.failing_since();
        state.why = courier.why();
        state.next_attempt = courier.next_attempt();
        return state;
    }

    static constexpr std::string_view kLedgerMark = "ledger-mark";

    pipeline::Engine& engine_;
    asio::strand<asio::any_io_executor> strand_;
    asio::steady_timer timer_, idle_;
    Sources sources_;
    std::map<std::string_view, Instant> due_;
    Book book_;
    std::map<std::string, Courier> couriers_;
    std::set<std::string> unwritten_;
    std::string mark_;  ///< Key of the mark's incident, until it is a note.
    asio::thread_pool reader_{1};
    Instant write_again_;
    std::atomic<bool> stopping_{false};
    bool running_ = false;
    int sending_ = 0;
    mutable std::mutex mutex_;
    Snapshot shown_;
};

void Watch::Loop::take_up_mark() {
    auto mark = read_ledger_mark(engine_.configuration()->engine.state);
    if (!mark) return;
    mark->source = kLedgerMark;
    mark_ = key_of(mark->facts);
    unwritten_.insert(mark_);
    book_.restore({std::move(*mark)}, now());
}

Watch::Watch(pipeline::Engine& engine, Sources sources)
    : engine_(engine), loop_(std::make_shared<Loop>(engine, std::move(sources))) {
}
Watch::~Watch() = default;

asio::awaitable<void> Watch::start() {
    auto started = loop_->start();
    co_await asio::co_spawn(loop_->strand(), std::move(started), asio::use_awaitable);
}

asio::awaitable<void> Watch::stop(Duration deadline) {
    auto stopped = loop_->stop(deadline);
    co_await asio::co_spawn(loop_->strand(), std::move(stopped), asio::use_awaitable);
}

Snapshot Watch::snapshot() const {
    return loop_->snapshot();
}

Async<void> Watch::test(std::string receiver) {
    const auto configuration = engine_.configuration();
    for (const auto& one : configuration->alerts.receivers) {
        if (one.name != receiver) continue;
        Alert alert;
        alert.at = engine_.clock().now();
        alert.id = "test-" + std::to_string(alert.at.time_since_epoch().count());
        alert.environment = configuration->engine.environment;
        alert.test = true;
        co_return co_await tell(loop_->strand(), one, std::move(alert));
    }
    co_return fail(Issue::not_found, receiver,
                   "conf/alerts.yaml has no receiver of this name; `causeway alerts` lists them.");
}

}  // namespace causeway::alerts
