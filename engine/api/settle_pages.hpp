#pragma once
/// Ends what was promised and not kept, where it was dealt with outside.
///
///   POST /v1/settle  {"id": "...", "reason": "..."}                    the broken promises of a message, or one of
///   them POST /v1/settle  {"id": "...", "expectation": "...", "reason": "..."}     what an expectation missed after a
///   message
///
/// Each is an event of the message with who and why.

#include "api/pages.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

class SettlePages final : public Pages {
public:
    explicit SettlePages(pipeline::Engine& engine) : engine_(engine) {}
    bool takes(const Call& call) const override { return call.path == "/v1/settle"; }
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    Async<void> settle_promises(const Call& call, Id id, std::vector<std::string>& settled);
    Async<void> settle_absence(const Call& call, Id id, std::vector<std::string>& settled);
    Async<void> stop(const Call& call, const PathwayClock& clock);
    /// When the absence is told; an Error where there is none yet.
    Result<Instant> due_of(Id message, const std::string& expectation) const;

    pipeline::Engine& engine_;
};

}  // namespace causeway::api
