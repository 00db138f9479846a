#pragma once
/// The commands, one file each.

#include <filesystem>

#include "app/command.hpp"

namespace causeway::app {

extern const Command kRun, kCheck, kSchema, kTest, kSend, kFhirPath, kConvert, kProfile, kHl7;
extern const Command kAlerts, kExceptions, kRedirect, kAmend, kBody, kDrain;
extern const Command kStatus, kFind, kJourney, kQueue, kReplay, kHold, kRelease, kCancel, kSettle, kTap, kStats,
    kReload;
extern const Command kReconcile, kProve, kAudit, kSearch, kJobs, kUpgrade;

extern const Command kValidate;

extern const Command kMap, kFmt, kCodes;

extern const Command kBackup, kRestore, kPurge, kRekey, kLedger;

/// The folder of the configuration that a call means.
std::filesystem::path config_folder(const Arguments& arguments);

}  // namespace causeway::app
