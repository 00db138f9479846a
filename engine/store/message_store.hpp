#pragma once
/// The ledger's interface. What it promises is written in engine/store/README.md.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "model/event.hpp"
#include "model/message.hpp"
#include "model/obligation.hpp"
#include "store/seal/key_ring.hpp"

namespace causeway {

/// Called once, on the thread that commits, after the commit that made the result durable (or with the Error that
/// prevented it). It must not block: post the result to where it is needed.
template <class T>
using Completion = std::function<void(Result<T>)>;

/// A message's number on a link where each message has the number after the one before it.
struct Numbered {
    std::string note;         ///< Name of the note that holds the number that is expected next; no note: any.
    std::int64_t number = 0;  ///< From 1.
};

/// Everything that intake knows about a message. The ledger gives the id.
struct IntakeRecord {
    Message message;               ///< Without id.
    std::string duplicate_key;     ///< Empty: never a duplicate. Only accepted messages occupy it.
    bool accept_conflict = false;  ///< Same key with other bytes: accept all the same (with a warning).
    std::string lane;              ///< Lane of the process obligation: messages of one lane are processed in order.
    OperationOutcome outcome;      ///< Warnings, or why it is refused.
    int http_status = 200;
    std::string feed;  ///< Which of the channel's feeds it came on, where those are watched apart; else empty.
    /// Accepted only where its number is the one that is expected; the same transaction counts on. Another is stored as
    /// refused (HL7 207), and the verdict says which is expected. What is a duplicate has been counted already.
    std::optional<Numbered> numbered;
    /// Is an earlier message under the same key, with other bytes, this one all the same, so that it may come again
    /// under the number that is expected? Empty: only the same bytes are. Called on the thread that commits.
    std::function<bool(std::string_view earlier)> is_same;
    /// An operator's new version of this earlier message. The same transaction filters what the earlier one still owes
    /// (rule "amended"); both stay, each with an event that names the other. Issue::conflict while it is in flight, and
    /// where it was amended before: it has one next version. The same bytes again get that as Disposition::duplicate,
    /// without any effect.
    Id amends;
    std::string who, reason;  ///< With `amends`.
};

/// An event to be written with a change; the ledger adds sequence and, where `at` is zero, the time.
using EventDraft = Event;

/// A promise with a moment of warning and one of breach.
struct PathwayClock {
    Id id;
    Id message;        ///< The journey that it belongs to.
    std::string name;  ///< "first-contact".
    std::string owner;
    std::string rule;       ///< "referral-optimisation/3 contact-within-48h".
    std::string stop_when;  ///< FHIRPath over a later message of the same journey that keeps the promise.
    Instant started_at;
    Instant warn_at;
    Instant breach_at;
    enum class State { running, warned, breached, stopped } state = State::running;
};

std::string_view to_code(PathwayClock::State state) noexcept;

/// A change of patient knowledge, written as an event and folded into the projection in the same transaction.
struct PatientChange {
    enum class Kind { known, merged } kind = Kind::known;
    std::vector<Key> identifiers;          ///< kind = identifier system, value = its value; the survivor's in a merge.
    std::vector<Key> retired_identifiers;  ///< merge only.
    std::string patient;                   ///< FHIR Patient JSON; may be empty in a merge.
    Instant effective_at;  ///< When it became true (EVN-6, EVN-2 or MSH-7): older never overwrites newer.
};

/// The second transaction of a message: `process` is replaced by what is owed.
struct Routing {
    Id process;                    ///< The process obligation.
    State end = State::delivered;  ///< delivered: routed; filtered: by `rule`; held: for `owner`.
    std::string owner, cause, rule;
    std::vector<Obligation> obligations;  ///< Ids already given.
    std::vector<EventDraft> events;
    std::vector<Key> keys;  ///< Further keys that enrichment found.
    std::vector<PathwayClock> clocks;
    std::vector<PatientChange> patients;
};

/// How an attempt, or an obligation without one, goes on.
struct Progress {
    Id obligation;
    State state = State::queued;  ///< delivered, held, filtered, or queued for another attempt.
    Instant next_attempt_at;      ///< For queued.
    std::string owner, cause, rule;
    Payload answer;    ///< The peer's answer, kept with the attempt.
    EventDraft event;  ///< attempt.confirmed, attempt.refused, attempt.unknown, attempt.failed, ...
};

/// What an operator does to obligations.
struct OperatorAct {
    enum class Kind {
        hold,
        release,
        cancel,  ///< Filtered by the rule "operator".
        /// Owes the processing once more, under a new id; what the message still owes ends (filtered, rule "replayed"),
        /// but for the acknowledgement that its sender waits for. Issue::conflict while a delivery is in flight, while
        /// it is processed, and where it was amended. Of a delivery: that one and the wait for its answer end so, and
        /// the processing owes its destination alone (facts {"only": "pas"}). Of such a processing that is held: it
        /// alone, likewise.
        replay,
        redirect  ///< Ends the obligation (filtered, rule "redirected") and owes the same to another destination.
    } kind = Kind::hold;
    Id target;        ///< A message (all that it still owes) or one obligation.
    std::string who;  ///< User name of the peer on the management socket.
    std::string reason;
    std::string owner;                         ///< hold: who must act; empty: `who`.
    std::string destination = {};              ///< redirect.
    std::string organisation = {}, lane = {};  ///< redirect: of the new obligation.
};

/// Durable small state of a view (an open incident, a drain rate, a census that was read), written with the event that
/// changed it. Name: "incident/queue-age/pas". An empty value removes it.
struct Note {
    std::string name, value;
};

/// A configuration as it was activated.
struct ConfigRecord {
    std::string hash;  ///< SHA-256 in hexadecimal over the files.
    Instant activated_at;
    std::string files;  ///< JSON object: file name to content.
};

/// An accepted or refused message as the ledger holds it.
struct StoredMessage {
    Message message;
    Disposition disposition = Disposition::accepted;
    OperationOutcome outcome;
    int http_status = 200;
};

/// One attempt with what the peer answered.
struct StoredAnswer {
    Id obligation;
    Instant at;
    Payload answer;
};

/// How an event leaves its obligation.
struct ObligationChange {
    State state = State::queued;
    Instant next_attempt_at;
    bool attempt = false;  ///< It counts as an attempt.
    std::string owner, cause, rule;
};

/// The obligation after the event: the fold of which the obligations table is the projection.
void apply(const ObligationChange& change, Obligation& obligation);

/// An event with all that it changed: what reconciliation, audit and rebuilds read. `created` is there for every
/// obligation that comes into being: "process" too, in the record that has the `intake` of an accepted message.
struct LedgerRecord {
    Event event;
    std::optional<StoredMessage> intake;  ///< accepted, refused, conflict: without its body, `size` instead.
    std::uint64_t size = 0;               ///< Bytes of the body.
    std::optional<Obligation> created;
    std::optional<ObligationChange> change;  ///< Of event.obligation.
    std::optional<PathwayClock> clock;       ///< As it is after the event.
    std::vector<Key> keys;                   ///< Further keys of event.message.
    std::optional<Note> note;
    bool has_answer = false;  ///< A peer's answer is kept with it.
};

/// Which events a scan visits, in their order. Events are in order of sequence; `from` and `until` are by Event::at.
struct ScanRange {
    std::int64_t after = 0;  ///< Sequence.
    Instant from{};          ///< Zero: from the first.
    Instant until = Instant::max();
};

/// What waits and looks alike: one line of `causeway queue` and, where it is held, of `causeway exceptions`.
struct WaitingGroup {
    std::string destination;  ///< "" for processing.
    Duty duty = Duty::process;
    State state = State::queued;
    std::string owner, cause;  ///< Empty unless held or waiting for another attempt.
    std::int64_t count = 0;
    std::int64_t urgent = 0;  ///< Of them, urgent or emergency.
    Instant oldest;           ///< When the oldest was created.
    Instant oldest_urgent;    ///< The same of the urgent ones; zero where there are none.
};

/// Which obligations a list of what waits shows; empty members ask for nothing.
struct WaitingFilter {
    std::string destination;
    bool any_destination = true;
    std::optional<State> state;
    std::string owner, cause;
    Id after;  ///< To page.
    std::size_t limit = 1'000;
};

/// Messages of a channel in an hour, or of one of its feeds.
struct HourCount {
    std::string channel;
    Instant hour;
    std::int64_t accepted = 0, refused = 0;
    std::string feed = {};  ///< Empty: all of the channel.
};

/// The end of the event chain, to be kept elsewhere: a later check sees a cut tail by it.
struct ChainHead {
    std::int64_t sequence = 0;
    Sha256 hash{};
    Instant at;
};

/// Commits whose events retention has removed.
struct RemovedEvents {
    std::int64_t commits = 0, events = 0;
    Instant from, until;  ///< Times of the first and the last of these events.
};

/// What a check of the event chain found.
struct ChainReport {
    struct Fault {
        std::int64_t sequence = 0;  ///< The event, or the first of the commit where it was found.
        std::string what;           ///< "edited", "moved", "removed", "cut tail", in a sentence.
    };
    std::int64_t events = 0;
    RemovedEvents removed;  ///< Of them, by retention: bound by their commits' headers alone.
    ChainHead head;
    std::vector<Fault> faults;
};

/// What a check of the bytes of messages and answers found.
struct BodyReport {
    struct Fault {
        Id message;
        std::int64_t sequence = 0;  ///< The event that they belong to.
        std::string what;
    };
    std::int64_t bodies = 0;   ///< That are as they were stored.
    std::uint64_t bytes = 0;   ///< Of these.
    std::int64_t removed = 0;  ///< By retention.
    std::int64_t fault_count = 0;
    std::vector<Fault> faults;  ///< The first of them.
};

/// What comparing the projections with the events found.
struct ProjectionReport {
    struct Difference {
        Id obligation;
        std::string what;  ///< "the events say held, the table says queued"
    };
    std::int64_t events = 0, obligations = 0;
    std::vector<Difference> differences;
};

/// How long a channel's messages are kept after all that they owe has ended. Zero: for ever.
struct Retention {
    std::string channel;
    Duration bodies{}, events{};
};

struct PurgeReport {
    std::int64_t bodies = 0, events = 0;  ///< Bodies and answers; events.
    std::uint64_t bytes = 0;              ///< As they were stored.
};

/// Called now and then by long work with the part that is done, 0 to 1; false ends the work early, in a state from
/// which it goes on another time.
using Tell = std::function<bool(double part)>;

/// Room for the ledger.
struct SpaceReport {
    std::uint64_t file_bytes = 0;  ///< The file; it does not shrink.
    std::uint64_t used_bytes = 0;  ///< Of it; the rest is used again.
    std::uint64_t disk_free = 0;
    std::uint64_t most_bytes = 0;  ///< The limit on `used_bytes`; 0: none.
    std::uint64_t least_free = 0;  ///< The limit on `disk_free`.
    bool full = false;             ///< New messages are refused.
};

/// A line of `causeway queue`: what waits.
struct Waiting {
    Obligation obligation;
    std::string channel;
    std::string message_type;
    Instant received_at;
};

/// Counts for the balance, by destination ("" for process) and state.
struct Balance {
    struct Row {
        std::string channel, destination;
        std::map<State, std::int64_t> by_state;
    };
    std::vector<Row> rows;
    std::map<std::string, std::map<Disposition, std::int64_t>> intake;  ///< By channel.
};

/// What a list says of one message.
struct MessageSummary {
    Id id;
    std::string channel, sender, message_control_id, message_type;
    Disposition disposition = Disposition::accepted;
    Instant received_at;
    std::map<State, int> obligations;
};

/// The ledger. Threads: every call may be made from any thread. Writes are queued and committed in groups, one after
/// the other; reads see what is committed. An I/O or fsync error of a commit is fatal: the completions get
/// Issue::no_store, on_fatal is called once, and every later write fails the same way (an fsync is never tried again).
class MessageStore {
public:
    virtual ~MessageStore() = default;

    // ---- writes; completions come after the commit
    /// Accepts (message, duplicate key, obligation "process", event), or finds that it is a duplicate or a conflict.
    /// accept() and refuse() fail with Issue::no_store, HL7 207, while less than min_free_bytes of disk are free.
    /// The obligation "process" has the id of its message.
    virtual void accept(IntakeRecord record, Completion<Verdict> done) = 0;
    /// Stores a refused message, with why.
    virtual void refuse(IntakeRecord record, Completion<Verdict> done) = 0;
    virtual void route(Routing routing, Completion<void> done) = 0;
    /// Marks the obligation as in flight: after a crash its outcome is unknown. Where the destination deduplicates, the
    /// caller need not wait for it.
    virtual void start_attempt(Id obligation, Instant at, Completion<void> done) = 0;
    /// Issue::conflict where the obligation has ended, or is held (only an answer that arrives late ends a held one).
    virtual void progress(Progress progress, Completion<void> done) = 0;
    /// Gives the obligations that changed (of a replay the new process obligation comes last). All or nothing;
    /// Issue::conflict where something of it is in flight, or nothing is in a state that the act could change.
    virtual void act(OperatorAct act, Completion<std::vector<Obligation>> done) = 0;
    virtual void activate(ConfigRecord config, Completion<void> done) = 0;
    /// Moves a clock on and writes the event clock.warned, clock.breached or clock.stopped.
    virtual void move_clock(Id clock, PathwayClock::State state, EventDraft event, Completion<void> done) = 0;
    virtual void append(EventDraft event, Completion<void> done) = 0;
    /// Writes the note and its event in one transaction.
    virtual void note(Note note, EventDraft event, Completion<void> done) = 0;

    // ---- reads
    virtual Result<StoredMessage> message(Id id) const = 0;
    virtual Result<Obligation> obligation(Id id) const = 0;
    /// Messages that have the key, newest first. An empty kind searches every kind.
    virtual Result<std::vector<MessageSummary>> find(const Key& key, std::size_t limit) const = 0;
    virtual Result<std::vector<Obligation>> obligations_of(Id message) const = 0;
    virtual Result<std::vector<Event>> events_of(Id message) const = 0;
    /// Sequence of the newest event; 0 in an empty ledger.
    virtual std::int64_t last_sequence() const = 0;
    virtual Result<std::vector<Event>> events_after(std::int64_t sequence, std::size_t limit) const = 0;
    virtual Result<std::vector<StoredAnswer>> answers_of(Id message) const = 0;
    virtual Result<std::vector<PathwayClock>> clocks_of(Id message) const = 0;
    /// Queued, in flight and held obligations by id; `after` and `limit` page through them.
    virtual Result<std::vector<Obligation>> open_obligations(Id after, std::size_t limit) const = 0;
    /// Everything that waits, grouped; costs what there are groups, not what there are obligations.
    virtual Result<std::vector<WaitingGroup>> waiting_groups() const = 0;
    /// Oldest first.
    virtual Result<std::vector<Waiting>> waiting(const WaitingFilter& filter) const = 0;
    virtual Result<std::vector<HourCount>> intake_by_hour(Instant from, Instant until) const = 0;
    /// Notes whose name begins so, by name.
    virtual Result<std::vector<Note>> notes(std::string_view prefix) const = 0;
    /// Visits events in order until `visit` gives false. Runs beside writes and sees what was committed when it began.
    virtual Result<void> scan(const ScanRange& range, const std::function<bool(const LedgerRecord&)>& visit) const = 0;
    /// Visits accepted messages with their bodies, oldest first: the slow search over text.
    virtual Result<void> scan_bodies(Instant from, Instant until,
                                     const std::function<bool(const StoredMessage&)>& visit) const = 0;
    /// Has retention removed events of the message, but not all? What the others leave open has ended.
    virtual Result<bool> is_partial(Id message) const = 0;
    /// What retention has removed of the events from `from` until before `until`.
    virtual Result<RemovedEvents> removed_events(Instant from, Instant until) const = 0;
    /// Every clock that has not stopped, breached ones included: a late message may still stop them.
    virtual Result<std::vector<PathwayClock>> running_clocks() const = 0;
    virtual Result<Balance> balance() const = 0;
    virtual Result<ConfigRecord> config(std::string_view hash) const = 0;
    /// FHIR Patient JSON by identifier; follows merges. Error not_found where nothing is known.
    virtual Result<std::string> patient(const Key& identifier) const = 0;
    /// Rebuilds the patient projection from the events; gives the number of changes folded. Waits for the writer
    /// thread, so never call it from a completion.
    virtual Result<std::size_t> rebuild_patients() = 0;
    /// Checks the hash chain of the events; gives how many there are. Issue::invariant names the first one that was
    /// changed, removed or put in between.
    virtual Result<std::size_t> verify_events() const = 0;
    /// Checks the whole chain, and that it still contains `anchor` (a head that was kept elsewhere). This and
    /// verify_obligations() fail with Issue::processing where `tell` ends them early.
    virtual Result<ChainReport> verify_chain(const std::optional<ChainHead>& anchor, const Tell& tell = {}) const = 0;
    /// Reads every message and answer that is kept, and compares it with its SHA-256 in the events; runs beside writes
    /// and beside a purge.
    virtual Result<BodyReport> verify_bodies(const Tell& tell = {}) const = 0;
    virtual Result<ChainHead> chain_head() const = 0;
    /// Rebuilds the open obligations from the events and compares them with the table.
    virtual Result<ProjectionReport> verify_obligations(const Tell& tell = {}) const = 0;

    // ---- looking after; each runs beside the traffic, in slices, on the calling thread
    /// Removes what is older than its channel's retention and owed no more, and names the commits in an event; with
    /// `count_only` it only says what. Channels that are not named are kept. Headers of blocks stay, so that the chain
    /// can be checked.
    virtual Result<PurgeReport> purge(const std::vector<Retention>& retention, bool count_only = false,
                                      const Tell& tell = {}) = 0;
    /// Copies the ledger as it is at one moment (the end of the copying) into a new file. Issue::conflict where there
    /// is a file already.
    virtual Result<void> backup(const std::string& file, const Tell& tell = {}) = 0;
    /// Issue::login where the ledger holds pieces under a key that is not among these.
    virtual Result<void> check_keys(const seal::KeyRing& keys) const = 0;
    /// What is written from now on is sealed under the newest of these keys; all of them open. No change where
    /// check_keys() fails.
    virtual Result<void> use_keys(seal::KeyRing keys) = 0;
    /// Seals anew what is not sealed under the newest key; gives how many pieces that were.
    virtual Result<std::int64_t> reseal(const Tell& tell = {}) = 0;
    /// See LedgerOptions.
    virtual void set_limits(std::uint64_t most_bytes, std::uint64_t least_free) = 0;
    virtual SpaceReport space() const = 0;
    /// 0 where there is room; rises to 1 as the limits come near, so that intake can slow down before it refuses.
    virtual double pressure() const = 0;
    /// Checks pages and indexes of the file itself. Issue::invariant says what is wrong.
    virtual Result<void> verify_file() const = 0;
    /// Greatest id in the ledger.
    virtual Id last_id() const = 0;
    /// Where ids of obligations and clocks come from; greater than every id in the ledger. Lives as long as the store.
    virtual IdSource& ids() = 0;
};

struct LedgerOptions {
    std::string file;                           ///< SQLite file; its folder must exist.
    std::size_t max_group = 512;                ///< Writes in one commit at most.
    std::uint64_t min_free_bytes = 256u << 20;  ///< Below this much free disk, accept() fails with Issue::no_store.
    /// Kept in FILE.reserve while there is plenty of room, and given back where the ledger could not open without it,
    /// so that an engine starts, and delivers, on a disk that others have filled. 0: none.
    std::uint64_t reserve_bytes = 0;
    std::uint64_t max_bytes = 0;  ///< The same above this much used space in the file; 0: no limit.
    seal::KeyRing keys;           ///< Empty: what is stored is not encrypted.
    /// Called once, on the thread that commits, when a commit has failed; it must not block nor destroy the store.
    std::function<void(const Error&)> on_fatal;
    std::string vfs;  ///< SQLite VFS by name, for fault tests; empty: the system's.
    /// Pages of 4 KiB in the write-ahead log after which the writer checkpoints: often, so that each is short, since
    /// acknowledgements wait meanwhile.
    int checkpoint_pages = 1'000;
    /// With so much waiting for the writer, accept() and refuse() fail at once with Issue::throttled, HL7 207, later.
    std::size_t most_waiting = 50'000;
    std::size_t most_waiting_bytes = 64u << 20;
    /// Messages that come one at a time are committed by the thread that calls accept() or refuse(), within the call:
    /// half the delay. That thread waits for the disk meanwhile, so it must not be the only one that takes messages in.
    bool caller_commits = false;
    /// For simulations: no thread is started. Called once at opening with a function that runs one turn of the writer
    /// on the caller's thread (takes what waits, commits, calls the completions, checkpoints if due) and says whether
    /// there was anything to do; it is valid until the ledger is destroyed, and the destructor runs it until there is
    /// nothing left. Empty: the writer has a thread of its own.
    std::function<void(std::function<bool()> turn)> drive;
};

/// Opens (or creates) a SQLite ledger and takes an exclusive lock on it. `clock` must outlive it. The destructor
/// commits what is queued, calls the completions and lets go of the lock. Errors: Issue::conflict where another engine
/// has it open, Issue::not_supported for a newer schema, Issue::invalid for a file that is no ledger, Issue::no_store
/// where the disk does not serve.
Result<std::unique_ptr<MessageStore>> open_sqlite_ledger(LedgerOptions options, const Clock& clock);

}  // namespace causeway
