#pragma once
/// The adapter contract. It belongs to its caller, the pipeline; adapters implement it. tests/contract runs over every
/// registered adapter.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "core/async.hpp"
#include "core/error.hpp"
#include "core/metrics.hpp"
#include "core/time.hpp"
#include "model/message.hpp"
#include "model/obligation.hpp"

namespace causeway {

namespace net {
class SocketShelf;  ///< Keeps listening sockets while their listeners change.
class BodyBudget;   ///< The memory for what is being read and not yet committed.
}  // namespace net

// ------------------------------------------------------------------------------------------------ inbound

inline constexpr std::string_view kFhirXml = "application/fhir+xml";

/// What an inbound adapter hands over: bytes as received and what the transport knows about them.
struct Submission {
    Payload body;
    std::string media_type;  ///< kHl7v2, kFhirJson or kFhirXml.
    std::string sender;      ///< Authenticated client (certificate subject, token client id); may be empty.
    std::string request_id;  ///< X-Request-Id; may be empty.
    std::string operation;   ///< "$process-message", "transaction"; empty elsewhere.
    std::string file = {};   ///< Name of the file that it came in; may be empty.
    std::string batch = {};  ///< Id of the HL7 v2 batch that it came in; may be empty.
};

/// Where messages go in. Threads: any; an adapter calls it from its own strand.
class Intake {
public:
    virtual ~Intake() = default;

    /// Checks and commits. The Verdict comes after the commit; an Error (Issue::no_store) means that nothing could be
    /// stored: no acknowledgement, close (MLLP) or 503 (HTTP). While suspended, the adapter reads nothing more from
    /// that connection.
    virtual Async<Verdict> accept(Submission submission) = 0;

    /// Stores something that the adapter itself must refuse (a frame over the limit, bytes that are no message).
    virtual Async<Verdict> refuse(Submission submission, OperationOutcome why, int http_status) = 0;
};

/// Who calls, as TLS or the token proved it. Empty where nothing was asked for (loopback).
struct Client {
    std::string id;                   ///< Certificate subject or token `sub`/`client_id`.
    std::vector<std::string> scopes;  ///< Token scopes.
};

struct FhirRequest {
    std::string method;  ///< "GET", "POST".
    std::string path;    ///< After the base: "Task/0123456789ABC", "Task/_search", "metadata".
    std::string query;   ///< Without "?".
    std::string body;    ///< Form, JSON or XML.
    std::string media_type;
    Client client;
    bool wants_xml = false;  ///< By Accept or _format; else the answer is JSON.
    std::string channel = {};
};

struct FhirResponse {
    int status = 200;
    std::string body;  ///< FHIR JSON, or XML where that was asked for and the headers say so.
    std::vector<std::pair<std::string, std::string>> headers;
};

/// FHIR reads and operations; the api folder implements it, the FHIR listener calls it.
class FhirService {
public:
    virtual ~FhirService() = default;
    virtual boost::asio::awaitable<FhirResponse> handle(FhirRequest request) = 0;
};

/// What an inbound adapter is given. References outlive the adapter.
struct InboundContext {
    std::string channel;
    boost::asio::any_io_executor executor;
    Intake& intake;
    FhirService* fhir = nullptr;  ///< Null where nobody offers reads (tests).
    metrics::Registry& metrics;
    const Clock& clock;
    std::shared_ptr<net::SocketShelf> sockets = nullptr;  ///< Null: a socket goes with its listener.
    std::shared_ptr<net::BodyBudget> bodies = nullptr;    ///< Null: as much as its own limits allow.
    std::filesystem::path state = {};  ///< Folder for what must outlive a restart; empty: nothing does.
};

/// One channel's listener. Threads: every call is made on the instance's own strand (made from context.executor).
class InboundAdapter {
public:
    virtual ~InboundAdapter() = default;

    /// Begins to take messages; returns once it listens. Port 0 means any free port.
    virtual Result<void> start() = 0;
    /// Where it listens, for people: "127.0.0.1:2575", "http://127.0.0.1:8080/fhir", "/var/spool/in".
    virtual std::string address() const = 0;
    /// Takes nothing new from now on, so that another may start on the same address or directory; what is in flight
    /// goes on. Waits for no peer. Safe unstarted and twice.
    virtual boost::asio::awaitable<void> retire() = 0;
    /// Retires, lets what is in flight be answered until `deadline`, then closes. Safe unstarted and twice.
    virtual boost::asio::awaitable<void> stop(Duration deadline) = 0;
};

// ------------------------------------------------------------------------------------------------ outbound

struct OutboundContext {
    std::string destination;
    boost::asio::any_io_executor executor;
    metrics::Registry& metrics;
    const Clock& clock;
};

/// One destination's sender. Threads: calls may come from any thread and overlap, up to the destination's concurrency;
/// the adapter moves to its own strand where it shares state.
class OutboundAdapter {
public:
    virtual ~OutboundAdapter() = default;

    /// Must take the same delivery again. An Error means that nothing was sent; its `retry` says whether to try again.
    /// A Receipt that is unknown means that the peer may have it. Bounded by the adapter's own time-out.
    virtual Async<Receipt> deliver(Delivery delivery) = 0;
    /// Closes idle connections, lets attempts in flight end until `deadline`. Safe twice.
    virtual boost::asio::awaitable<void> stop(Duration deadline) = 0;
};

// ------------------------------------------------------------------------------------------------ spec

using MakeInbound = Result<std::unique_ptr<InboundAdapter>> (*)(const config::Settings&, InboundContext);
using MakeOutbound = Result<std::unique_ptr<OutboundAdapter>> (*)(const config::Settings&, OutboundContext);

/// All there is to know about one kind of adapter. Exactly one of the two makers is set.
struct AdapterSpec {
    std::string_view name;                      ///< lower_snake_case; the "type" in conf/.
    std::string_view summary;                   ///< One sentence; heads the generated page.
    std::string_view security;                  ///< One sentence: what it trusts and what protects it.
    std::span<const config::FieldSpec> fields;  ///< Its own options; "type" and the common ones come from the pipeline.
    std::span<const std::string_view>
        examples;  ///< YAML of its own options; each one is linted and started by the tests.
    MakeInbound make_inbound = nullptr;
    MakeOutbound make_outbound = nullptr;
    /// Is this listener reachable by others without a client certificate or token check? Then a reason must be given
    /// under `insecure`. Null for adapters that do not listen.
    bool (*exposed)(const config::Settings&) = nullptr;
    /// What `causeway check` should warn of although it works, as one sentence; empty: nothing. Null: never anything.
    std::string (*advice)(const config::Settings&) = nullptr;
    /// Does each delivery go to the address of its organisation (Delivery::address)? Null: never.
    bool (*by_organisation)(const config::Settings&) = nullptr;
    /// Why deliver() would send this to no peer, so that a preview says so; nothing as far as can be told without
    /// sending. Null: nothing can be told.
    std::optional<Error> (*unsendable)(const Delivery&) = nullptr;
};

/// Every adapter there is; adapters/all.cpp is the explicit list.
std::span<const AdapterSpec* const> all_adapters();

}  // namespace causeway
