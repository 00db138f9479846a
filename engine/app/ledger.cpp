#include "app/ledger.hpp"

#include <iostream>

#include "adapter.hpp"
#include "app/commands.hpp"
#include "app/mistakes.hpp"

namespace causeway::app {

Result<pipeline::ConfigurationPtr> load_named_configuration(const Arguments& arguments) {
    std::vector<config::Mistake> mistakes;
    auto configuration = pipeline::load_configuration(config_folder(arguments), all_adapters(), mistakes);
    if (configuration) return configuration;
    print_mistakes(std::cerr, mistakes);
    return fail(Issue::invalid, "configuration", "Mend the configuration first; `causeway check` says what is wrong.");
}

Result<LedgerOptions> existing_ledger(const pipeline::Configuration& configuration) {
    auto options = pipeline::ledger_options(configuration.engine);
    if (!options) return options.error();
    if (std::error_code error; !std::filesystem::exists(options->file, error))
        return fail(Issue::not_found, options->file, "There is no ledger here, and no engine runs: name its --config.");
    return options;
}

Result<std::unique_ptr<StoppedLedger>> open_stopped_ledger(const Arguments& arguments) {
    auto configuration = load_named_configuration(arguments);
    if (!configuration) return configuration.error();
    auto options = existing_ledger(**configuration);
    if (!options) return options.error();
    auto made = std::make_unique<StoppedLedger>();
    made->configuration = std::move(*configuration);
    auto store = open_sqlite_ledger(std::move(*options), made->clock);
    if (!store) return store.error();
    made->store = std::move(*store);
    return made;
}

}  // namespace causeway::app
