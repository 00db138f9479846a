/// Commands that prove what became of messages.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "api/json_object.hpp"
#include "app/commands.hpp"
#include "app/job.hpp"
#include "core/digest.hpp"
#include "store/verify_file.hpp"

namespace causeway::app {
namespace {

assurance::Place place_of(const StoppedLedger& ledger) {
    return {*ledger.store, ledger.clock, ledger.configuration};
}

std::string absolute(const std::string& file) {
    return file.empty() ? file : std::filesystem::absolute(file).string();
}

Result<assurance::Day> day_of(const Arguments& arguments, const StoppedLedger& ledger) {
    const auto day = assurance::parse_day(arguments.get("--day", "yesterday"),
                                          assurance::zone_of(*ledger.configuration), ledger.clock.now());
    if (!day) return fail(Issue::value, "--day", "Write the day as 2026-11-21, today or yesterday.");
    return *day;
}

assurance::ReconcileOptions options_of(const Arguments& arguments) {
    assurance::ReconcileOptions options;
    if (arguments.has("--census"))
        options.census[arguments.get("--channel")] = {absolute(arguments.get("--census")), arguments.get("--key"),
                                                      arguments.get("--column")};
    return options;
}

/// Prints what was found; problems make the exit status 1.
int print_found(const Arguments& arguments, const Result<Found>& found, const char* good) {
    if (!found) return print_error(found.error());
    std::cout << (arguments.has("--json") ? found->json + '\n' : found->text);
    const api::JsonObject json(found->json);
    const auto member = json.document().FindMember(good);
    return member != json.document().MemberEnd() && member->value.IsTrue() ? kDone : kProblems;
}

int reconcile(const Arguments& arguments) {
    if (arguments.has("--census") && !arguments.has("--channel")) {
        std::cerr << "causeway: name the channel whose census this is, with --channel.\n";
        return kUsage;
    }
    api::JsonText body;
    body.object([&] {
        body.add("day", arguments.get("--day", "yesterday"))
            .add_if("census", absolute(arguments.get("--census")))
            .add_if("channel", arguments.get("--channel"))
            .add_if("key", arguments.get("--key"))
            .add_if("column", arguments.get("--column"));
    });
    Job job{"/v1/reconcile", body.text(), {}};
    job.here = [&](const StoppedLedger& ledger) -> Result<std::unique_ptr<assurance::Work>> {
        const auto day = day_of(arguments, ledger);
        if (!day) return day.error();
        return assurance::make_reconciliation(place_of(ledger), *day, options_of(arguments));
    };
    return print_found(arguments, run_job(arguments, job), "clean");
}

constexpr Option kReconcileOptions[] = {
    {"--day", "DAY", "2026-11-21, today or yesterday (default: yesterday), in the configured zone."},
    {"--census", "FILE", "Compare with the ids in this file (CSV, or FHIR where it ends in .json)."},
    {"--channel", "NAME", "The channel whose census it is."},
    {"--key", "KIND", "Kind of key that the ids are: control-id, document, ubrn (default: as configured)."},
    {"--column", "NAME", "Heading of the column with the ids (default: as configured, else the first)."},
};

Result<std::string> read_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in && text.empty()) return fail(Issue::value, file, "This file cannot be read: see its name and rights.");
    return text;
}

/// The file's statement, with its signature checked against --key where that is given.
Result<assurance::Statement> read_statement(const Arguments& arguments, const std::string& file) {
    const auto text = read_file(file);
    if (!text) return text.error();
    std::optional<assurance::PublicKey> key;
    if (arguments.has("--key")) {
        const auto pem = read_file(arguments.get("--key"));
        if (!pem) return pem.error();
        auto read = assurance::PublicKey::from_pem(*pem);
        if (!read) return read.error();
        key = std::move(*read);
    }
    return assurance::verify_statement(*text, key);
}

/// A damaged ledger may be past opening.
Result<assurance::Page> audit_file(const Arguments& arguments, const std::optional<ChainHead>& anchor) {
    const auto configuration = load_named_configuration(arguments);
    if (!configuration) return configuration.error();
    const auto options = existing_ledger(**configuration);
    if (!options) return options.error();
    const auto report = verify_sqlite_file(*options, anchor);
    if (!report) return report.error();
    return assurance::audit_page(*report, anchor.has_value());
}

Job audit_job(const Arguments& arguments, const std::optional<ChainHead>& anchor) {
    api::JsonText body;
    body.object([&] {
        if (!anchor) return;
        body.add("anchor_sequence", std::to_string(anchor->sequence));
        body.add("anchor_hash", to_hex(as_view(anchor->hash)));
    });
    Job job{"/v1/audit/verify", body.text(), {}};
    job.instead = [&arguments, anchor] { return audit_file(arguments, anchor); };
    return job;
}

/// A statement that is wrong is a problem found, not a wrong call.
int print_unverified(const Error& error) {
    if (error.issue == Issue::value) return print_error(error);
    std::cerr << "causeway: " << to_string(error) << '\n';
    return kProblems;
}

int audit(const Arguments& arguments) {
    if (arguments.words.front() != "verify") {
        std::cerr << "causeway: write `causeway audit verify`.\n";
        return kUsage;
    }
    std::optional<ChainHead> anchor;
    if (arguments.has("--anchor")) {
        const auto statement = read_statement(arguments, arguments.get("--anchor"));
        if (!statement) return print_unverified(statement.error());
        anchor = statement->head;
    }
    return print_found(arguments, run_job(arguments, audit_job(arguments, anchor)), "sound");
}

void print_statement(const Arguments& arguments, const assurance::Statement& statement) {
    if (arguments.has("--json")) {
        api::JsonText json;
        json.object([&] {
            json.add("verified", true).add("day", statement.day).add("sound", statement.sound);
            json.add("key_id", statement.key_id).add("sha256", statement.hash);
            json.add_if("previous_sha256", statement.previous_hash);
        });
        std::cout << json.text() << '\n';
        return;
    }
    std::cout << "The statement of " << statement.day << " is as it was signed with key " << statement.key_id
              << (arguments.has("--key") ? ", which is the one that you gave.\n"
                                         : ", which is inside it: give --key to see who signed.\n")
              << (statement.sound ? "It says that the day balances and the event log is whole.\n"
                                  : "IT SAYS THAT THE DAY DOES NOT BALANCE, OR THAT THE LOG IS BROKEN.\n")
              << "SHA-256 " << statement.hash
              << (statement.previous_hash.empty() ? ", the first of its chain" : ", after " + statement.previous_hash)
              << '\n';
}

int verify(const Arguments& arguments) {
    const auto statement = read_statement(arguments, arguments.get("--verify"));
    if (!statement) return print_unverified(statement.error());
    print_statement(arguments, *statement);
    const int said = statement->sound ? kDone : kProblems;
    if (!arguments.has("--ledger")) return said;
    return std::max(said, print_found(arguments, run_job(arguments, audit_job(arguments, statement->head)), "sound"));
}

/// The file of the statement's own text, out of what the job found.
Result<void> write_out(const Arguments& arguments, const Found& found) {
    const api::JsonObject json(found.json);
    const auto text = read_file(json.text("file"));
    if (!text) return text.error();
    std::ofstream out(arguments.get("--out"), std::ios::binary | std::ios::trunc);
    out << *text;
    if (out.flush()) return {};
    return fail(Issue::no_store, arguments.get("--out"), "This file cannot be written: see its folder's rights.");
}

int prove(const Arguments& arguments) {
    if (arguments.has("--verify")) return verify(arguments);
    api::JsonText body;
    body.object([&] { body.add("day", arguments.get("--day", "yesterday")); });
    Job job{"/v1/prove", body.text(), {}};
    job.here = [&](const StoppedLedger& ledger) -> Result<std::unique_ptr<assurance::Work>> {
        const auto day = day_of(arguments, ledger);
        if (!day) return day.error();
        return assurance::make_proof(place_of(ledger), *day);
    };
    const auto found = run_job(arguments, job);
    if (found && arguments.has("--out"))
        if (const auto written = write_out(arguments, *found); !written) return print_error(written.error());
    return print_found(arguments, found, "sound");
}

/// Hits make the exit status 0, as find does.
int search(const Arguments& arguments) {
    api::JsonText body;
    body.object([&] {
        body.add("text", arguments.words.front())
            .add_if("channel", arguments.get("--channel"))
            .add_if("from", arguments.get("--from"))
            .add_if("until", arguments.get("--until"));
    });
    Job job{"/v1/search", body.text(), {}};
    job.here = [&](const StoppedLedger& ledger) -> Result<std::unique_ptr<assurance::Work>> {
        auto question =
            assurance::question_of(arguments.words.front(), arguments.get("--channel"), arguments.get("--from"),
                                   arguments.get("--until"), assurance::zone_of(*ledger.configuration));
        if (!question) return question.error();
        return assurance::make_text_search(place_of(ledger), std::move(*question));
    };
    const auto found = run_job(arguments, job);
    if (!found) return print_error(found.error());
    std::cout << (arguments.has("--json") ? found->json + '\n' : found->text);
    return api::JsonObject(found->json).text("found") == "0" ? kProblems : kDone;
}

int jobs(const Arguments& arguments) {
    const Client client(arguments);
    if (arguments.words.empty()) return print(client.get("/v1/jobs"));
    const auto page = "/v1/jobs/" + arguments.words.front();
    return print(arguments.has("--cancel") ? client.post(page + "/cancel", "{}") : client.get(page + "?wait=0"));
}

constexpr Option kProveOptions[] = {
    {"--day", "DAY", "2026-11-21, today or yesterday (default: yesterday), in the configured zone."},
    {"--out", "FILE", "Write the statement here, too; the state folder keeps every one."},
    {"--verify", "FILE", "Check a statement instead: needs no engine, no ledger and no configuration."},
    {"--key", "FILE", "With --verify: the public key (PEM) of who must have signed."},
    {"--ledger", "", "With --verify: the ledger of this configuration must still contain what was signed."},
};
constexpr Option kAuditOptions[] = {
    {"--anchor", "FILE", "A statement whose head of the chain must still be in the log."},
    {"--key", "FILE", "The public key (PEM) of who must have signed it."},
};
constexpr Option kSearchOptions[] = {
    {"--from", "WHEN", "Messages received from this day or moment on."},
    {"--until", "WHEN", "Up to and including this day, or until this moment."},
    {"--channel", "NAME", "Only of this channel."},
};
constexpr Option kJobsOptions[] = {{"--cancel", "", "End this job."}};

}  // namespace

const Command kReconcile = {
    "reconcile",
    "",
    "Prove the balance of a day: in = delivered + filtered + held + queued; what is missing, silent or absent.",
    kReconcileOptions,
    "  causeway reconcile --day yesterday\n"
    "  causeway reconcile --day 2026-11-21 --json\n"
    "  causeway reconcile --day 2026-11-21 --channel hospital-letters --census sent.csv --key document --column id\n"
    "Exit status 1 where something does not balance, or is missing, silent or absent.\n",
    reconcile,
};

const Command kProve = {
    "prove",
    "",
    "Sign a statement of a day, or check one anywhere.",
    kProveOptions,
    "  causeway prove --day 2026-11-21 --out statement.json\n"
    "  causeway prove --verify statement.json --key signing-key.pub.pem\n"
    "The public key is STATE/statements/signing-key.pub.pem. Exit status 1 where the signature does not fit,\n"
    "or the statement says that something is wrong.\n",
    prove,
};

const Command kAudit = {
    "audit",
    "verify",
    "Check the hash chain of the event log: finds an edit, a move, a removal and (with an anchor) a cut tail.",
    kAuditOptions,
    "  causeway audit verify\n"
    "  causeway audit verify --anchor statement.json\n"
    "Works with a running engine, and on the ledger of a stopped one. Exit status 1 where the chain is broken.\n",
    audit,
};

const Command kSearch = {
    "search",
    "TEXT",
    "Look for text in the bodies of messages: slow, in the background; see find for keys.",
    kSearchOptions,
    "  causeway search \"left knee\" --from 2026-11-01 --until 2026-11-21\n"
    "Exit status 1 where nothing is found. Letters are found in any case; of documents inside base64, plain "
    "text, RTF,\nHTML and CDA are looked into, PDF is not.\n",
    search,
};

const Command kJobs = {
    "jobs",
    "[ID]",
    "List the long jobs of a running engine, show what one has found so far, or end it.",
    kJobsOptions,
    "  causeway jobs\n  causeway jobs 3 --cancel\n",
    jobs,
};

}  // namespace causeway::app
