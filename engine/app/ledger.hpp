#pragma once
/// The ledger of an engine that does not run, for commands that look at it.

#include <memory>

#include "app/command.hpp"
#include "core/time.hpp"
#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::app {

struct StoppedLedger {
    pipeline::ConfigurationPtr configuration;
    std::unique_ptr<MessageStore> store;
    SystemClock clock;
};

/// What opens the ledger of a configuration. Issue::not_found where there is none.
Result<LedgerOptions> existing_ledger(const pipeline::Configuration& configuration);
/// The configuration that the call names; its mistakes are printed.
Result<pipeline::ConfigurationPtr> load_named_configuration(const Arguments& arguments);

/// Opens the ledger of the configuration that the call names. Mistakes of the configuration are printed.
/// Issue::not_found where there is none, Issue::conflict where an engine runs.
Result<std::unique_ptr<StoppedLedger>> open_stopped_ledger(const Arguments& arguments);

}  // namespace causeway::app
