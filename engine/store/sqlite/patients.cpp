#include "store/sqlite/patients.hpp"

#include <algorithm>

#include "store/record/words.hpp"
#include "store/sqlite/commands.hpp"
#include "store/sqlite/ledger_error.hpp"

namespace causeway::sqlite {
namespace {

using Number = std::int64_t;

// A merge always joins two different ends of chains, so a longer chain than this can only be a damaged file.
constexpr int kLongestChain = 10'000;
constexpr std::string_view kKnown = "patient.known", kMerged = "patient.merged";

/// Follows merges from a record to the one that survived them.
std::optional<Number> survivor_of(Connection& connection, Number patient) {
    for (int step = 0; step < kLongestChain; ++step) {
        Cursor row = connection.query("SELECT survivor FROM patient WHERE id = ?", patient);
        if (!row.next()) return std::nullopt;
        if (row.is_null(0)) return patient;
        patient = row.integer(0);
    }
    return std::nullopt;
}

/// The records that the identifiers lead to, each once, in the order of the identifiers.
std::vector<Number> find_all(WriteContext& context, const std::vector<Key>& identifiers) {
    std::vector<Number> found;
    for (const Key& identifier : identifiers) {
        const auto patient = find_patient(context.db, context.names, identifier);
        if (patient && std::find(found.begin(), found.end(), *patient) == found.end()) found.push_back(*patient);
    }
    return found;
}

bool contains(const std::vector<Number>& numbers, Number one) {
    return std::find(numbers.begin(), numbers.end(), one) != numbers.end();
}

/// Which records a change concerns, worked out before anything is written.
struct Plan {
    std::optional<Number> patient;  ///< The record that it describes; none: a new one.
    std::vector<Number> retired;    ///< Records that are merged into it.
    std::string note;
};

std::string json_of(WriteContext& context, Number patient) {
    Cursor row = context.db.query("SELECT json FROM patient WHERE id = ?", patient);
    return row.next() ? std::string(row.text(0)) : std::string();
}

void note_disagreement(WriteContext& context, const PatientChange& change, Plan& plan) {
    std::string survivor = change.patient;
    if (survivor.empty() && plan.patient) survivor = json_of(context, *plan.patient);
    for (const Number retired : plan.retired) {
        const std::string differs = disagreement(survivor, json_of(context, retired));
        if (!differs.empty()) plan.note = "The retired record differs in " + differs + ".";
    }
}

Plan plan_change(WriteContext& context, const PatientChange& change) {
    Plan plan;
    const auto described = find_all(context, change.identifiers);
    const auto named_retired = find_all(context, change.retired_identifiers);
    // An identifier that both sides of a merge share may lead to the retired record: prefer one that does not.
    for (const Number one : described)
        if (!plan.patient && !contains(named_retired, one)) plan.patient = one;
    if (!plan.patient && !described.empty()) plan.patient = described.front();
    for (const Number one : named_retired)
        if (one != plan.patient) plan.retired.push_back(one);
    if (change.kind == PatientChange::Kind::merged) note_disagreement(context, change, plan);
    const auto others = std::count_if(described.begin(), described.end(),
                                      [&](Number one) { return one != plan.patient && !contains(named_retired, one); });
    if (others > 0 && plan.note.empty()) plan.note = "The identifiers belong to different records; they stay apart.";
    return plan;
}

void link(WriteContext& context, const std::vector<Key>& identifiers, Number patient) {
    for (const Key& identifier : identifiers)
        context.db.run("INSERT OR IGNORE INTO patient_link (system, value, patient) VALUES (?, ?, ?)",
                       context.names.intern(identifier.kind), identifier.value, patient);
}

void fold(WriteContext& context, const PatientChange& change, const Plan& plan, Number sequence) {
    const Number patient = plan.patient.value_or(sequence);
    if (!plan.patient)
        context.db.run("INSERT INTO patient (id, survivor, effective_at, json) VALUES (?, NULL, ?, ?)", patient,
                       change.patient.empty() ? Instant() : change.effective_at, change.patient);
    else if (!change.patient.empty())
        context.db.run(
            "UPDATE patient SET effective_at = ?1, json = ?2 WHERE id = ?3 AND (effective_at <= ?1 OR json = '')",
            change.effective_at, with_practice_of(json_of(context, patient), change.patient), patient);
    for (const Number retired : plan.retired)
        context.db.run("UPDATE patient SET survivor = ? WHERE id = ?", patient, retired);
    link(context, change.identifiers, patient);
    link(context, change.retired_identifiers, patient);
}

/// Takes back what was written since, unless it is to be kept: an event that cannot be read must not leave half of it.
class Undo {
public:
    explicit Undo(WriteContext& context) : context_(context) { context_.db.run("SAVEPOINT before"); }
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    /// Where SQLite cannot do it, the transaction is lost as a whole, as the commit will say.
    ~Undo() {
        sqlite3_exec(context_.db.handle(), kept_ ? "RELEASE before" : "ROLLBACK TO before; RELEASE before", nullptr,
                     nullptr, nullptr);
        if (!kept_) context_.names.forget();
    }
    void keep() { kept_ = true; }

private:
    WriteContext& context_;
    bool kept_ = false;
};

}  // namespace

std::optional<Number> find_patient(Connection& connection, Names& names, const Key& identifier) {
    const auto system = names.find(identifier.kind);
    if (!system) return std::nullopt;
    Number patient = 0;
    {
        Cursor row = connection.query("SELECT patient FROM patient_link WHERE system = ? AND value = ?", *system,
                                      identifier.value);
        if (!row.next()) return std::nullopt;
        patient = row.integer(0);
    }
    return survivor_of(connection, patient);
}

void record_patient(WriteContext& context, const PatientChange& change, Id message) {
    if (change.identifiers.empty()) return;  // Nothing would ever lead to it.
    const Plan plan = plan_change(context, change);
    const bool merged = change.kind == PatientChange::Kind::merged;
    const std::int64_t sequence = context.write(
        {0, {}, std::string(merged ? kMerged : kKnown), message, {}, {}, change_to_json(change, plan.note)});
    fold(context, change, plan, sequence);
}

Result<std::size_t> rebuild_patients(WriteContext& context, const Rebuild&) {
    if (Cursor purged = context.db.query("SELECT 1 FROM block WHERE purged >= ? LIMIT 1", kEventsPurged); purged.next())
        return fail(
            Issue::conflict, "ledger",
            "Events that patient knowledge came from were removed when their retention ended; it cannot be rebuilt.");
    Undo undo(context);
    context.db.run("DELETE FROM patient_link");
    context.db.run("DELETE FROM patient");
    std::size_t count = 0;
    const auto again = [&](const record::RecordView& view) {
        const std::string_view kind = record::kind_of_number(view.kind);
        if (kind != kKnown && kind != kMerged) return true;
        const Event event = take(record::decode(view)).record.event;
        const PatientChange change =
            change_from_json(event.detail, kind == kMerged ? PatientChange::Kind::merged : PatientChange::Kind::known);
        fold(context, change, plan_change(context, change), event.sequence);
        ++count;
        return true;
    };
    Blocks& blocks = context.history.blocks;
    for (auto header = blocks.from(1); header; header = blocks.from(header->number + 1)) blocks.visit(*header, again);
    undo.keep();
    return count;
}

}  // namespace causeway::sqlite
