#pragma once
/// Incidents and who is told of them.
///
///   GET  /v1/alerts                     POST /v1/alerts/test   {"receiver": "..."}

#include "alerts/watch.hpp"
#include "api/pages.hpp"

namespace causeway::api {

View render(const alerts::Snapshot& snapshot, Instant now);

class AlertPages final : public Pages {
public:
    /// `watch` must outlive it.
    AlertPages(alerts::Watch& watch, const Clock& clock) : watch_(watch), clock_(clock) {}
    bool takes(const Call& call) const override;
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    alerts::Watch& watch_;
    const Clock& clock_;
};

}  // namespace causeway::api
