#pragma once
/// What happens to one request: who calls, what is asked, whom it goes to.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter.hpp"
#include "adapters/fhir_listener/negotiation.hpp"
#include "adapters/fhir_listener/rate_limit.hpp"
#include "core/adapter_metrics.hpp"
#include "net/http.hpp"
#include "net/token.hpp"

namespace causeway::fhir_listener {

struct EndpointOptions {
    std::string base;                          ///< "/fhir", without a slash at its end.
    std::shared_ptr<net::TokenChecker> token;  ///< Null: none is asked for.
    std::vector<std::string> clients;          ///< Who may call; empty: whoever is authenticated.
    double rate = 0;                           ///< Requests a second and client; 0: any.
    net::HttpLimits limits;
};

/// Threads: any; a request runs on its connection's strand. Lifetime: outlives the sessions that use it.
class Endpoint {
public:
    Endpoint(InboundContext context, EndpointOptions options)
        : metrics(context.metrics, context.channel),
          context_(std::move(context)),
          options_(std::move(options)),
          rate_(options_.rate) {}

    /// Who sends this request over a connection whose certificate has `subject`: once a request, for a token may count
    /// once only.
    Async<Client> authenticate(const net::HttpRequest& request, const std::string& subject);
    /// Answers one request of that client, or says why it is none.
    boost::asio::awaitable<net::HttpResponse> answer(net::HttpRequest request, Result<Client> client);
    /// Says why there is none, before the body of the request was read.
    net::HttpResponse turn_away(const net::HttpRequest& head, const Error& why);
    /// What the transport itself refuses: nothing of it is stored.
    net::HttpResponse refuse(int status, const Error& why);

    const net::HttpLimits& limits() const noexcept { return options_.limits; }
    const boost::asio::any_io_executor& executor() const noexcept { return context_.executor; }
    metrics::InboundMetrics metrics;

private:
    struct Call {
        net::HttpRequest request;
        std::string path;  ///< Below the base.
        std::string query;
        Client client;
        std::string request_id;
        Content answer = Content::fhir_json;  ///< What its sender wants; `other`: nothing that there is.
    };

    Result<Call> open(net::HttpRequest request, Result<Client> client);
    boost::asio::awaitable<net::HttpResponse> dispatch(Call call);
    boost::asio::awaitable<net::HttpResponse> take_message(Call call, std::string operation);
    boost::asio::awaitable<net::HttpResponse> store_refused(Submission submission, int status, Error why);
    boost::asio::awaitable<net::HttpResponse> ask_service(Call call);
    void count(Disposition disposition);

    InboundContext context_;
    EndpointOptions options_;
    RateLimit rate_;
};

}  // namespace causeway::fhir_listener
