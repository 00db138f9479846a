/// Commands that prove what became of messages.
#include <filesystem>
#include <iostream>

#include "api/json_object.hpp"
#include "app/commands.hpp"
#include "app/job.hpp"

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

}  // namespace causeway::app
