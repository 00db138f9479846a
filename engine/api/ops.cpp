#include "api/ops.hpp"

namespace causeway::api {
namespace {

net::HttpResponse plain(int status, std::string body) {
    net::HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = std::move(body);
    return response;
}

/// What the ledger owes, by destination and state, as it stands at this moment.
void count_obligations(pipeline::Engine& engine) {
    const auto balance = engine.store().balance();
    if (!balance) return;
    std::map<metrics::Labels, std::int64_t> counts;
    for (const auto& row : balance->rows)
        for (const auto state : {State::queued, State::in_flight, State::held, State::delivered, State::filtered}) {
            const auto found = row.by_state.find(state);
            // A state that nothing is in any more is said to be 0, else the page would show what was.
            counts[{{"destination", row.destination}, {"state", std::string(to_code(state))}}] +=
                found == row.by_state.end() ? 0 : found->second;
        }
    for (const auto& [labels, count] : counts)
        engine.metrics().gauge("causeway_obligations", "What is owed, by destination and state.", labels).set(count);
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> Operations::handle(net::HttpRequest request) const {
    co_return answer(request);
}

net::HttpResponse Operations::answer(const net::HttpRequest& request) const {
    if (request.method != "GET" && request.method != "HEAD") return plain(405, "Use GET.\n");
    if (request.target == "/livez") return plain(200, "ok\n");
    if (request.target == "/readyz") return engine_.ready() ? plain(200, "ready\n") : plain(503, "not ready\n");
    if (request.target == "/metrics") {
        count_obligations(engine_);
        return plain(200, engine_.metrics().text());
    }
    return plain(404, "There are /livez, /readyz and /metrics.\n");
}

}  // namespace causeway::api
