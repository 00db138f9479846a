#include "pipeline/intake.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/sequence.hpp"
#include "pipeline/await_store.hpp"
#include "pipeline/checks.hpp"
#include "pipeline/decode.hpp"
#include "pipeline/facts.hpp"
#include "pipeline/keys.hpp"
#include "pipeline/sequence_link.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

constexpr int kUnprocessable = 422;
constexpr int kBadRequest = 400;
constexpr std::size_t kLongestFile = 200;  ///< Of the name of a file or batch, to be found by it.

Message message_of(Submission& submission, const Channel& channel, const Configuration& configuration, Instant now) {
    Message message;
    message.channel = channel.name;
    message.sender = std::move(submission.sender);
    message.media_type = std::move(submission.media_type);
    if (!submission.file.empty() && submission.file.size() <= kLongestFile)
        message.keys.push_back({"file", std::move(submission.file)});
    if (!submission.batch.empty() && submission.batch.size() <= kLongestFile)
        message.keys.push_back({"batch", std::move(submission.batch)});
    message.body = std::move(submission.body);
    message.body_sha256 = sha256(message.body.reveal());
    message.received_at = now;
    message.config_hash = configuration.hash;
    return message;
}

/// Even what cannot be decoded is found again by what its header says.
void read_what_can_be_read(Message& message) {
    if (message.media_type != kHl7v2) return;
    const auto header = hl7v2::read_header(message.body.reveal());
    if (!header) return;
    message.message_control_id = header->message_control_id;
    message.message_type = header->message_code + '^' + header->trigger_event;
    if (!header->message_control_id.empty()) message.keys.push_back({"control-id", header->message_control_id});
}

/// Who sent it and under which id, for duplicates: HL7 v2 by MSH-3, MSH-4 and MSH-10; FHIR by Bundle.identifier, else
/// Bundle.id, else the body.
std::string duplicate_key(const Message& message, const Identity& identity) {
    auto id = identity.control_id;
    if (id.empty()) id = to_hex(as_view(message.body_sha256));
    const auto& sender = message.sender.empty() ? identity.sender : message.sender;
    return message.channel + '\x1f' + sender + '\x1f' + identity.sender + '\x1f' + id;
}

void take_identity(IntakeRecord& record, const Identity& identity, const Channel& channel) {
    auto& message = record.message;
    record.duplicate_key = duplicate_key(message, identity);
    message.message_control_id = identity.control_id;
    if (message.sender.empty()) message.sender = identity.sender;
    if (channel.feeds.contains(identity.sender)) record.feed = identity.sender;
    message.keys.insert(message.keys.end(), identity.keys.begin(), identity.keys.end());
    message.priority = identity.priority;
    record.lane = process_lane(message.channel, identity.patients);
}

/// Blank lines and padding mean nothing to anybody.
bool is_layout(std::string_view warning) {
    return warning == "blank-line" || warning == "trailing-nul" || warning == "trailing-blank";
}

/// What the decoder let pass is said, not hidden.
void add_warnings(const hl7v2::Message& message, OperationOutcome& outcome) {
    for (const auto& warning : message.warnings()) {
        if (is_layout(warning.code)) continue;
        Finding finding;
        finding.severity = Severity::warning;
        finding.issue = Issue::invalid;
        finding.expression = warning.where;
        finding.text = warning.text;
        finding.rule = "hl7v2-" + warning.code;
        outcome.add(std::move(finding));
    }
}

/// Its number on its sender's link; one that is missing or wrong refuses it.
void take_number(IntakeRecord& record, const Channel& channel) {
    if (channel.sequence == Sequence::off || record.message.media_type != kHl7v2) return;
    const auto header = hl7v2::read_header(record.message.body.reveal());
    if (!header) return;
    auto number = number_of(channel, *header);
    if (!number) return record.outcome.append(to_outcome(number.error()));
    record.numbered = std::move(*number);
    if (!record.numbered) return;
    // Where its acknowledgement was lost it may come again under the next number.
    record.is_same = [body = record.message.body](std::string_view earlier) {
        return hl7v2::same_but_for_number(body.reveal(), earlier);
    };
}

void check(const tree::Document& document, const Channel& channel, const Configuration& configuration,
           const std::string& operation, Instant now, Judgement& judgement) {
    auto& record = judgement.record;
    auto& outcome = record.outcome;
    if (const auto* message = dynamic_cast<const hl7v2::Message*>(&document)) {
        add_warnings(*message, outcome);
        check_header(*message, channel, outcome);
        check_nhs_numbers(document, channel, outcome);
        judgement.parsed.hold = check_conformance(*message, channel, outcome);
    } else {
        check_kind(document, channel, outcome);
        check_structure(document, channel, operation, outcome);
        judgement.parsed.hold = check_validity(document, channel, outcome);
    }
    if (outcome.has_errors()) return;
    Facts facts(record.message, now, configuration);
    facts.resolve_within(document);
    check_pathways(document, channel, configuration, facts, outcome);
    if (!outcome.has_errors()) check_organisations(document, channel, configuration, facts, outcome);
}

/// What a message without content says about its link; nothing where it is a message like any other.
std::optional<ChannelIntake::Link> link_of(const Submission& submission, const Channel& channel) {
    if (channel.sequence == Sequence::off || submission.media_type != kHl7v2) return std::nullopt;
    const auto body = submission.body.reveal();
    const auto header = hl7v2::read_header(body);
    if (!header) return std::nullopt;
    const auto request = link_request(body, *header);
    if (!request) return std::nullopt;
    return ChannelIntake::Link{*request, link_note(channel.name, *header)};
}

std::string note_of(const IntakeRecord& record) {
    const auto header = hl7v2::read_header(record.message.body.reveal());
    return header && !header->sequence_number.empty() ? link_note(record.message.channel, *header) : std::string();
}

/// As the limits of the disk come near, each sender waits a little, up to a tenth of a second, before any is refused.
asio::awaitable<void> slow_down(double pressure) {
    constexpr double kLongestMs = 100;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::milliseconds(static_cast<int>(pressure * kLongestMs)));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace

std::string process_lane(const std::string& channel, const std::vector<std::string>& patients) {
    if (patients.empty()) return channel;
    std::string lane;
    for (const auto& patient : patients) {
        if (!lane.empty()) lane += kLaneSeparator;
        lane.append(channel).append("/").append(patient);
    }
    return lane;
}

Judgement judge(Submission submission, const Channel& channel, const Configuration& configuration, Instant now) {
    Judgement judgement;
    auto& record = judgement.record;
    const auto operation = std::move(submission.operation);
    record.message = message_of(submission, channel, configuration, now);
    record.accept_conflict = channel.conflict == Strictness::warn;

    const auto document = decode(record.message.body, record.message.media_type, channel.v2, configuration.definitions);
    if (!document) {
        record.outcome = to_outcome(document.error());
        record.http_status = kBadRequest;
        read_what_can_be_read(record.message);
        return judgement;
    }
    record.message.message_type = message_type_of(**document);
    judgement.parsed.document = *document;
    judgement.parsed.identity = std::make_shared<const Identity>(identify(**document, channel));
    take_identity(record, *judgement.parsed.identity, channel);
    check(**document, channel, configuration, operation, now, judgement);
    take_number(record, channel);
    judgement.accepted = !record.outcome.has_errors();
    record.http_status = judgement.accepted ? 200 : kUnprocessable;
    return judgement;
}

IntakeMetrics::IntakeMetrics(metrics::Registry& registry, const std::string& channel) {
    const auto counter = [&](const char* result) {
        return &registry.counter("causeway_intake_total", "Messages that came in, by channel and what became of them.",
                                 {{"channel", channel}, {"result", result}});
    };
    accepted = counter("accepted");
    duplicate = counter("duplicate");
    conflict = counter("conflict");
    refused = counter("refused");
    failed = counter("failed");
    seconds = &registry.histogram("causeway_intake_seconds", "From the whole message to its durable commit.",
                                  {{"channel", channel}});
}

void IntakeMetrics::count(Disposition disposition) const {
    switch (disposition) {
        case Disposition::accepted:
            return accepted->add();
        case Disposition::duplicate:
            return duplicate->add();
        case Disposition::conflict:
            return conflict->add();
        case Disposition::refused:
            return refused->add();
    }
}

ChannelIntake::ChannelIntake(std::string channel, MessageStore& store, const IntakeGate& gate, const Clock& clock,
                             metrics::Registry& registry, CurrentConfiguration configuration, Accepted accepted)
    : channel_(std::move(channel)),
      store_(store),
      gate_(gate),
      clock_(clock),
      metrics_(registry, channel_),
      configuration_(std::move(configuration)),
      accepted_(std::move(accepted)) {
}

Async<Verdict> ChannelIntake::accept(Submission submission) {
    if (const double pressure = store_.pressure(); pressure > 0) co_await slow_down(pressure);
    const auto begun = clock_.now();
    const auto configuration = configuration_();
    const auto channel = configuration->channels.find(channel_);
    if (channel == configuration->channels.end())
        co_return fail(Issue::transient, channel_, "This channel is being closed; send again later.", Retry::later,
                       207);
    if (const auto link = link_of(submission, channel->second)) co_return co_await answer_link(*link);
    auto judgement = judge(std::move(submission), channel->second, *configuration, begun);
    const auto numbered = channel->second.sequence == Sequence::off ? std::string() : note_of(judgement.record);
    const auto passed = co_await gate_.pass(judgement.record.message.priority, configuration->engine.intake);
    if (!passed) {
        metrics_.failed->add();
        co_return passed.error();
    }
    // No co_await inside a conditional operator: GCC 12 destroys its operands twice.
    Result<Verdict> verdict = fail(Issue::exception, "", "");
    if (judgement.accepted)
        verdict = co_await store_accepted(std::move(judgement));
    else
        verdict = co_await store_refused(std::move(judgement.record));
    if (verdict) verdict->acknowledged_later = channel->second.acknowledges_later.has_value();
    if (verdict && !verdict->sequence && !numbered.empty()) tell_expected(numbered, *verdict);
    metrics_.seconds->observe(std::chrono::duration<double>(clock_.now() - begun).count());
    co_return verdict;
}

/// Of a message that was not taken, so that its sender knows where the link stands.
void ChannelIntake::tell_expected(const std::string& note, Verdict& verdict) const {
    if (auto expected = expected_on(store_, note)) verdict.sequence = *expected;
}

/// Nothing is taken and nothing is owed. A reset is durable before it is answered.
Async<Verdict> ChannelIntake::answer_link(Link link) {
    Verdict verdict;
    verdict.disposition = Disposition::duplicate;
    verdict.at = clock_.now();
    verdict.message = store_.ids().next(verdict.at);
    if (link.request == LinkRequest::reset) {
        EventDraft event;
        event.at = verdict.at;
        event.kind = "sequence.reset";
        event.actor = "engine";
        event.detail = "{\"channel\":\"" + json_escape(channel_) + "\"}";
        std::function<void(Completion<void>)> start = [&](Completion<void> done) {
            store_.note({link.note, ""}, event, std::move(done));
        };
        const auto written = co_await await_store<void>(std::move(start));
        if (!written) co_return written.error();
    }
    auto expected = expected_on(store_, link.note);
    if (!expected) co_return expected.error();
    verdict.sequence = *expected;
    co_return verdict;
}

Async<Verdict> ChannelIntake::store_accepted(Judgement judgement) {
    const auto message = std::make_shared<Message>(judgement.record.message);
    AcceptedMessage accepted{message, std::move(judgement.parsed), judgement.record.lane};
    std::function<void(Completion<Verdict>)> start = [&](Completion<Verdict> done) {
        store_.accept(std::move(judgement.record), std::move(done));
    };
    auto verdict = co_await await_store<Verdict>(std::move(start));
    if (!verdict) {
        metrics_.failed->add();
        co_return verdict;
    }
    metrics_.count(verdict->disposition);
    if (verdict->disposition == Disposition::accepted) {
        message->id = verdict->message;
        accepted_(std::move(accepted));
    }
    if (verdict->disposition == Disposition::conflict)
        log::warning("message.conflict", {{"channel", channel_}, {"message", verdict->message.text()}});
    co_return verdict;
}

Async<Verdict> ChannelIntake::store_refused(IntakeRecord record) {
    std::function<void(Completion<Verdict>)> start = [&](Completion<Verdict> done) {
        store_.refuse(std::move(record), std::move(done));
    };
    auto verdict = co_await await_store<Verdict>(std::move(start));
    if (verdict)
        metrics_.count(verdict->disposition);
    else
        metrics_.failed->add();
    co_return verdict;
}

Async<Verdict> ChannelIntake::refuse(Submission submission, OperationOutcome why, int http_status) {
    const auto configuration = configuration_();
    const auto channel = configuration->channels.find(channel_);
    if (channel == configuration->channels.end())
        co_return fail(Issue::transient, channel_, "This channel is being closed; send again later.", Retry::later,
                       207);
    IntakeRecord record;
    record.message = message_of(submission, channel->second, *configuration, clock_.now());
    read_what_can_be_read(record.message);
    record.outcome = std::move(why);
    record.http_status = http_status;
    co_return co_await store_refused(std::move(record));
}

}  // namespace causeway::pipeline
