#include "pipeline/worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <iterator>
#include <utility>

#include "core/log.hpp"
#include "core/text.hpp"
#include "pipeline/await_store.hpp"
#include "pipeline/delivery.hpp"
#include "pipeline/facts.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// The ledger could not be read or written: the obligation is still owed and comes again.
constexpr Duration kLedgerPause = std::chrono::seconds(1);

const Next kPutOff{Next::Kind::again, kLedgerPause};

/// From -1 to 1: spreads what failed together, and is the same for the same attempt.
double jitter(const Obligation& obligation) {
    const auto mixed = static_cast<std::uint64_t>(obligation.id.value + obligation.attempts) * 0x9E3779B97F4A7C15u;
    return static_cast<double>(mixed >> 32) / 0x80000000u - 1;
}

Next next_of(const Progress& progress, Instant now) {
    switch (progress.state) {
        case State::queued:
            return {Next::Kind::again, progress.next_attempt_at - now};
        case State::held:
            return {Next::Kind::held, {}};
        default:
            return {};
    }
}

/// A mistake in the program holds this delivery, where somebody sees it. What was thrown may quote the message, so it
/// is not repeated.
Result<Delivery> make_or_hold(const Obligation& obligation, const Message& message, const Configuration& configuration,
                              const directory::Directory& today, tree::DocumentPtr& document, Told& told,
                              bool may_lose) {
    try {
        return make_delivery(obligation, message, configuration, today, document, &told, may_lose);
    } catch (const std::exception&) {
        return fail(Issue::exception, obligation.map,
                    "The engine failed on this message: report it, with the id of the message.");
    }
}

EventDraft answer_event(const Obligation& awaited, Id by) {
    EventDraft draft;
    draft.kind = "answer.received";
    draft.message = awaited.message;
    draft.obligation = awaited.id;
    draft.actor = "engine";
    draft.detail = "{\"destination\":\"" + json_escape(awaited.destination) + "\"" +
                   (by ? ",\"by\":\"" + by.text() + "\"" : std::string()) + "}";
    return draft;
}

}  // namespace

Worker::Worker(MessageStore& store, RecentMessages& recent, ConfigArchive& archive, Senders& senders,
               ClockWatch& clocks, ClockIndex& clock_index, const Clock& clock, metrics::Registry& registry,
               net::BodyBudgetPtr bodies, Schedule schedule)
    : store_(store),
      recent_(recent),
      archive_(archive),
      senders_(senders),
      clocks_(clocks),
      clock_index_(clock_index),
      clock_(clock),
      registry_(registry),
      bodies_(std::move(bodies)),
      schedule_(std::move(schedule)),
      processor_(store, clock_index, clock) {
}

/// What the ledger knows, or what it was told a moment ago.
Result<RecentMessages::Taken> Worker::fetch(Id id) {
    if (auto recent = recent_.take(id)) return std::move(*recent);
    auto obligation = store_.obligation(id);
    if (!obligation) return obligation.error();
    auto stored = store_.message(obligation->message);
    if (!stored) return stored.error();
    return RecentMessages::Taken{
        std::move(*obligation), std::make_shared<const Message>(std::move(stored->message)), {}};
}

Result<Worker::Job> Worker::load(Id id) {
    const auto turn = attempts_.turn();
    auto fetched = fetch(id);
    if (!fetched) return fetched.error();
    const auto& obligation = fetched->obligation;
    auto hash = frozen_config(obligation.facts);
    // A process obligation of another id than its message is a replay: it goes through the configuration of today.
    const bool replay = obligation.duty == Duty::process && obligation.id != obligation.message;
    if (hash.empty()) hash = replay ? archive_.current()->hash : fetched->message->config_hash;
    auto configuration = archive_.by_hash(hash);
    if (!configuration) return configuration.error();
    return Job{std::move(fetched->obligation), std::move(fetched->message), std::move(fetched->parsed),
               std::move(*configuration), turn};
}

asio::awaitable<Next> Worker::run(Id id) {
    auto job = load(id);
    if (!job) {
        auto why = job.error();
        co_return co_await unreadable(id, std::move(why));
    }
    const auto state = job->obligation.state;
    if (state == State::delivered || state == State::filtered) co_return Next{};
    if (state == State::held) co_return Next{Next::Kind::held, {}};
    switch (job->obligation.duty) {
        case Duty::process:
            co_return co_await process(std::move(*job));
        case Duty::deliver:
            co_return co_await deliver(std::move(*job));
        case Duty::answer:
            break;
    }
    auto late = hold(job->obligation, job->obligation.owner,
                     "No answer from " + job->obligation.destination + " in time.", clock_.now());
    co_return co_await write(std::move(late));
}

/// The ledger does not serve, and it comes again; or the configuration that accepted it cannot be restored, and
/// somebody must know.
asio::awaitable<Next> Worker::unreadable(Id id, Error why) {
    const auto obligation = store_.obligation(id);
    log::error("obligation.unreadable", {{"obligation", id.text()}, {"why", to_string(why)}});
    if (!obligation || why.issue == Issue::no_store || why.retry != Retry::never) co_return kPutOff;
    auto held = hold(*obligation, "integration-team",
                     "The configuration that accepted it cannot be restored: " + to_string(why), clock_.now());
    co_return co_await write(std::move(held));
}

/// The ledger refused a change because somebody else was quicker: what the lane does now follows from the state.
Next Worker::as_ledger_says(Id id) const {
    const auto obligation = store_.obligation(id);
    if (!obligation) return kPutOff;
    switch (obligation->state) {
        case State::queued:
            return {Next::Kind::again, std::max(obligation->next_attempt_at - clock_.now(), kLedgerPause)};
        case State::in_flight:
        case State::held:
            return {Next::Kind::held, {}};
        default:
            return {};
    }
}

asio::awaitable<Next> Worker::process(Job job) {
    const auto id = job.obligation.id;
    const auto message = job.message->id;
    auto processed = processor_.process(job.obligation, *job.message, *job.configuration, job.parsed);
    Owed owed{processed.routing.obligations, processed.routing.clocks, {}};
    if (!owed.clocks.empty()) owed.journeys = journeys_of(job.message->keys);
    const auto answer = processed.answered ? job.message->body : Payload();
    keep(std::move(job), owed.obligations);
    std::function<void(Completion<void>)> start = [&](Completion<void> done) {
        store_.route(std::move(processed.routing), std::move(done));
    };
    const auto routed = co_await await_store<void>(std::move(start));
    if (!routed) {
        recent_.forget(message);
        if (routed.error().issue == Issue::conflict) co_return as_ledger_says(id);
        log::error("message.unrouted", {{"message", message.text()}, {"why", to_string(routed.error())}});
        co_return kPutOff;
    }
    take_up(owed);
    look_again(message);
    for (const auto& clock : processed.stopped) {
        clocks_.stop(clock, message);
        clock_index_.remove(clock.id);
    }
    if (processed.answered) co_await answer_arrived(processed.answered, answer, message, processed.rejection);
    co_return Next{};  // Also when held: what cannot be decided does not stop the patient's later messages.
}

/// For the deliveries to come. While the routing waits for its commit nothing else holds the message, so that its bytes
/// are counted.
void Worker::keep(Job job, const std::vector<Obligation>& owed) {
    std::vector<Obligation> soon;
    std::copy_if(owed.begin(), owed.end(), std::back_inserter(soon),
                 [](const Obligation& one) { return one.duty == Duty::deliver && one.state == State::queued; });
    recent_.put(std::move(job.message), std::move(job.parsed), std::move(soon));
}

void Worker::take_up(const Owed& owed) {
    for (const auto& clock : owed.clocks) {
        clock_index_.add(clock, owed.journeys);
        clocks_.add(clock);
    }
    for (const auto& obligation : owed.obligations) schedule_.add(obligation);
}

bool Worker::was_released(const Obligation& obligation) const {
    const auto events = store_.events_of(obligation.message);
    return events && std::any_of(events->begin(), events->end(), [&](const Event& event) {
               return event.obligation == obligation.id && event.kind == "obligation.released";
           });
}

asio::awaitable<Next> Worker::deliver(Job job) {
    auto sender = senders_.find(job.obligation.destination);
    if (!sender) {
        auto homeless = hold(job.obligation, "integration-team", to_string(sender.error()), clock_.now());
        co_return co_await write(std::move(homeless));
    }
    if (is_acknowledgement(job.obligation)) co_return co_await acknowledge(std::move(job), std::move(*sender));
    net::BodyBudget::Share room(bodies_, job.obligation.destination);
    const auto waited = co_await wait_for_room(job, room);
    if (!waited) co_return kPutOff;
    if (*waited) {  // Meanwhile a reload may have replaced its sender.
        sender = senders_.find(job.obligation.destination);
        if (!sender) co_return kPutOff;
    }
    const auto today = archive_.current();
    const auto make = [&](bool may_lose) {
        return make_or_hold(job.obligation, *job.message, *job.configuration, today->directory, job.parsed.document,
                            job.told, may_lose);
    };
    auto delivery = make(false);
    if (!delivery && job.told.would_lose && was_released(job.obligation)) delivery = make(true);
    if (job.parsed.document) recent_.give_back(job.message->id, std::exchange(job.parsed, {}));
    if (!delivery) {
        auto unmapped = hold(job.obligation, sender->destination.owner, to_string(delivery.error()), clock_.now());
        add_told(unmapped.event, job.told.members);
        const auto next = co_await write(std::move(unmapped));
        co_return sender->destination.parks_held ? Next{} : next;
    }
    job.message.reset();
    co_return co_await attempt(std::move(job), std::move(*sender), std::move(*delivery));
}

/// Until there is memory for one more large delivery; true where it had to wait. Meanwhile the message is put down, and
/// read again afterwards.
Async<bool> Worker::wait_for_room(Job& job, net::BodyBudget::Share& share) {
    const auto size = job.message->body.size();
    share.expect(size);
    if (share.take(size)) co_return false;
    job.message.reset();
    job.parsed = {};
    auto waiting = share.wait();
    const auto strand = asio::make_strand(co_await asio::this_coro::executor);
    if (const auto room = co_await asio::co_spawn(strand, std::move(waiting), asio::use_awaitable); !room)
        co_return room.error();
    if (stopping_) co_return fail(Issue::transient, "", "The engine is stopping.", Retry::later);
    auto stored = store_.message(job.obligation.message);
    if (!stored) co_return stored.error();
    job.message = std::make_shared<const Message>(std::move(stored->message));
    co_return true;
}

Async<void> Worker::mark_started(const Job& job, bool wait) {
    const auto id = job.obligation.id;
    const auto now = clock_.now();
    if (!wait) {
        store_.start_attempt(id, now, [](const Result<void>&) {});
        co_return Result<void>();
    }
    std::function<void(Completion<void>)> start = [this, id, now](Completion<void> done) {
        store_.start_attempt(id, now, std::move(done));
    };
    co_return co_await await_store<void>(std::move(start));
}

/// An operator may have cancelled or held it since it was read.
bool Worker::is_still_owed(const Job& job) const {
    if (job.turn == attempts_.turn()) return true;
    const auto now = store_.obligation(job.obligation.id);
    return now && now->state == State::queued;
}

asio::awaitable<Next> Worker::attempt(Job job, Senders::Sender sender, Delivery delivery) {
    if (stopping_) co_return kPutOff;
    const auto sending = attempts_.send(job.obligation.message, job.obligation.id);
    if (!sending || !is_still_owed(job)) co_return as_ledger_says(job.obligation.id);
    // Where the peer deduplicates, a lost mark only means one more attempt; elsewhere it must be durable before the
    // first byte.
    const auto marked = co_await mark_started(job, !sender.destination.resend_unknown);
    if (!marked) {
        if (marked.error().issue == Issue::conflict) co_return as_ledger_says(job.obligation.id);
        co_return kPutOff;
    }
    const auto receipt = co_await sender.adapter->deliver(std::move(delivery));
    const auto now = clock_.now();
    auto progress = receipt
                        ? after_receipt(job.obligation, sender.destination, *receipt, now, jitter(job.obligation))
                        : after_error(job.obligation, sender.destination, receipt.error(), now, jitter(job.obligation));
    add_told(progress.event, job.told.members);
    registry_
        .counter("causeway_attempts_total", "Attempts to deliver, by destination and how they ended.",
                 {{"destination", job.obligation.destination}, {"result", progress.event.kind}})
        .add();
    const bool answered = progress.state == State::delivered && is_business_answer(progress.answer);
    const auto answer = progress.answer;
    auto next = co_await write(std::move(progress));
    if (next.kind == Next::Kind::held && sender.destination.parks_held) next = Next{};
    std::string accepted;
    if (answered) co_await answer_arrived(job.obligation.id, answer, Id{}, std::move(accepted));
    co_return next;
}

asio::awaitable<Next> Worker::write(Progress progress) {
    const auto next = next_of(progress, clock_.now());
    std::function<void(Completion<void>)> start = [&](Completion<void> done) {
        store_.progress(progress, std::move(done));
    };
    const auto written = co_await await_store<void>(std::move(start));
    if (!written && written.error().issue == Issue::conflict) co_return as_ledger_says(progress.obligation);
    // What cannot be written now is found in flight after the restart, and handled as unknown.
    if (!written) co_return Next{Next::Kind::held, {}};
    if (next.kind != Next::Kind::again) look_again(progress.event.message);
    co_return next;
}

/// Ends the wait for the business answer to `delivery`, where the route asked for one.
asio::awaitable<void> Worker::answer_arrived(Id delivery, Payload answer, Id by, std::string rejection) {
    const auto delivered = store_.obligation(delivery);
    if (!delivered) co_return;
    const auto owed = store_.obligations_of(delivered->message);
    if (!owed) co_return;
    for (const auto& one : *owed) {
        if (one.duty != Duty::answer || one.destination != delivered->destination) continue;
        if (one.state == State::delivered || one.state == State::filtered) continue;
        Progress progress;
        progress.obligation = one.id;
        progress.state = rejection.empty() ? State::delivered : State::held;
        if (!rejection.empty()) {
            progress.owner = one.owner;
            progress.cause = one.destination + " answered " + rejection + ": read the answer and act.";
        }
        progress.answer = answer;
        progress.event = answer_event(one, by);
        co_await write(std::move(progress));
        schedule_.drop(one.id);
    }
}

}  // namespace causeway::pipeline
