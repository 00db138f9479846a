// What the block ledger brings; until then it is refused.
#include "store/sqlite/ledger.hpp"

namespace causeway {
namespace {

Error not_yet() {
    return fail(Issue::not_supported, "ledger", "This ledger does not offer that yet.");
}

}  // namespace

void apply(const ObligationChange& change, Obligation& obligation) {
    obligation.state = change.state;
    obligation.next_attempt_at = change.next_attempt_at;
    obligation.attempts += change.attempt ? 1 : 0;
    obligation.owner = change.owner;
    obligation.cause = change.cause;
    obligation.rule = change.rule;
}

namespace sqlite {

Result<std::vector<WaitingGroup>> SqliteLedger::waiting_groups() const {
    return not_yet();
}
Result<std::vector<HourCount>> SqliteLedger::intake_by_hour(Instant, Instant) const {
    return not_yet();
}
Result<std::vector<Note>> SqliteLedger::notes(std::string_view) const {
    return not_yet();
}
Result<void> SqliteLedger::scan(const ScanRange&, const std::function<bool(const LedgerRecord&)>&) const {
    return not_yet();
}
Result<void> SqliteLedger::scan_bodies(Instant, Instant, const std::function<bool(const StoredMessage&)>&) const {
    return not_yet();
}
Result<ChainReport> SqliteLedger::verify_chain(const std::optional<ChainHead>&) const {
    return not_yet();
}
Result<ChainHead> SqliteLedger::chain_head() const {
    return not_yet();
}
Result<ProjectionReport> SqliteLedger::verify_obligations() const {
    return not_yet();
}
Result<PurgeReport> SqliteLedger::purge(const std::vector<Retention>&) {
    return not_yet();
}
Result<void> SqliteLedger::backup(const std::string&) {
    return not_yet();
}
void SqliteLedger::note(Note, EventDraft, Completion<void> done) {
    done(not_yet());
}

}  // namespace sqlite
}  // namespace causeway
