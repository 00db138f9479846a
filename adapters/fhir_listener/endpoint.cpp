#include "adapters/fhir_listener/endpoint.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "adapters/fhir_listener/negotiation.hpp"
#include "adapters/fhir_listener/responses.hpp"
#include "core/log.hpp"

namespace causeway::fhir_listener {

namespace asio = boost::asio;

namespace {

bool is_bare_post(std::string_view method, std::string_view path) {
    return method == "POST" && path.empty();
}
bool is_process_message(std::string_view method, std::string_view path) {
    return method == "POST" && path == "$process-message";
}

Error not_acceptable() {
    return fail(Issue::not_supported, "Accept",
                "Answers are FHIR; accept application/fhir+json or application/fhir+xml.");
}

Error wrong_content() {
    return fail(Issue::not_supported, "Content-Type",
                "Send FHIR R4 in UTF-8 as application/fhir+json or application/fhir+xml.");
}

Error has_doctype() {
    return fail(Issue::structure, "", "XML with a DOCTYPE is never read; leave it out.");
}

bool holds_doctype(std::string_view body) {
    return body.find("<!DOCTYPE") != std::string_view::npos;
}

net::HttpResponse not_allowed() {
    auto response =
        respond(405, fail(Issue::not_supported, "", "Use GET to read, POST to send a message or to search."));
    response.headers.emplace_back("Allow", "GET, POST");
    return response;
}

void echo(net::HttpResponse& response, std::string_view name, const std::string& id) {
    if (!id.empty()) response.headers.emplace_back(name, id);
}

}  // namespace

asio::awaitable<net::HttpResponse> Endpoint::answer(net::HttpRequest request, Result<Client> client) {
    const auto request_id = echoable(net::header(request.headers, "X-Request-Id"));
    const auto correlation_id = echoable(net::header(request.headers, "X-Correlation-Id"));
    metrics.bytes.add(request.body.size());
    net::HttpResponse response;
    auto call = open(std::move(request), std::move(client));
    if (call) {
        call->request_id = request_id;
        const bool wants_xml = call->answer == Content::xml;
        response = co_await dispatch(std::move(*call));
        if (wants_xml) make_xml(response);
    } else {
        metrics.rejected.add();
        response = respond(call.error());
    }
    echo(response, "X-Request-Id", request_id);
    echo(response, "X-Correlation-Id", correlation_id);
    co_return response;
}

net::HttpResponse Endpoint::turn_away(const net::HttpRequest& head, const Error& why) {
    metrics.rejected.add();
    auto response = respond(why);
    for (const auto* name : {"X-Request-Id", "X-Correlation-Id"})
        echo(response, name, echoable(net::header(head.headers, name)));
    return response;
}

net::HttpResponse Endpoint::refuse(int status, const Error& why) {
    metrics.rejected.add();
    auto response = respond(status, why);
    response.close = true;
    return response;
}

/// Everything that can be said before the request is looked at: who, how often, where.
Result<Endpoint::Call> Endpoint::open(net::HttpRequest request, Result<Client> client) {
    if (!client) return client.error();
    if (!rate_.take(client->id, std::chrono::steady_clock::now()))
        return fail(Issue::throttled, "", "Too many requests; wait and send again.", Retry::later);
    auto target = parse_target(request.target);
    if (!target) return fail(Issue::structure, "", "The address is not a valid URL.");
    auto path = below(target->path, options_.base);
    if (!path) return fail(Issue::not_found, "", "Nothing is here; the FHIR endpoint is at " + options_.base + ".");
    Call call;
    call.request = std::move(request);
    call.path = std::move(*path);
    call.query = std::move(target->query);
    call.client = std::move(*client);
    call.answer = answer_content(net::header(call.request.headers, "Accept"), call.query);
    return call;
}

Async<Client> Endpoint::authenticate(const net::HttpRequest& request, const std::string& subject) {
    Client client;
    client.id = subject;
    if (options_.token) {
        std::string authorization(net::header(request.headers, "Authorization"));
        auto claims = co_await options_.token->check_apart(std::move(authorization), context_.clock.now());
        if (!claims) co_return claims.error();
        client.id = std::move(claims->client);
        client.scopes = std::move(claims->scopes);
    }
    const auto& allowed = options_.clients;
    if (!allowed.empty() && std::ranges::find(allowed, client.id) == allowed.end())
        co_return fail(Issue::forbidden, "", "This client may not use this channel; add it under \"clients\".");
    co_return client;
}

asio::awaitable<net::HttpResponse> Endpoint::dispatch(Call call) {
    const auto& method = call.request.method;
    if (is_process_message(method, call.path)) {
        std::string operation = "$process-message";
        co_return co_await take_message(std::move(call), std::move(operation));
    }
    if (is_bare_post(method, call.path)) {
        std::string operation = "transaction";
        co_return co_await take_message(std::move(call), std::move(operation));
    }
    if (method != "GET" && method != "POST") co_return not_allowed();
    co_return co_await ask_service(std::move(call));
}

asio::awaitable<net::HttpResponse> Endpoint::take_message(Call call, std::string operation) {
    const auto content = content_of(net::header(call.request.headers, "Content-Type"));
    const bool acceptable = call.answer != Content::other;
    const bool readable = content == Content::fhir_json || content == Content::xml;
    const bool doctype = content == Content::xml && holds_doctype(call.request.body);
    Submission submission;
    submission.body = Payload(std::move(call.request.body));
    submission.media_type = content == Content::xml ? kFhirXml : kFhirJson;
    submission.sender = std::move(call.client.id);
    submission.request_id = std::move(call.request_id);
    submission.operation = std::move(operation);
    if (doctype) co_return co_await store_refused(std::move(submission), 400, has_doctype());
    if (!readable) co_return co_await store_refused(std::move(submission), 415, wrong_content());
    if (!acceptable) co_return co_await store_refused(std::move(submission), 406, not_acceptable());
    const auto verdict = co_await context_.intake.accept(std::move(submission));
    if (!verdict) {
        metrics.failed.add();
        log::error("fhir.not_stored", {{"channel", context_.channel}, {"issue", to_code(verdict.error().issue)}});
        co_return respond(verdict.error());
    }
    count(verdict->disposition);
    co_return respond(*verdict, options_.base);
}

/// A refused message is kept for the journal. Where even that fails the sender still hears why it was refused: nothing
/// was acknowledged.
asio::awaitable<net::HttpResponse> Endpoint::store_refused(Submission submission, int status, Error why) {
    auto outcome = to_outcome(why);
    const auto stored = co_await context_.intake.refuse(std::move(submission), std::move(outcome), status);
    (stored ? metrics.refused : metrics.failed).add();
    co_return respond(status, why);
}

asio::awaitable<net::HttpResponse> Endpoint::ask_service(Call call) {
    if (call.answer == Content::other) co_return respond(406, not_acceptable());
    const auto media_type = net::header(call.request.headers, "Content-Type");
    const auto content = content_of(media_type);
    const bool is_search = call.path.ends_with("_search");
    const bool readable =
        content == Content::fhir_json || (is_search ? content == Content::form : content == Content::xml);
    if (call.request.method == "POST" && !call.request.body.empty() && !readable)
        co_return respond(415, wrong_content());
    if (context_.fhir == nullptr) co_return respond(fail(Issue::not_found, "", "This endpoint takes messages only."));
    FhirRequest request;
    request.method = std::move(call.request.method);
    request.path = std::move(call.path);
    request.query = std::move(call.query);
    request.media_type = media_type;
    request.body = std::move(call.request.body);
    request.client = std::move(call.client);
    request.wants_xml = call.answer == Content::xml;
    request.channel = context_.channel;
    auto answer = co_await context_.fhir->handle(std::move(request));
    net::HttpResponse response;
    response.status = answer.status;
    response.body = std::move(answer.body);
    response.headers = std::move(answer.headers);
    if (net::header(response.headers, "Content-Type").empty()) response.headers.emplace_back("Content-Type", kFhirJson);
    co_return response;
}

void Endpoint::count(Disposition disposition) {
    switch (disposition) {
        case Disposition::accepted:
            return metrics.accepted.add();
        case Disposition::duplicate:
            return metrics.duplicate.add();
        case Disposition::conflict:
            return metrics.conflict.add();
        case Disposition::refused:
            return metrics.refused.add();
    }
}

}  // namespace causeway::fhir_listener
