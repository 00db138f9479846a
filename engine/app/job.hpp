#pragma once
/// Long work from the command line: by a running engine, or here where none runs.

#include <functional>
#include <memory>
#include <string>

#include "app/client.hpp"
#include "app/ledger.hpp"
#include "assurance/work.hpp"

namespace causeway::app {

/// How a piece of work is asked for in both ways.
struct Job {
    std::string target;  ///< "/v1/reconcile"
    std::string body;    ///< JSON of the POST.
    std::function<Result<std::unique_ptr<assurance::Work>>(const StoppedLedger&)> here;
    std::function<Result<assurance::Page>()> instead = {};  ///< Rather than `here`, without opening the ledger.
};

/// What it found; both forms.
using Found = assurance::Page;

/// Runs it to its end, with progress on standard error where that is a terminal. Errors: what the engine or the ledger
/// says.
Result<Found> run_job(const Arguments& arguments, const Job& job);

/// Prints the Error and gives the exit status for it.
int print_error(const Error& error);

}  // namespace causeway::app
