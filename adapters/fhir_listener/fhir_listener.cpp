/// FHIR R4 over HTTP, inbound.
#include <utility>

#include "adapter.hpp"
#include "adapters/fhir_listener/endpoint.hpp"
#include "net/http.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"
#include "net/token.hpp"

namespace causeway {

namespace asio = boost::asio;

namespace {

using config::FieldSpec;
using config::FieldType;
using fhir_listener::Endpoint;
using fhir_listener::EndpointOptions;

const FieldSpec kFields[] = {
    {"host", FieldType::text,
     "Address to listen on; anything but loopback needs client certificates, a token check or a reason under "
     "\"insecure\".",
     "127.0.0.1"},
    {"port", FieldType::integer, "TCP port to listen on; 0 takes any free one."},
    {"base", FieldType::text, "Path of the FHIR endpoint.", "/fhir"},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "Certificate of this listener, and whose clients it takes.",
     .fallback = "",
     .fields = net::tls_server_fields()},
    {.name = "token",
     .type = FieldType::object,
     .doc = "Bearer tokens that a request must bring.",
     .fallback = "",
     .fields = net::token_fields()},
    {.name = "clients",
     .type = FieldType::list,
     .doc = "Clients (token client id, or certificate subject) that may use this channel; without it, every "
            "authenticated one.",
     .fallback = "",
     .item = FieldType::text},
    {"max_body", FieldType::size, "Longest body, also after gzip; a longer one is answered 413.", "64MB"},
    {"max_connections", FieldType::integer,
     "Connections at once; beyond, one on which nothing came for a minute makes room, or the new one is closed.",
     "1000"},
    {"rate", FieldType::integer, "Requests a second and client, twice as many in a burst; over it 429. 0: any number.",
     "0"},
    {"header_limit", FieldType::duration, "Time for the head of a request.", "30s"},
    {"body_limit", FieldType::duration, "Time for the body of a request.", "2m"},
    {"idle", FieldType::duration, "Closes a connection on which nothing came for this long.", "5m"},
};

constexpr std::string_view kExamples[] = {
    "port: 0\n",
    "host: 127.0.0.1\nport: 0\nbase: /fhir\nmax_body: 16MB\nmax_connections: 50\nrate: 20\nheader_limit: "
    "10s\nbody_limit: 1m\nidle: 30s\n",
};

/// One connection: each request is authenticated once, before a long body is read.
class Conversation {
public:
    Conversation(Endpoint& endpoint, std::string subject) : endpoint_(endpoint), subject_(std::move(subject)) {}

    asio::awaitable<std::optional<net::HttpResponse>> admit(const net::HttpRequest& head) {
        auto client = co_await endpoint_.authenticate(head, subject_);
        if (!client) co_return endpoint_.turn_away(head, client.error());
        admitted_ = std::move(*client);
        co_return std::nullopt;
    }

    asio::awaitable<net::HttpResponse> handle(net::HttpRequest request) {
        Result<Client> client = fail(Issue::exception, "", "");
        if (admitted_)
            client = std::move(*admitted_);
        else
            client = co_await endpoint_.authenticate(request, subject_);
        admitted_.reset();
        co_return co_await endpoint_.answer(std::move(request), std::move(client));
    }

private:
    Endpoint& endpoint_;
    const std::string subject_;
    std::optional<Client> admitted_;  ///< Who sends the request whose body is being read.
};

asio::awaitable<void> serve(std::shared_ptr<Endpoint> endpoint, net::StreamPtr stream,
                            const std::atomic<bool>& stopping) {
    const metrics::Held held(endpoint->metrics.connections);
    Conversation conversation(*endpoint, stream->peer_subject());
    net::HttpHandler handler;
    handler.admit = [&](const net::HttpRequest& head) { return conversation.admit(head); };
    handler.handle = [&](net::HttpRequest request) { return conversation.handle(std::move(request)); };
    handler.refuse = [endpoint](int status, const Error& why) { return endpoint->refuse(status, why); };
    co_await net::serve_http(*stream, endpoint->limits(), handler, stopping);
}

/// Threads: start, address and stop on the caller's; each connection on a strand of its own.
class FhirListener final : public InboundAdapter {
public:
    FhirListener(std::shared_ptr<Endpoint> endpoint, net::ListenOptions listen, const std::string& base)
        : before_port_((listen.tls ? "https://" : "http://") + listen.host + ":"), base_(base) {
        const auto executor = endpoint->executor();
        listen.turned_away = &endpoint->metrics.rejected;
        listener_ = net::make_listener(
            executor, std::move(listen),
            [endpoint = std::move(endpoint)](net::StreamPtr stream, const std::atomic<bool>& stopping) {
                return serve(endpoint, std::move(stream), stopping);
            });
    }

    Result<void> start() override { return listener_->start(); }
    std::string address() const override { return before_port_ + std::to_string(listener_->port()) + base_; }
    asio::awaitable<void> retire() override { co_await listener_->retire(); }
    asio::awaitable<void> stop(Duration deadline) override { co_await listener_->stop(deadline); }

private:
    std::string before_port_;
    std::string base_;
    std::unique_ptr<net::Listener> listener_;
};

Result<EndpointOptions> read_options(const config::Settings& settings, const std::filesystem::path& state) {
    EndpointOptions options;
    options.base = settings.text("base");
    while (options.base.ends_with('/')) options.base.pop_back();
    if (!options.base.empty() && options.base.front() != '/')
        return fail(Issue::value, settings.place("base"), "Begin the path with \"/\", such as /fhir.");
    if (settings.integer("rate") < 0)
        return fail(Issue::value, settings.place("rate"), "Give 0 or a number of requests a second.");
    auto token = net::make_token_checker(settings.object("token"), state.empty() ? state : state / "tokens");
    if (!token) return token.error();
    options.token = std::move(*token);
    options.clients = settings.texts("clients");
    options.rate = static_cast<double>(settings.integer("rate"));
    options.limits.max_body = settings.size("max_body");
    options.limits.header_limit = settings.duration("header_limit");
    options.limits.body_limit = settings.duration("body_limit");
    options.limits.idle_limit = settings.duration("idle");
    return options;
}

Result<std::unique_ptr<InboundAdapter>> make(const config::Settings& settings, InboundContext context) {
    auto listen = net::read_listen_options(settings, context.sockets, context.channel);
    if (!listen) return listen.error();
    auto options = read_options(settings, context.state);
    if (!options) return options.error();
    options->limits.bodies = context.bodies;
    const auto base = options->base;
    auto endpoint = std::make_shared<Endpoint>(std::move(context), std::move(*options));
    return std::unique_ptr<InboundAdapter>(
        std::make_unique<FhirListener>(std::move(endpoint), std::move(*listen), base));
}

bool exposed(const config::Settings& settings) {
    return !net::is_loopback(settings.text("host")) && !settings.object("tls").has("client_ca") &&
           !settings.has("token");
}

std::string advice(const config::Settings& settings) {
    const bool in_the_clear = !settings.object("tls").has("certificate") && !net::is_loopback(settings.text("host"));
    if (!in_the_clear || !settings.has("token")) return {};
    return "Bearer tokens and patient data cross the network unencrypted here. Give \"tls\" with a certificate, or "
           "listen on 127.0.0.1 behind a proxy that speaks TLS.";
}

}  // namespace

extern const AdapterSpec kFhirListener;
const AdapterSpec kFhirListener = {
    .name = "fhir_listener",
    .summary = "Takes FHIR R4 messages and transactions over HTTP, and answers reads and searches of their journeys.",
    .security =
        "Trusts whoever can connect, unless tls.client_ca demands client certificates or token demands bearer tokens; "
        "listens on loopback by default.",
    .fields = kFields,
    .examples = kExamples,
    .make_inbound = make,
    .exposed = exposed,
    .advice = advice,
};

}  // namespace causeway
