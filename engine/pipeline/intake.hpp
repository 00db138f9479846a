#pragma once
/// What every message passes before it is acknowledged: decode, check, accept in one transaction. Only rules that need
/// no enrichment; no network.

#include <functional>
#include <string>

#include "adapter.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/intake_gate.hpp"
#include "pipeline/recent_messages.hpp"
#include "pipeline/sequence_link.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// The judgement on a submission, before the ledger hears of it.
struct Judgement {
    IntakeRecord record;
    bool accepted = false;
    Parsed parsed;  ///< Where it could be decoded.
};

/// A message that is durable and owes its processing.
struct AcceptedMessage {
    MessagePtr message;
    Parsed parsed;
    std::string lane;
};

/// Decodes and checks. Pure: the same bytes, channel, configuration and time give the same judgement.
Judgement judge(Submission submission, const Channel& channel, const Configuration& configuration, Instant now);

/// Counts of one channel for /metrics.
struct IntakeMetrics {
    explicit IntakeMetrics(metrics::Registry& registry, const std::string& channel);
    metrics::Counter *accepted, *duplicate, *conflict, *refused, *failed;
    metrics::Histogram* seconds;
    void count(Disposition disposition) const;
};

/// One channel's way into the ledger. Threads: any.
class ChannelIntake final : public Intake {
public:
    using CurrentConfiguration = std::function<ConfigurationPtr()>;
    /// Told of every accepted message after the commit: its process obligation is due.
    using Accepted = std::function<void(AcceptedMessage accepted)>;

    ChannelIntake(std::string channel, MessageStore& store, const IntakeGate& gate, const Clock& clock,
                  metrics::Registry& registry, CurrentConfiguration configuration, Accepted accepted);

    /// What a sender asks of its link.
    struct Link {
        LinkRequest request = LinkRequest::ask;
        std::string note;
    };

    Async<Verdict> accept(Submission submission) override;
    Async<Verdict> refuse(Submission submission, OperationOutcome why, int http_status) override;

private:
    Async<Verdict> store_accepted(Judgement judgement);
    Async<Verdict> store_refused(IntakeRecord record);
    Async<Verdict> answer_link(Link link);
    void tell_expected(const std::string& note, Verdict& verdict) const;

    const std::string channel_;
    MessageStore& store_;
    const IntakeGate& gate_;
    const Clock& clock_;
    const IntakeMetrics metrics_;
    const CurrentConfiguration configuration_;
    const Accepted accepted_;
};

/// The lane of the process obligation: the channel and every patient that the message names.
std::string process_lane(const std::string& channel, const std::vector<std::string>& patients);

/// Several lanes in one text: an obligation waits for its turn in each (a merge holds the lanes of both patients).
inline constexpr char kLaneSeparator = '\x1f';

}  // namespace causeway::pipeline
