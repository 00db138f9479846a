#pragma once
/// Looking after the ledger, as work beside the traffic.

#include <memory>
#include <string>
#include <vector>

#include "assurance/job.hpp"
#include "store/check_ledger.hpp"

namespace causeway::assurance {

/// The references outlive the work. What it changed is an event by `who`.
struct Care {
    MessageStore& store;
    const Clock& clock;
    std::string who;
};

/// Copies the ledger into a new file and checks the copy, which `keys` open.
std::unique_ptr<Work> make_backup(Care care, std::string file, seal::KeyRing keys);
/// Removes what retention allows; with `count_only` it only counts.
std::unique_ptr<Work> make_purge(Care care, std::vector<Retention> retention, bool count_only);
/// Removes notes about absences that were settled, where the ledger no longer has the message that made them expected:
/// no report can tell of them any more.
std::unique_ptr<Work> make_note_purge(Care care);
/// Seals everything anew that is not under the newest key.
std::unique_ptr<Work> make_reseal(Care care);

/// What a check found, for a report.
Page render(const LedgerCheck& check, const std::string& file);

/// Who keeps the ledger by itself.
constexpr std::string_view kEngine = "engine";

}  // namespace causeway::assurance
