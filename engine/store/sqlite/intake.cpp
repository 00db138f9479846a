#include <algorithm>
#include <iterator>

#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/rows.hpp"

namespace causeway::sqlite {
namespace {

struct Earlier {
    Id first;                ///< Of those that have the key; none where there is none.
    std::optional<Id> same;  ///< The one with the same bytes.
};

Earlier find_earlier(WriteContext& context, const Intake& intake) {
    Earlier earlier;
    if (intake.record.duplicate_key.empty()) return earlier;
    Cursor rows = context.db.query(
        "SELECT m.id, m.sha256 FROM duplicate d JOIN message m ON m.id = d.message WHERE d.digest = ? ORDER BY "
        "d.message",
        Bytes{{intake.digest.data(), intake.digest.size()}});
    while (rows.next()) {
        if (!earlier.first) earlier.first = rows.id(0);
        if (rows.bytes(1) == as_view(intake.record.message.body_sha256)) earlier.same = rows.id(0);
    }
    return earlier;
}

Finding reused_id(Severity severity, std::string text) {
    Finding finding;
    finding.severity = severity;
    finding.issue = Issue::duplicate;
    finding.text = std::move(text);
    finding.hl7_code = 205;
    return finding;
}

/// A message as it is about to be stored, and its verdict.
struct Judged {
    Disposition disposition;
    const OperationOutcome& outcome;
    std::string_view outcome_json;
    int http_status;
};

void write_message(WriteContext& context, const Intake& intake, Id id, Instant at, std::int64_t channel,
                   const Judged& judged) {
    static constexpr const char* kInsert =
        "INSERT INTO message (id, disposition, channel, type, media, config, priority, http_status, received_at, "
        "sender,"
        " control_id, sha256, keys, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const Message& m = intake.record.message;
    Names& names = context.names;
    context.db.run(kInsert, id, judged.disposition, channel, names.intern(m.message_type), names.intern(m.media_type),
                   names.intern(m.config_hash), m.priority, judged.http_status, at, m.sender, m.message_control_id,
                   Bytes{as_view(m.body_sha256)}, intake.keys_json, judged.outcome_json);
    context.db.run("INSERT INTO body (message, bytes) VALUES (?, ?)", id, Bytes{m.body.reveal()});
    for (const Key& key : m.keys) context.write_key(key, id);
}

/// Stores the message with its event; an accepted one occupies its key and owes its processing.
Verdict store(WriteContext& context, const Intake& intake, const Judged& judged, std::string_view kind,
              std::string detail) {
    const Message& m = intake.record.message;
    const Instant now = context.clock.now();
    const Instant at = m.received_at == Instant() ? now : m.received_at;
    const Id id = context.ids.next(now);
    const std::int64_t channel = context.names.intern(m.channel);
    const bool accepted = judged.disposition == Disposition::accepted;
    write_message(context, intake, id, at, channel, judged);
    context.count_intake(channel, judged.disposition);
    context.write_event({0, now, std::string(kind), id, accepted ? id : Id{}, {}, std::move(detail)},
                        accepted ? std::optional(State::queued) : std::nullopt);
    if (accepted) {
        if (!intake.record.duplicate_key.empty())
            context.db.run("INSERT INTO duplicate (digest, message) VALUES (?, ?)",
                           Bytes{{intake.digest.data(), intake.digest.size()}}, id);
        Obligation process;
        process.id = process.message = id;
        process.lane = intake.record.lane;
        process.priority = m.priority;
        process.created_at = process.next_attempt_at = now;
        context.write_obligation(process, channel);
    }
    return {judged.disposition, id, at, judged.outcome, judged.http_status, m.config_hash};
}

Verdict store_duplicate(WriteContext& context, const Intake& intake, Id earlier) {
    Verdict verdict;
    verdict.disposition = Disposition::duplicate;
    verdict.message = earlier;
    {
        Cursor row =
            context.db.query("SELECT received_at, outcome, http_status, config FROM message WHERE id = ?", earlier);
        if (!row.next()) throw SqlError(SQLITE_CORRUPT);
        verdict.at = row.instant(0);
        if (!row.text(1).empty()) verdict.outcome = outcome_from_json(row.text(1));
        verdict.http_status = static_cast<int>(row.integer(2));
        verdict.config_hash = context.names.text(row.integer(3));
    }
    context.count_intake(context.names.intern(intake.record.message.channel), Disposition::duplicate);
    context.write_event({0, context.clock.now(), "message.duplicate", earlier, {}, {}, {}});
    return verdict;
}

Verdict store_conflict(WriteContext& context, const Intake& intake, Id earlier) {
    OperationOutcome outcome;
    outcome.add(
        reused_id(Severity::error,
                  "A message with this id and other content was accepted before; send this one under a new id."));
    const std::string json = to_json(outcome);
    return store(context, intake, {Disposition::conflict, outcome, json, 409}, "message.conflict",
                 Detail().add("earlier", earlier.text()).text());
}

Verdict store_reused(WriteContext& context, const Intake& intake, Id earlier) {
    OperationOutcome outcome = intake.record.outcome;
    outcome.add(
        reused_id(Severity::warning,
                  "A message with this id and other content was accepted before; both stand. Use each id once."));
    const std::string json = to_json(outcome);
    return store(context, intake, {Disposition::accepted, outcome, json, intake.record.http_status}, "message.accepted",
                 Detail().add("earlier", earlier.text()).text());
}

}  // namespace

Intake prepare_intake(IntakeRecord record) {
    Intake intake;
    intake.record = std::move(record);
    Message& message = intake.record.message;
    if (message.body_sha256 == Sha256{}) message.body_sha256 = sha256(message.body.reveal());
    if (!intake.record.duplicate_key.empty()) {
        const Sha256 whole = sha256(intake.record.duplicate_key);
        std::copy_n(whole.begin(), intake.digest.size(), intake.digest.begin());
    }
    if (!intake.record.outcome.empty()) intake.outcome_json = to_json(intake.record.outcome);
    intake.keys_json = keys_to_json(message.keys);
    return intake;
}

std::size_t weight(const Intake& intake) {
    return intake.record.message.body.size();
}

Result<Verdict> accept(WriteContext& context, const Intake& intake) {
    if (auto error = context.disk.full()) return *std::move(error);
    const Earlier earlier = find_earlier(context, intake);
    if (earlier.same) return store_duplicate(context, intake, *earlier.same);
    if (earlier.first && !intake.record.accept_conflict) return store_conflict(context, intake, earlier.first);
    if (earlier.first) return store_reused(context, intake, earlier.first);
    const IntakeRecord& record = intake.record;
    return store(context, intake, {Disposition::accepted, record.outcome, intake.outcome_json, record.http_status},
                 "message.accepted", {});
}

Result<Verdict> refuse(WriteContext& context, const Intake& intake) {
    if (auto error = context.disk.full()) return *std::move(error);
    const IntakeRecord& record = intake.record;
    return store(context, intake, {Disposition::refused, record.outcome, intake.outcome_json, record.http_status},
                 "message.refused", {});
}

}  // namespace causeway::sqlite
