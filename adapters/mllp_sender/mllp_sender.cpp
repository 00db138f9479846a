/// HL7 v2 over MLLP, outbound: one message in flight a connection, its acknowledgement matched by MSA-2.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "adapter.hpp"
#include "core/id.hpp"
#include "core/log.hpp"
#include "core/mutant.hpp"
#include "core/text.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/message.hpp"
#include "hl7v2/sequence.hpp"
#include "net/attempt.hpp"
#include "net/mllp.hpp"
#include "net/pool.hpp"
#include "net/tls.hpp"

namespace causeway {

namespace asio = boost::asio;

namespace {

using config::FieldSpec;
using config::FieldType;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::string_view kAwait[] = {"accept", "application", "commit"};

const FieldSpec kFields[] = {
    {"host", FieldType::text, "Name or address of the peer."},
    {"port", FieldType::integer, "TCP port of the peer."},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "Connect with TLS ({} takes the machine's own authorities): whose server certificates are trusted, and our "
            "own towards the peer.",
     .fallback = "",
     .fields = net::tls_client_fields()},
    {"connections", FieldType::integer, "Connections at once; each has one message in flight.", "1"},
    {"acknowledgement_limit", FieldType::duration,
     "Time for the acknowledgement; then the connection is closed and the outcome is unknown.", "30s"},
    {"connect_limit", FieldType::duration, "Time to connect, TLS included.", "10s"},
    {"max_answer", FieldType::size, "Longest acknowledgement that is read.", "1MB"},
    {.name = "await",
     .type = FieldType::one_of,
     .doc = "What confirms in enhanced mode: the accept acknowledgement (CA), or only the application acknowledgement "
            "(AA). commit: the commit block of MLLP release 2 alone.",
     .fallback = "accept",
     .choices = kAwait},
    {"commit_blocks", FieldType::boolean,
     "MLLP release 2: the peer says with a block below HL7 whether it has stored a message (06) or not (15, which is "
     "tried again), and its acknowledgements are answered with such a block.",
     "false"},
    {"sequence", FieldType::boolean,
     "The sequence number protocol of HL7 v2: number messages in MSH-13, and follow the peer's MSA-4. It tells after a "
     "lost acknowledgement whether the message had arrived. Needs connections: 1.",
     "false"},
    {"retry_internal_error", FieldType::boolean,
     "Try again by itself when the peer refuses with 207 (application internal error).", "false"},
};

constexpr std::string_view kExamples[] = {
    "host: 127.0.0.1\nport: 2575\n",
    "host: pas.example.nhs.uk\nport: 2575\nconnections: 4\nacknowledgement_limit: 45s\nretry_internal_error: true\n",
    "host: 127.0.0.1\nport: 2575\nsequence: true\n",
    "host: 127.0.0.1\nport: 2575\ncommit_blocks: true\nawait: commit\n",
};

struct Options {
    net::Endpoint peer;
    net::PoolOptions pool;
    Duration acknowledgement_limit{};
    std::size_t max_answer = 0;
    bool await_application = false;
    bool await_commit = false;
    bool commit_blocks = false;
    bool sequence = false;
    bool retry_internal_error = false;
};

/// Does ERR name this code of table 0357? ("207 at MSH-9, 101 at PID-3")
bool names_code(std::string_view error, std::string_view code) {
    for (const auto part : split(error, ','))
        if (const auto entry = trim(part); entry == code || entry.starts_with(std::string(code) + " ")) return true;
    return false;
}

bool is_commit_level(std::string_view code) {
    return code.starts_with('C');
}

/// Nothing was sent, and sending it again as it is would not help.
Error unsendable(std::string where, std::string what, int code) {
    return fail(Issue::invalid, std::move(where), std::move(what), Retry::never, code);
}

Result<hl7v2::Header> header_of(const Delivery& delivery) {
    const auto bytes = delivery.payload.reveal();
    auto header = hl7v2::read_header(bytes);
    if (!header)
        return unsendable("MSH", "This destination takes HL7 v2 messages only; check the route's mapping.", 100);
    if (header->message_control_id.empty())
        return unsendable("MSH-10", "A message needs a control id, by which its acknowledgement is matched.", 101);
    if (bytes.find_first_of("\x0b\x1c") != std::string_view::npos)
        return unsendable("", "The message holds a VT or FS character, which MLLP cannot carry.", 102);
    return std::move(*header);
}

Receipt unknown(std::string detail) {
    Receipt receipt;
    receipt.outcome = Receipt::Outcome::unknown;
    receipt.detail = std::move(detail);
    return receipt;
}

/// Threads: deliver from any; what is shared stays on strand_.
class MllpSender final : public OutboundAdapter {
public:
    MllpSender(OutboundContext context, Options options)
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
        const auto header = header_of(delivery);
        if (!header) co_return header.error();
        auto peer = options_.peer;
        auto lease = co_await pool_.take(std::move(peer));
        if (!lease) co_return lease.error();
        if (options_.sequence) co_return co_await send_numbered(*lease, *header, std::move(delivery));
        auto told = co_await exchange(lease->stream(), header->message_control_id, std::move(delivery.payload));
        if (told.clean) lease->keep();
        co_return std::move(told.receipt);
    }

    /// What came back for one message.
    struct Told {
        Receipt receipt;
        bool clean = false;  ///< Nothing else came: the connection may be used again.
    };

    asio::awaitable<Told> exchange(net::Stream& stream, std::string control_id, Payload message) {
        Told told;
        const auto until = std::chrono::steady_clock::now() + options_.acknowledgement_limit;
        const auto written = co_await write(stream, message);
        if (!written) {
            told.receipt = unknown("the connection failed while the message was sent");
            co_return told;
        }
        net::MllpReader reader(options_.max_answer);
        told.receipt = co_await read_answer(stream, reader, control_id, until);
        told.clean = told.receipt.outcome != Receipt::Outcome::unknown && !reader.in_frame();
        co_return told;
    }

    static Receipt arrived_before() {
        Receipt receipt;
        receipt.outcome = Receipt::Outcome::confirmed;
        receipt.detail = "arrived before, by its sequence number";
        return receipt;
    }

    /// There is one connection, so what is known of the link belongs to whoever has it.
    Async<Receipt> send_numbered(net::Pool::Lease& lease, const hl7v2::Header& header, Delivery delivery) {
        if (link_.has_arrived(delivery.obligation)) {
            lease.keep();
            co_return arrived_before();
        }
        if (!link_.is_known()) {
            auto begun = co_await begin_link(lease.stream(), header, delivery.obligation);
            if (!begun) co_return begun.error();
            if (*begun == hl7v2::SequenceSender::Start::arrived) co_return arrived_before();
        }
        auto numbered = hl7v2::with_sequence_number(delivery.payload, link_.number());
        if (!numbered) co_return numbered.error();
        Payload bytes(std::move(*numbered));
        auto told = co_await exchange(lease.stream(), header.message_control_id, std::move(bytes));
        if (told.clean) lease.keep();
        follow_link(delivery.obligation, told.receipt);
        co_return std::move(told.receipt);
    }

    /// Asks the peer which number it expects: ready or arrived, or an Error.
    Async<hl7v2::SequenceSender::Start> begin_link(net::Stream& stream, const hl7v2::Header& header,
                                                   const std::string& obligation) {
        const auto now = context_.clock.now();
        const auto id = ids_.next(now).text();
        Payload question(hl7v2::link_message(header, id, now, 0));
        auto answered = co_await exchange(stream, id, std::move(question));
        auto& told = answered.receipt;
        if (told.outcome == Receipt::Outcome::unknown)
            co_return fail(Issue::transient, "",
                           "The peer did not say which sequence number it expects: " + told.detail, Retry::later);
        const auto answer = hl7v2::read_answer(told.answer.reveal());
        const auto start = link_.start(answer ? answer->sequence : std::string(), obligation);
        if (start == hl7v2::SequenceSender::Start::silent)
            co_return fail(Issue::not_supported, "MSA-4",
                           "The peer names no sequence number: have it use the protocol, or set \"sequence: false\".");
        if (start == hl7v2::SequenceSender::Start::behind)
            co_return fail(Issue::conflict, "MSA-4",
                           "The peer expects a sequence number again that it has acknowledged: find out what it has "
                           "lost and replay that; released, this goes on from the number that it expects.");
        co_return start;
    }

    void follow_link(const std::string& obligation, Receipt& receipt) {
        if (receipt.outcome == Receipt::Outcome::unknown) return link_.lose_sight(obligation);
        const auto answer = hl7v2::read_answer(receipt.answer.reveal());
        const bool positive = receipt.outcome == Receipt::Outcome::confirmed;
        const auto heard = link_.acknowledge(positive, answer ? answer->sequence : std::string());
        if (heard != hl7v2::SequenceSender::Heard::out_of_step) return;
        if (positive) return link_.lose_sight(obligation);
        receipt.transient = true;
        receipt.detail += ", out of step: the peer expects another sequence number";
    }

    /// The frame is gone when it is written: the answer may take its time.
    Async<void> write(net::Stream& stream, const Payload& message) {
        const auto framed = net::mllp_frame(message.reveal());
        auto written = co_await stream.write(framed, options_.acknowledgement_limit);
        if (written) metrics_.bytes.add(framed.size());
        co_return written;
    }

    /// Reads until the answer to `control_id` comes; whatever else comes is counted and dropped.
    asio::awaitable<Receipt> read_answer(net::Stream& stream, net::MllpReader& reader, const std::string& control_id,
                                         SteadyTime until) {
        std::array<char, 4096> buffer;
        for (;;) {
            const auto event = reader.next();
            if (event == net::MllpReader::Event::frame) {
                auto frame = reader.take();
                auto receipt = judge(std::move(frame), control_id);
                if (!receipt) continue;
                if (options_.commit_blocks && !receipt->answer.empty()) co_await write_commit(stream);
                co_return std::move(*receipt);
            }
            if (event != net::MllpReader::Event::need_more) co_return unknown("the peer's answer is no MLLP");
            const auto left = std::chrono::duration_cast<Duration>(until - std::chrono::steady_clock::now());
            if (left <= Duration::zero()) co_return unknown("no acknowledgement within the limit");
            const auto read = co_await stream.read_some(buffer, reader.at_end() ? std::min(left, kEndGrace) : left);
            if (reader.at_end() && (!read || *read == 0)) {
                reader.finish();
            } else if (!read) {
                const bool late = read.error().issue == Issue::timeout;
                co_return unknown(late ? "no acknowledgement within the limit"
                                       : "the connection failed before the acknowledgement");
            } else if (*read == 0) {
                co_return unknown("the peer closed the connection before its acknowledgement");
            } else {
                reader.feed(std::string_view(buffer.data(), *read));
            }
        }
    }

    /// The acknowledgement is known whether or not the peer hears so.
    static asio::awaitable<void> write_commit(net::Stream& stream) {
        const auto block = net::mllp_commit_block(true);
        const auto written = co_await stream.write(block, kEndGrace);
        (void)written;
    }

    /// What a commit block means; nothing where something more is to come.
    std::optional<Receipt> judge_commit(bool stored) const {
        Receipt receipt;
        receipt.outcome = stored ? Receipt::Outcome::confirmed : Receipt::Outcome::refused;
        receipt.detail = stored ? "commit block" : "NAK block: the peer could not store it";
        receipt.transient = !stored;
        if (stored && !options_.await_commit) return std::nullopt;
        return receipt;
    }

    /// The receipt that this frame gives, or nothing where it is no answer to `control_id`.
    std::optional<Receipt> judge(std::string frame, const std::string& control_id) {
        const auto commit = net::commit_of(frame);
        if (commit && options_.commit_blocks) return judge_commit(*commit);
        const auto answer = hl7v2::read_answer(frame);
        if (!answer || (answer->control_id != control_id && !mutant("msa-unchecked"))) {
            metrics_.foreign.add();
            log::warning("mllp.foreign_answer", {{"destination", context_.destination}});
            return std::nullopt;
        }
        if (answer->positive() && is_commit_level(answer->code) && options_.await_application) return std::nullopt;
        Receipt receipt;
        receipt.outcome = answer->positive() ? Receipt::Outcome::confirmed : Receipt::Outcome::refused;
        receipt.detail = answer->error.empty() ? answer->code : answer->code + " " + answer->error;
        receipt.transient = !answer->positive() && options_.retry_internal_error && names_code(answer->error, "207");
        receipt.answer = Payload(std::move(frame));
        return receipt;
    }

    static constexpr Duration kEndGrace = std::chrono::milliseconds(200);

    const OutboundContext context_;
    const Options options_;
    asio::any_io_executor strand_;
    metrics::OutboundMetrics metrics_;
    net::Pool pool_;
    hl7v2::SequenceSender link_;  ///< Belongs to who has the connection.
    IdSource ids_;
};

Result<std::unique_ptr<OutboundAdapter>> make(const config::Settings& settings, OutboundContext context) {
    const auto port = settings.integer("port");
    if (port < 1 || port > 65535) return fail(Issue::value, settings.place("port"), "Give a port from 1 to 65535.");
    auto pool = net::read_pool_options(settings, settings.duration("acknowledgement_limit"));
    if (!pool) return pool.error();
    auto tls = net::make_tls_client(settings.object("tls"));
    // "tls: {}" is TLS with the machine's own authorities, never a plain connection.
    if (tls && !*tls && settings.has("tls")) tls = net::make_tls_client(net::TlsClientFiles{});
    if (!tls) return tls.error();
    Options options;
    options.peer.host = settings.text("host");
    options.peer.port = std::to_string(port);
    options.peer.tls = *tls;
    options.pool = *pool;
    options.acknowledgement_limit = settings.duration("acknowledgement_limit");
    options.max_answer = settings.size("max_answer");
    options.await_application = settings.text("await") == "application";
    options.await_commit = settings.text("await") == "commit";
    options.commit_blocks = settings.boolean("commit_blocks");
    options.sequence = settings.boolean("sequence");
    if (options.await_commit && !options.commit_blocks)
        return fail(Issue::value, settings.place("await"), "A commit block comes with \"commit_blocks: true\" only.");
    if (options.sequence && options.await_commit)
        return fail(Issue::value, settings.place("await"),
                    "Sequence numbers come with HL7 acknowledgements: give accept.");
    if (options.sequence && settings.integer("connections") != 1)
        return fail(Issue::value, settings.place("connections"), "Sequence numbers need one connection: give 1.");
    options.retry_internal_error = settings.boolean("retry_internal_error");
    return std::unique_ptr<OutboundAdapter>(std::make_unique<MllpSender>(std::move(context), std::move(options)));
}

std::optional<Error> refuses(const Delivery& delivery) {
    const auto header = header_of(delivery);
    return header ? std::nullopt : std::optional(header.error());
}

}  // namespace

extern const AdapterSpec kMllpSender;
const AdapterSpec kMllpSender = {
    .name = "mllp_sender",
    .summary = "Sends HL7 v2 messages over MLLP and matches each acknowledgement by MSA-2.",
    .security =
        "Trusts the peer at that address; with tls, only one whose certificate the named authority signed for that "
        "name.",
    .fields = kFields,
    .examples = kExamples,
    .make_outbound = make,
    .unsendable = refuses,
};

}  // namespace causeway
