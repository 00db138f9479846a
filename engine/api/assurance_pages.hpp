#pragma once
/// Pages of the management API about proof. Each is a job of its own thread, so that no engine thread waits for it:
///
///   GET  /v1/reconcile?day=2026-11-21      POST /v1/reconcile  {"day": "...", "channel": "...", "census": "/file.csv",
///                                                               "key": "document", "column": "id"}
///   POST /v1/prove  {"day": "..."}          POST /v1/audit/verify  {"anchor_sequence": N, "anchor_hash": "..."}
///   POST /v1/search {"text": "...", "channel": "...", "from": "2026-11-01", "until": "2026-11-21T12:00:00Z"}
///   GET  /v1/jobs                          GET  /v1/jobs/{id}?after=N
///   POST /v1/jobs/{id}/cancel
///
/// A page waits up to `wait` seconds (20) for its job. Then it answers 200 with what was found, or 202 with the job's
/// id:
/// {"job": "3", "what": "reconcile 2026-11-21", "state": "running", "percent": 40, "result": {...}}.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "api/pages.hpp"
#include "assurance/job.hpp"
#include "assurance/work.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

/// Threads: any.
class AssurancePages final : public Pages {
public:
    explicit AssurancePages(pipeline::Engine& engine) : engine_(engine) {}

    bool takes(const Call& call) const override;
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    Result<std::string> start(const Call& call);
    Result<std::string> start_reconciliation(const Call& call);
    Result<std::string> start_proof(const Call& call);
    Result<std::string> start_audit(const Call& call);
    Result<std::string> start_search(const Call& call);
    Result<assurance::Day> day_of(const Call& call) const;
    assurance::Place place() const;
    boost::asio::awaitable<net::HttpResponse> show(Call call, std::string job);
    net::HttpResponse page_of(const Call& call, const assurance::JobStatus& status) const;
    net::HttpResponse list(const Call& call) const;
    net::HttpResponse cancel(const Call& call);

    pipeline::Engine& engine_;
    std::atomic<int> searches_{0};
    assurance::Jobs jobs_;
};

}  // namespace causeway::api
