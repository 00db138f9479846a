/// Commands that look after the ledger.
#include <filesystem>
#include <iostream>

#include "adapter.hpp"
#include "api/json_object.hpp"
#include "app/commands.hpp"
#include "app/job.hpp"
#include "app/mistakes.hpp"
#include "app/restore.hpp"
#include "assurance/care.hpp"

namespace causeway::app {
namespace {

namespace fs = std::filesystem;

std::string user() {
    const char* const name = std::getenv("USER");
    return name != nullptr && *name != '\0' ? name : "operator";
}

assurance::Care care_of(const StoppedLedger& ledger) {
    return {*ledger.store, ledger.clock, user()};
}

int print_found(const Arguments& arguments, const Result<Found>& found) {
    if (!found) return print_error(found.error());
    std::cout << (arguments.has("--json") ? found->json + '\n' : found->text);
    return kDone;
}

/// As above; the exit status says whether the copy is whole.
int print_copy(const Arguments& arguments, const Result<Found>& found) {
    const int printed = print_found(arguments, found);
    return printed == kDone && found->json.find("\"sound\":true") == std::string::npos ? kProblems : printed;
}

int backup(const Arguments& arguments) {
    const auto file = fs::absolute(arguments.words.front()).string();
    api::JsonText body;
    body.object([&] { body.add("file", file); });
    Job job{"/v1/backup", body.text(), {}};
    job.here = [&](const StoppedLedger& ledger) -> Result<std::unique_ptr<assurance::Work>> {
        auto options = pipeline::ledger_options(ledger.configuration->engine);
        if (!options) return options.error();
        return assurance::make_backup(care_of(ledger), file, std::move(options->keys));
    };
    return print_copy(arguments, run_job(arguments, job));
}

int purge(const Arguments& arguments) {
    const bool count_only = arguments.has("--dry-run");
    api::JsonText body;
    body.object([&] { body.add("dry_run", count_only ? "yes" : "no"); });
    Job job{"/v1/purge", body.text(), {}};
    job.here = [&](const StoppedLedger& ledger) -> Result<std::unique_ptr<assurance::Work>> {
        return assurance::make_purge(care_of(ledger), ledger.configuration->retention(), count_only);
    };
    return print_found(arguments, run_job(arguments, job));
}

int rekey(const Arguments& arguments) {
    if (const auto reloaded = Client(arguments).post_json("/v1/reload", "{}"); reloaded && reloaded->status >= 300)
        return print(reloaded);
    Job job{"/v1/rekey", "{}", {}};
    job.here = [](const StoppedLedger& ledger) -> Result<std::unique_ptr<assurance::Work>> {
        return assurance::make_reseal(care_of(ledger));
    };
    return print_found(arguments, run_job(arguments, job));
}

int ledger(const Arguments& arguments) {
    return print(Client(arguments).get("/v1/ledger"));
}

int restore(const Arguments& arguments) {
    std::vector<config::Mistake> mistakes;
    const auto configuration = pipeline::load_configuration(config_folder(arguments), all_adapters(), mistakes);
    if (!configuration) {
        print_mistakes(std::cerr, mistakes);
        return kProblems;
    }
    auto options = pipeline::ledger_options(configuration->engine);
    if (!options) return print_error(options.error());
    const std::string from = fs::absolute(arguments.words.front()).string(), to = options->file;
    const auto check = restore_ledger(from, std::move(*options));
    if (!check) return print_error(check.error());
    return print_copy(arguments, assurance::render(*check, check->serves() ? to : from));
}

constexpr Option kPurgeOptions[] = {{"--dry-run", "", "Only say what would be removed."}};

}  // namespace

const Command kBackup = {
    "backup",
    "FILE",
    "Copy the ledger into a new file, while the engine runs or when it is stopped, and check the copy.",
    {},
    "  causeway backup /backup/ledger-2026-11-22.db\n"
    "The copy is a ledger itself, encrypted with the same keys; keep these apart from it.\n",
    backup,
};
const Command kRestore = {
    "restore",
    "FILE",
    "Check a backup and make it the ledger; one that is there is never overwritten.",
    {},
    "  causeway restore /backup/ledger-2026-11-22.db\n",
    restore,
};
const Command kPurge = {
    "purge",
    "",
    "Remove what is older than its channel's retention and owed no more; the engine does so itself each day.",
    kPurgeOptions,
    "  causeway purge --dry-run\n",
    purge,
};
const Command kRekey = {
    "rekey",
    "",
    "Read the keys again and seal everything under the newest one, while the engine runs.",
    {},
    "  causeway rekey\n"
    "First put the new key before the old ones in ledger: encryption: of causeway.yaml. When it has ended, the old\n"
    "keys may go from there; backups still need them.\n",
    rekey,
};
const Command kLedger = {
    "ledger", "", "Show the size of the ledger, its limits, and how it is kept.", {}, "  causeway ledger\n", ledger,
};

}  // namespace causeway::app
