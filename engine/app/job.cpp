#include "app/job.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "api/json_object.hpp"

namespace causeway::app {
namespace {

constexpr int kNothingEnded = 202;

/// A line on a terminal that shows how far the work is.
class ProgressLine {
public:
    ~ProgressLine() {
        if (shown_) std::cerr << "\r    \r" << std::flush;
    }
    void show(std::int64_t percent) {
        if (!terminal_) return;
        shown_ = true;
        std::cerr << '\r' << percent << '%' << std::flush;
    }

private:
    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool shown_ = false;
};

std::string member(const rapidjson::Document& json, const char* name) {
    const auto found = json.FindMember(name);
    if (found == json.MemberEnd()) return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    found->value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

Error error_of(const Reply& reply) {
    const api::JsonObject json(reply.body);
    const auto issue = reply.status == 400 || reply.status == 404 ? Issue::value : Issue::processing;
    return fail(issue, json.text("where"), json.text("error"));
}

Result<Found> run_there(const Client& client, Reply reply, const Arguments& arguments) {
    ProgressLine line;
    for (;;) {
        if (reply.status >= 300) return error_of(reply);
        const api::JsonObject json(reply.body);
        const auto page = "/v1/jobs/" + json.text("job");
        if (reply.status != kNothingEnded) {
            if (arguments.has("--json")) return Found{member(json.document(), "result"), {}};
            auto text = client.get(page);
            if (!text) return text.error();
            return Found{member(json.document(), "result"), std::move(text->body)};
        }
        line.show(std::stoll("0" + json.text("percent")));
        auto next = client.get_json(page + "?wait=1");
        if (!next) return next.error();
        reply = std::move(*next);
    }
}

Result<Found> run_here(assurance::Work& work) {
    assurance::Progress progress;
    std::atomic<bool> ended{false};
    std::thread watch([&] {
        ProgressLine line;
        for (int i = 0; !ended; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(20)))
            if (i % 25 == 24) line.show(static_cast<std::int64_t>(progress.part() * 100));
    });
    auto ran = work.run(progress);
    ended = true;
    watch.join();
    if (!ran) return ran.error();
    return work.page(0);
}

}  // namespace

Result<Found> run_job(const Arguments& arguments, const Job& job) {
    const Client client(arguments);
    if (auto reply = client.post_json(job.target + "?wait=1", job.body))
        return run_there(client, std::move(*reply), arguments);
    if (job.instead) return job.instead();
    const auto ledger = open_stopped_ledger(arguments);
    if (!ledger) return ledger.error();
    const auto work = job.here(**ledger);
    if (!work) return work.error();
    return run_here(**work);
}

int print_error(const Error& error) {
    std::cerr << "causeway: " << to_string(error) << '\n';
    if (error.issue == Issue::value || error.issue == Issue::required) return kUsage;
    if (error.issue == Issue::not_found || error.issue == Issue::transient) return kUnreachable;
    return kFailed;
}

}  // namespace causeway::app
