#pragma once
/// What the management API has about looking after the ledger:
///
///   POST /v1/backup {"file": "/absolute/path"}     POST /v1/purge {"dry_run": "yes"}
///   POST /v1/rekey  {}                             GET  /v1/ledger
///
/// The first three are jobs (assurance_pages.hpp).

#include <memory>
#include <string>

#include "api/pages.hpp"
#include "assurance/care.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

bool is_care_job(std::string_view path);

struct CareJob {
    std::string what;
    std::unique_ptr<assurance::Work> work;
};

/// The job that the call asks for.
Result<CareJob> care_job(pipeline::Engine& engine, const Call& call);

/// Sizes and limits.
net::HttpResponse ledger_page(pipeline::Engine& engine, const Call& call);

}  // namespace causeway::api
