#include "api/assurance_pages.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/care_pages.hpp"
#include "core/text.hpp"

namespace causeway::api {

namespace asio = boost::asio;

namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr std::int64_t kUsualWait = 20, kLongestWait = 30;
constexpr std::string_view kJobs = "/v1/jobs/";
constexpr std::string_view kCancel = "/cancel";

void write(JsonText& json, const assurance::JobStatus& status) {
    json.add("job", status.id)
        .add("what", status.what)
        .add("state", to_code(status.state))
        .add("percent", static_cast<std::int64_t>(status.progress * 100));
}

std::string line_of(const assurance::JobStatus& status) {
    return "job " + status.id + ", " + status.what + ": " + std::string(to_code(status.state)) + ", " +
           std::to_string(static_cast<int>(status.progress * 100)) + "%\n";
}

Error no_such_job() {
    return fail(Issue::not_found, "job", "There is no such job, or it is too long ago; see /v1/jobs.");
}

/// "3" of "/v1/jobs/3" and "/v1/jobs/3/cancel".
std::string job_of(std::string_view path) {
    path.remove_prefix(std::min(kJobs.size(), path.size()));
    return std::string(path.substr(0, path.find('/')));
}

}  // namespace

bool AssurancePages::takes(const Call& call) const {
    if (is_care_job(call.path) || call.path == "/v1/ledger") return true;
    const auto& path = call.path;
    return path == "/v1/reconcile" || path == "/v1/prove" || path == "/v1/audit/verify" || path == "/v1/search" ||
           path == "/v1/jobs" || path.starts_with(kJobs);
}

asio::awaitable<net::HttpResponse> AssurancePages::answer(Call call) {
    if (call.path == "/v1/ledger") co_return ledger_page(engine_, call);
    if (call.path == "/v1/jobs") co_return list(call);
    if (call.path.starts_with(kJobs) && call.path.ends_with(kCancel)) co_return cancel(call);
    auto job = call.path.starts_with(kJobs) ? Result<std::string>(job_of(call.path)) : start(call);
    if (!job) co_return respond(call.as_text, job.error());
    co_return co_await show(std::move(call), std::move(*job));
}

assurance::Place AssurancePages::place() const {
    return {engine_.store(), engine_.clock(), engine_.configuration()};
}

Result<std::string> AssurancePages::start(const Call& call) {
    if (is_care_job(call.path)) {
        auto job = care_job(engine_, call);
        if (!job) return job.error();
        return jobs_.start(std::move(job->what), std::move(job->work));
    }
    if (call.path == "/v1/reconcile") return start_reconciliation(call);
    if (call.method != "POST") return fail(Issue::not_supported, call.path, "Use POST: this starts a job.");
    if (call.path == "/v1/prove") return start_proof(call);
    return call.path == "/v1/search" ? start_search(call) : start_audit(call);
}

Result<assurance::Day> AssurancePages::day_of(const Call& call) const {
    const auto text = call.method == "POST" ? call.body.text("day") : call.parameter("day");
    const auto day = assurance::parse_day(text.empty() ? "yesterday" : text,
                                          assurance::zone_of(*engine_.configuration()), engine_.clock().now());
    if (!day) return fail(Issue::value, "day", "Write the day as 2026-11-21, today or yesterday.");
    return *day;
}

Result<std::string> AssurancePages::start_reconciliation(const Call& call) {
    const auto day = day_of(call);
    if (!day) return day.error();
    assurance::ReconcileOptions options;
    auto what = "reconcile " + day->text();
    if (const auto file = call.body.text("census"); !file.empty()) {
        const auto channel = call.body.text("channel");
        if (!engine_.configuration()->channels.contains(channel))
            return fail(Issue::not_found, "channel",
                        "Name the channel that the census is of; there is none so called.");
        options.census[channel] = {file, call.body.text("key"), call.body.text("column")};
        what += " with a census of " + channel;
    }
    return jobs_.start(std::move(what), assurance::make_reconciliation(place(), *day, std::move(options)));
}

Result<std::string> AssurancePages::start_proof(const Call& call) {
    const auto day = day_of(call);
    if (!day) return day.error();
    return jobs_.start("prove " + day->text(), assurance::make_proof(place(), *day));
}

Result<std::string> AssurancePages::start_audit(const Call& call) {
    const auto anchor = assurance::anchor_of(call.body.text("anchor_sequence"), call.body.text("anchor_hash"));
    if (!anchor) return anchor.error();
    return jobs_.start("audit verify", assurance::make_audit(place(), *anchor));
}

/// The text may name a patient: it comes in the body, and the list of jobs does not say it.
Result<std::string> AssurancePages::start_search(const Call& call) {
    const auto question =
        assurance::question_of(call.body.text("text"), call.body.text("channel"), call.body.text("from"),
                               call.body.text("until"), assurance::zone_of(*engine_.configuration()));
    if (!question) return question.error();
    return jobs_.start("search " + std::to_string(++searches_), assurance::make_text_search(place(), *question));
}

asio::awaitable<net::HttpResponse> AssurancePages::show(Call call, std::string job) {
    const auto wait = std::clamp<std::int64_t>(call.number("wait", kUsualWait), 0, kLongestWait);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(wait);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        const auto status = jobs_.status(job);
        if (!status) co_return respond(call.as_text, no_such_job());
        if (status->ended() || std::chrono::steady_clock::now() >= until || !engine_.ready())
            co_return page_of(call, *status);
        timer.expires_after(kPoll);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

net::HttpResponse AssurancePages::page_of(const Call& call, const assurance::JobStatus& status) const {
    if (status.error) return respond(call.as_text, *status.error);
    const auto after = static_cast<std::size_t>(std::max<std::int64_t>(call.number("after", 0), 0));
    const auto page = jobs_.page(status.id, after).value_or(assurance::Page());
    JsonText json;
    json.object([&] {
        write(json, status);
        if (!page.json.empty()) json.add_raw("result", page.json);
    });
    const bool done = status.state == assurance::JobStatus::State::done;
    return respond(done || status.ended() ? 200 : 202, call.as_text,
                   {json.text(), done ? page.text : page.text + line_of(status)});
}

net::HttpResponse AssurancePages::list(const Call& call) const {
    JsonText json;
    std::string text;
    json.object([&] {
        json.array("jobs", [&] {
            for (const auto& status : jobs_.all()) {
                json.object([&] { write(json, status); });
                text += line_of(status);
            }
        });
    });
    return respond(200, call.as_text, {json.text(), text.empty() ? "No jobs.\n" : text});
}

net::HttpResponse AssurancePages::cancel(const Call& call) {
    if (call.method != "POST")
        return respond(call.as_text, fail(Issue::not_supported, call.path, "Use POST: this ends a job."));
    const auto id = job_of(call.path);
    if (!jobs_.cancel(id)) return respond(call.as_text, no_such_job());
    return page_of(call, *jobs_.status(id));
}

}  // namespace causeway::api
