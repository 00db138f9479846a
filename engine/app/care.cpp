/// Commands that look after the ledger.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "adapter.hpp"
#include "api/json_object.hpp"
#include "app/commands.hpp"
#include "app/job.hpp"
#include "app/mistakes.hpp"
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

Error cannot_restore(const fs::path& file) {
    return fail(Issue::no_store, file.string(), "The copy cannot be written here; check folder, disk and free space.");
}

/// A private copy on stable storage.
Result<void> copy_private(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::remove(to, failed);
    fs::copy_file(from, to, failed);
    if (failed) return cannot_restore(to);
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failed);
    const int descriptor = ::open(to.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return cannot_restore(to);
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced) return cannot_restore(to);
    return {};
}

/// Never replaces a file: a link to a name that exists fails.
Result<void> put_in_place(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::create_hard_link(from, to, failed);
    if (failed) return fail(Issue::conflict, to.string(), "There is a ledger here by now; move it away first.");
    fs::remove(from, failed);
    const int folder = ::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    if (!synced) return cannot_restore(to);
    return {};
}

Result<Found> restore_from(const fs::path& from, LedgerOptions options) {
    const fs::path to = options.file, part = options.file + ".restoring";
    std::error_code error;
    if (fs::exists(to, error))
        return fail(Issue::conflict, to.string(),
                    "There is a ledger here, and it is never overwritten. Stop the engine and move it away first.");
    if (!fs::is_regular_file(from, error)) return fail(Issue::value, from.string(), "There is no such file.");
    fs::create_directories(to.parent_path(), error);
    if (auto copied = copy_private(from, part); !copied) return copied.error();
    options.file = part.string();
    options.min_free_bytes = 0;
    const SystemClock clock;
    const auto check = check_ledger(std::move(options), clock);
    if (!check || !check->sound()) fs::remove(part, error);
    if (!check) return check.error();
    if (check->sound())
        if (auto placed = put_in_place(part, to); !placed) return placed.error();
    return assurance::render(*check, check->sound() ? to.string() : from.string());
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
    return print_copy(arguments, restore_from(fs::absolute(arguments.words.front()), std::move(*options)));
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
