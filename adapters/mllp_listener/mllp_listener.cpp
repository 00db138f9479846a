/// HL7 v2 over MLLP, inbound.
#include <utility>

#include "adapter.hpp"
#include "adapters/mllp_listener/session.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"

namespace causeway {

namespace asio = boost::asio;

namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::string_view kAcknowledgements[] = {"refuse", "take"};
constexpr std::string_view kBatches[] = {"refuse", "split"};
constexpr std::string_view kBatchFaults[] = {"refuse", "warn"};
constexpr std::string_view kBatchAnswers[] = {"as_sent", "batch", "each"};

const FieldSpec kFields[] = {
    {"host", FieldType::text,
     "Address to listen on; anything but loopback needs client certificates or a reason under \"insecure\".",
     "127.0.0.1"},
    {"port", FieldType::integer, "TCP port to listen on; 0 takes any free one."},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "Certificate of this listener, and whose clients it takes.",
     .fallback = "",
     .fields = net::tls_server_fields()},
    {"max_frame", FieldType::size, "Longest message; a longer one is answered AR and the connection closed.", "64MB"},
    {"max_connections", FieldType::integer,
     "Connections at once; beyond, one on which nothing came for a minute makes room, or the new one is closed.",
     "1000"},
    {"frame_limit", FieldType::duration,
     "Time from the first byte of a message to its last; then the connection is closed.", "30s"},
    {"idle", FieldType::duration, "Closes a connection on which nothing came for this long; 0s keeps it for ever.",
     "0s"},
    {.name = "batches",
     .type = FieldType::one_of,
     .doc = "A frame that holds several messages, with or without FHS and BHS: refused as a whole (AE 100), or split "
            "into messages that are each stored and answered on their own.",
     .fallback = "refuse",
     .choices = kBatches},
    {.name = "batch_faults",
     .type = FieldType::one_of,
     .doc = "A batch whose counts (BTS-1, FTS-1) are wrong, that has no trailer or holds text outside of any message: "
            "refused as a whole, since it may not be whole, or taken with a warning in the log.",
     .fallback = "refuse",
     .choices = kBatchFaults},
    {.name = "batch_answer",
     .type = FieldType::one_of,
     .doc = "How a batch is answered: as_sent (a batch of acknowledgements where it came with FHS or BHS, else one "
            "frame for each message), batch, or each.",
     .fallback = "as_sent",
     .choices = kBatchAnswers},
    {"commit_blocks", FieldType::boolean,
     "MLLP release 2: say with a block below HL7 that a message is stored (06) or not (15), before any acknowledgement "
     "of HL7.",
     "false"},
    {.name = "acknowledgements",
     .type = FieldType::one_of,
     .doc = "Acknowledgements that come as messages of their own: refused and kept, or taken, so that the application "
            "acknowledgement of something that was sent ends the wait of its route (answer_within).",
     .fallback = "refuse",
     .choices = kAcknowledgements},
};

constexpr std::string_view kExamples[] = {
    "port: 0\n",
    "host: 127.0.0.1\nport: 0\nmax_frame: 8MB\nmax_connections: 20\nframe_limit: 10s\nidle: 1h\n",
    "port: 0\nbatches: split\nbatch_faults: warn\nbatch_answer: each\n",
    "port: 0\ncommit_blocks: true\nacknowledgements: take\n",
};

/// What sessions share; it outlives the last of them.
struct Shared {
    Shared(InboundContext given, mllp::SessionOptions with)
        : context(std::move(given)), options(with), metrics(context.metrics, context.channel) {}

    InboundContext context;
    mllp::SessionOptions options;
    metrics::InboundMetrics metrics;
};

asio::awaitable<void> serve(std::shared_ptr<Shared> shared, net::StreamPtr stream, const std::atomic<bool>& stopping) {
    const metrics::Held held(shared->metrics.connections);
    const auto session =
        std::make_unique<mllp::Session>(*stream, shared->context, shared->metrics, shared->options, stopping);
    co_await session->run();
}

/// Threads: start, address and stop on the caller's; each connection on a strand of its own.
class MllpListener final : public InboundAdapter {
public:
    MllpListener(InboundContext context, net::ListenOptions listen, mllp::SessionOptions session)
        : host_(listen.host), shared_(std::make_shared<Shared>(std::move(context), session)) {
        listen.turned_away = &shared_->metrics.rejected;
        listener_ = net::make_listener(shared_->context.executor, std::move(listen),
                                       [shared = shared_](net::StreamPtr stream, const std::atomic<bool>& stopping) {
                                           return serve(shared, std::move(stream), stopping);
                                       });
    }

    Result<void> start() override { return listener_->start(); }
    std::string address() const override { return host_ + ":" + std::to_string(listener_->port()); }
    asio::awaitable<void> retire() override { co_await listener_->retire(); }
    asio::awaitable<void> stop(Duration deadline) override { co_await listener_->stop(deadline); }

private:
    std::string host_;
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<net::Listener> listener_;
};

mllp::BatchOptions batch_options(const config::Settings& settings) {
    using Answer = mllp::BatchOptions::Answer;
    mllp::BatchOptions options;
    options.split = settings.text("batches") == "split";
    options.take_faulty = settings.text("batch_faults") == "warn";
    if (settings.text("batch_answer") == "batch") options.answer = Answer::batch;
    if (settings.text("batch_answer") == "each") options.answer = Answer::each;
    return options;
}

Result<std::unique_ptr<InboundAdapter>> make(const config::Settings& settings, InboundContext context) {
    auto listen = net::read_listen_options(settings, context.sockets, context.channel);
    if (!listen) return listen.error();
    const mllp::SessionOptions session{settings.size("max_frame"),        settings.duration("frame_limit"),
                                       settings.duration("idle"),         batch_options(settings),
                                       settings.boolean("commit_blocks"), settings.text("acknowledgements") == "take"};
    return std::unique_ptr<InboundAdapter>(
        std::make_unique<MllpListener>(std::move(context), std::move(*listen), session));
}

bool exposed(const config::Settings& settings) {
    return !net::is_loopback(settings.text("host")) && !settings.object("tls").has("client_ca");
}

std::string advise(const config::Settings& settings) {
    if (settings.text("batches") == "split") return {};
    for (const auto* field : {"batch_faults", "batch_answer"})
        if (settings.has(field))
            return "\"" + std::string(field) +
                   "\" has no effect while batches are refused: add \"batches: split\", or remove it.";
    return {};
}

}  // namespace

extern const AdapterSpec kMllpListener;
const AdapterSpec kMllpListener = {
    .name = "mllp_listener",
    .summary = "Takes HL7 v2 messages over MLLP and acknowledges each one after it is stored.",
    .security =
        "Trusts whoever can connect, unless tls.client_ca demands client certificates; listens on loopback by default.",
    .fields = kFields,
    .examples = kExamples,
    .make_inbound = make,
    .exposed = exposed,
    .advice = advise,
};

}  // namespace causeway
