#include "app/commands.hpp"

#include <array>
#include <cstdlib>

namespace causeway::app {
namespace {

constexpr std::array kCommands = {&kRun,      &kCheck,   &kSchema,     &kTest,     &kSend,      &kStatus, &kFind,
                                  &kJourney,  &kQueue,   &kTap,        &kStats,    &kReplay,    &kHold,   &kRelease,
                                  &kCancel,   &kSettle,  &kReload,     &kUpgrade,  &kReconcile, &kProve,  &kAudit,
                                  &kSearch,   &kJobs,    &kExceptions, &kRedirect, &kAmend,     &kBody,   &kDrain,
                                  &kAlerts,   &kLedger,  &kBackup,     &kRestore,  &kPurge,     &kRekey,  &kFhirPath,
                                  &kValidate, &kConvert, &kProfile,    &kHl7,      &kMap,       &kFmt,    &kCodes};

}  // namespace

std::span<const Command* const> all_commands() {
    return kCommands;
}

std::filesystem::path config_folder(const Arguments& arguments) {
    const char* from_environment = std::getenv("CAUSEWAY_CONFIG");
    return std::filesystem::absolute(arguments.get("--config", from_environment ? from_environment : "conf"));
}

}  // namespace causeway::app
