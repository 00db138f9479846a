/// The application acknowledgement that follows as a message of its own.
#include <algorithm>
#include <utility>

#include "hl7v2/acknowledgement.hpp"
#include "pipeline/await_store.hpp"
#include "pipeline/delivery.hpp"
#include "pipeline/worker.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// It is woken when something of its message ends; the pause is for what nobody tells of.
constexpr Duration kLookAgain = std::chrono::minutes(5);
constexpr Duration kLedgerPause = std::chrono::seconds(1);

DelayedAcknowledgement settings_of(const Configuration& configuration, const Message& message) {
    const auto channel = configuration.channels.find(message.channel);
    if (channel == configuration.channels.end() || !channel->second.acknowledges_later) return {};
    return *channel->second.acknowledges_later;
}

bool is_wanted(const Message& message, const ApplicationAnswer& answer) {
    const auto header = hl7v2::read_header(message.body.reveal());
    return header && hl7v2::wants_application_acknowledgement(*header, answer.code == "AA");
}

Progress not_wanted(const Obligation& obligation, Instant now) {
    Progress progress;
    progress.obligation = obligation.id;
    progress.state = State::filtered;
    progress.rule = "MSH-16";
    progress.cause = "Its sender asks for no acknowledgement of this outcome.";
    progress.event.at = now;
    progress.event.kind = "obligation.filtered";
    progress.event.message = obligation.message;
    progress.event.obligation = obligation.id;
    progress.event.actor = "engine";
    return progress;
}

}  // namespace

void Worker::look_again(Id message) {
    if (const auto acknowledgement = waiting_.of(message)) schedule_.wake(acknowledgement);
}

/// Nothing while the message is open.
Result<std::optional<ApplicationAnswer>> Worker::look_at(const Job& job) const {
    const auto settings = settings_of(*job.configuration, *job.message);
    const auto owed = store_.obligations_of(job.message->id);
    if (!owed) return owed.error();
    const auto events = store_.events_of(job.message->id);
    if (!events) return events.error();
    const bool over = settings.within > Duration::zero() && clock_.now() - job.message->received_at >= settings.within;
    // Who wants no AE (MSH-16 = SU) still wants the AA that may come later.
    const bool late = over && is_wanted(*job.message, {.code = "AE", .hl7_code = {}, .text = {}});
    return answer_for(*owed, *events, settings.after_delivery, late);
}

Next Worker::wait_on(const Job& job) const {
    const auto settings = settings_of(*job.configuration, *job.message);
    const auto left = job.message->received_at + settings.within - clock_.now();
    const bool bounded = left > Duration::zero() && left < kLookAgain;
    return {Next::Kind::again, bounded ? left : kLookAgain};
}

asio::awaitable<Next> Worker::acknowledge(Job job, Senders::Sender sender) {
    const auto message = job.message->id;
    const auto events = store_.events_of(message);
    if (!events) co_return Next{Next::Kind::again, kLedgerPause};
    auto known = decided(*events, job.obligation.id);
    if (known) co_return co_await send_acknowledgement(std::move(job), std::move(sender), std::move(*known));
    // Before it looks: what ends while it does wakes it again.
    waiting_.add(message, job.obligation.id);
    const auto answer = look_at(job);
    if (!answer) co_return Next{Next::Kind::again, kLedgerPause};
    if (!*answer) co_return wait_on(job);
    waiting_.remove(message);
    DecidedAnswer made{**answer, clock_.now()};
    if (!is_wanted(*job.message, made.answer)) {
        auto ended = not_wanted(job.obligation, made.at);
        co_return co_await write(std::move(ended));
    }
    auto event = decision_event(job.obligation, made.answer, made.at);
    std::function<void(Completion<void>)> start = [&](Completion<void> done) {
        store_.append(std::move(event), std::move(done));
    };
    const auto written = co_await await_store<void>(std::move(start));
    if (!written) co_return Next{Next::Kind::again, kLedgerPause};
    co_return co_await send_acknowledgement(std::move(job), std::move(sender), std::move(made));
}

asio::awaitable<Next> Worker::send_acknowledgement(Job job, Senders::Sender sender, DecidedAnswer decided) {
    auto delivery = make_acknowledgement(job.obligation, *job.message, decided);
    if (!delivery) {
        auto held = hold(job.obligation, sender.destination.owner, to_string(delivery.error()), clock_.now());
        co_return co_await write(std::move(held));
    }
    job.message.reset();
    co_return co_await attempt(std::move(job), std::move(sender), std::move(*delivery));
}

}  // namespace causeway::pipeline
