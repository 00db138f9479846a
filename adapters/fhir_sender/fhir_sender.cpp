/// FHIR R4 over HTTP, outbound.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "adapter.hpp"
#include "adapters/fhir_sender/receipt.hpp"
#include "core/digest.hpp"
#include "net/attempt.hpp"
#include "net/http.hpp"
#include "net/listener.hpp"
#include "net/pool.hpp"
#include "net/tls.hpp"

namespace causeway {

namespace asio = boost::asio;

namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::string_view kDirectory = "directory";

const FieldSpec kFields[] = {
    {"url", FieldType::text, "Base of the peer's FHIR endpoint, or \"directory\": each organisation's own endpoint."},
    {"path", FieldType::text, "What follows the base: empty for a transaction, or $process-message.", ""},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "For https: whose server certificates are trusted, and our own towards the peer.",
     .fallback = "",
     .fields = net::tls_client_fields()},
    {"token", FieldType::secret, "Bearer token to send.", ""},
    {"connections", FieldType::integer, "Requests in flight at once.", "4"},
    {"answer_limit", FieldType::duration, "Time for the whole answer; then the outcome is unknown.", "60s"},
    {"connect_limit", FieldType::duration, "Time to connect, TLS included.", "10s"},
    {"keep_alive", FieldType::duration, "An idle connection is used again within this time.", "30s"},
    {"max_answer", FieldType::size, "Longest answer that is read.", "16MB"},
};

constexpr std::string_view kExamples[] = {
    "url: http://127.0.0.1:8090/fhir\n",
    "url: directory\npath: $process-message\nconnections: 8\nanswer_limit: 30s\n",
};

struct Options {
    std::string url;
    std::string path;
    net::TlsClientPtr tls;
    config::Settings settings;  ///< For the token, which is read anew for each attempt: it may be renewed in its file.
    net::PoolOptions pool;
    Duration answer_limit{};
    std::size_t max_answer = 0;
};

std::string_view why_unknown(Issue issue) {
    switch (issue) {
        case Issue::timeout:
            return "no answer within the limit";
        case Issue::too_long:
            return "the answer is longer than max_answer";
        case Issue::structure:
            return "the answer is not HTTP";
        default:
            return "the connection failed before the answer";
    }
}

Receipt unknown(const Error& error) {
    Receipt receipt;
    receipt.outcome = Receipt::Outcome::unknown;
    receipt.detail = why_unknown(error.issue);
    return receipt;
}

bool is_http(const net::Url& url) {
    return url.scheme == "http" || url.scheme == "https";
}

std::string join(std::string base, const std::string& path) {
    while (base.ends_with('/')) base.pop_back();
    if (path.empty()) return base.empty() ? "/" : base;
    return base + (path.front() == '/' ? "" : "/") + path;
}

/// Threads: deliver from any; what is shared stays on strand_.
class FhirSender final : public OutboundAdapter {
public:
    FhirSender(OutboundContext context, Options options)
        : context_(std::move(context)),
          options_(std::move(options)),
          strand_(asio::make_strand(context_.executor)),
          metrics_(context_.metrics, context_.destination),
          pool_(strand_, options_.pool) {}

    Async<Receipt> deliver(Delivery delivery) override {
        auto work = attempt(std::move(delivery));
        co_return co_await asio::co_spawn(strand_, std::move(work), asio::use_awaitable);
    }

    asio::awaitable<void> stop(Duration deadline) override {
        auto work = pool_.stop(deadline);
        co_await asio::co_spawn(strand_, std::move(work), asio::use_awaitable);
    }

private:
    Async<Receipt> attempt(Delivery delivery) {
        net::Attempt attempt(metrics_);
        auto receipt = co_await send(std::move(delivery));
        attempt.ended(receipt);
        co_return receipt;
    }

    Async<Receipt> send(Delivery delivery) {
        const auto url = target(delivery);
        if (!url) co_return url.error();
        auto request = make_request(*url, delivery);
        if (!request) co_return request.error();
        net::Endpoint peer{url->host, url->port, url->scheme == "https" ? options_.tls : nullptr};
        auto lease = co_await pool_.take(std::move(peer));
        if (!lease) co_return lease.error();
        bool sent = false;
        const auto host = net::host_header(*url);
        auto exchange = co_await net::exchange_http(lease->stream(), *request, host, options_.answer_limit,
                                                    options_.max_answer, sent);
        if (!exchange && !sent) co_return nothing_sent(exchange.error());
        if (!exchange) co_return unknown(exchange.error());
        metrics_.bytes.add(request->body.size());
        if (exchange->keep) lease->keep();
        co_return fhir_sender::receipt_of(std::move(exchange->response), context_.clock.now());
    }

    static Error nothing_sent(Error error) {
        error.retry = Retry::later;
        return error;
    }

    Result<net::Url> target(const Delivery& delivery) const {
        const bool by_directory = options_.url == kDirectory;
        if (by_directory && delivery.address.empty())
            return fail(Issue::not_found, "", "The directory knows no endpoint for this organisation; add one.");
        auto url = net::parse_url(by_directory ? delivery.address : options_.url);
        if (!url || !is_http(*url))
            return fail(Issue::value, "",
                        "The endpoint's address is no http or https URL; correct it in the directory.");
        url->path = join(std::move(url->path), options_.path);
        return std::move(*url);
    }

    Result<net::HttpRequest> make_request(const net::Url& url, const Delivery& delivery) const {
        net::HttpRequest request;
        request.method = "POST";
        request.target = url.path;
        request.headers.emplace_back("Content-Type", delivery.media_type);
        request.headers.emplace_back("Accept", kFhirJson);
        request.headers.emplace_back("X-Request-Id", uuid_from(delivery.obligation));
        request.headers.emplace_back("X-Correlation-Id", uuid_from(delivery.message));
        if (options_.settings.has("token")) {
            auto token = options_.settings.secret("token");
            if (!token) return nothing_sent(token.error());
            request.headers.emplace_back("Authorization", "Bearer " + *token);
        }
        request.body = delivery.payload.reveal();
        return request;
    }

    const OutboundContext context_;
    const Options options_;
    asio::any_io_executor strand_;
    metrics::OutboundMetrics metrics_;
    net::Pool pool_;
};

Result<std::unique_ptr<OutboundAdapter>> make(const config::Settings& settings, OutboundContext context) {
    Options options;
    options.url = settings.text("url");
    const auto url = net::parse_url(options.url);
    if (options.url != kDirectory && (!url || !is_http(*url) || url->path.find('?') != std::string::npos))
        return fail(Issue::value, settings.place("url"),
                    "Give an http or https URL without a query, or \"directory\".");
    if (url && url->scheme == "http" && settings.has("tls"))
        return fail(Issue::value, settings.place("url"),
                    "With \"tls\" the URL begins with https; otherwise nothing would be encrypted.");
    auto pool = net::read_pool_options(settings, settings.duration("answer_limit"));
    if (!pool) return pool.error();
    auto tls = net::make_tls_client(settings.object("tls"));
    if (tls && !*tls) tls = net::make_tls_client(net::TlsClientFiles{});
    if (!tls) return tls.error();
    options.tls = std::move(*tls);
    options.path = settings.text("path");
    options.settings = settings;
    options.pool = *pool;
    options.answer_limit = settings.duration("answer_limit");
    options.pool.idle_limit = settings.duration("keep_alive");
    options.max_answer = settings.size("max_answer");
    return std::unique_ptr<OutboundAdapter>(std::make_unique<FhirSender>(std::move(context), std::move(options)));
}

std::string advice(const config::Settings& settings) {
    const auto url = net::parse_url(settings.text("url"));
    if (!url || url->scheme != "http" || net::is_loopback(url->host)) return {};
    return "Patient data and the bearer token cross the network unencrypted here. Give an https URL, or a proxy on "
           "127.0.0.1 that speaks TLS.";
}

bool by_organisation(const config::Settings& settings) {
    return settings.text("url") == kDirectory;
}

}  // namespace

extern const AdapterSpec kFhirSender;
const AdapterSpec kFhirSender = {
    .name = "fhir_sender",
    .summary =
        "Posts FHIR R4 bundles to one endpoint, or to the endpoint that the directory gives for each organisation.",
    .security =
        "Verifies the peer's certificate where the address is https; sends the bearer token to that address only.",
    .fields = kFields,
    .examples = kExamples,
    .make_outbound = make,
    .advice = advice,
    .by_organisation = by_organisation,
};

}  // namespace causeway
