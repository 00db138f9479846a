#pragma once
/// What operators see and do besides: the queue in groups, rates of draining, new versions of messages.
///
///   GET  /v1/queue?list=1&limit=N&destination=NAME
///   GET  /v1/drain                          POST /v1/drain   {"destination": "pas", "rate": "20/s", "reason": "..."}
///   POST /v1/amend  {"id": "...", "body": "<base64>", "reason": "...", "preview": true}
///
/// An empty rate ends a drain rate.

#include "api/pages.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

/// What waits, by destination, state and cause; `rates` are the chosen ones.
View render(const std::vector<WaitingGroup>& groups, const std::map<std::string, double>& rates, Instant now);
View render_drain(const std::map<std::string, double>& rates);

class OperatorPages final : public Pages {
public:
    explicit OperatorPages(pipeline::Engine& engine) : engine_(engine) {}
    bool takes(const Call& call) const override;
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    net::HttpResponse queue(const Call& call) const;
    boost::asio::awaitable<net::HttpResponse> drain(Call call);
    boost::asio::awaitable<net::HttpResponse> amend(Call call);

    pipeline::Engine& engine_;
};

}  // namespace causeway::api
