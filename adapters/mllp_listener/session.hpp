#pragma once
/// One MLLP connection: frames in, acknowledgements out, strictly one after the other.

#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "adapter.hpp"
#include "adapters/mllp_listener/answer.hpp"
#include "adapters/mllp_listener/batch.hpp"
#include "core/adapter_metrics.hpp"
#include "hl7v2/message.hpp"
#include "net/body_budget.hpp"
#include "net/mllp.hpp"
#include "net/stream.hpp"

namespace causeway::mllp {

struct SessionOptions {
    std::size_t max_frame = 0;
    Duration frame_limit{};  ///< From the first byte of a frame to its last.
    Duration idle_limit{};   ///< Between frames; zero: none.
    BatchOptions batches;
    bool commit_blocks = false;           ///< MLLP release 2.
    bool takes_acknowledgements = false;  ///< As messages; else they are kept and go nowhere.
};

/// Lives as long as its connection, on the connection's strand. While intake works on a frame nothing is read.
class Session {
public:
    Session(net::Stream& stream, const InboundContext& context, metrics::InboundMetrics& metrics,
            const SessionOptions& options, const std::atomic<bool>& stopping)
        : stream_(stream),
          context_(context),
          metrics_(metrics),
          options_(options),
          stopping_(stopping),
          reader_(options.max_frame),
          body_(context.bodies) {}

    /// Until the peer ends, an error closes, or `stopping` finds the connection between two messages: after an
    /// acknowledgement at once, on an idle connection after a last look for a message that is already on its way.
    boost::asio::awaitable<void> run();

private:
    using Event = net::MllpReader::Event;
    using Header = std::optional<hl7v2::Header>;
    using SteadyTime = std::chrono::steady_clock::time_point;

    boost::asio::awaitable<std::optional<Event>> next_event();
    boost::asio::awaitable<bool> read_more();
    boost::asio::awaitable<bool> wait_for_room();
    bool read_failed(const Error& error);
    bool may_wait();
    Duration read_limit() const;
    void note_progress();

    // Each answers false where the connection must be closed.
    boost::asio::awaitable<bool> handle(Event event);
    boost::asio::awaitable<bool> take_frame(std::string bytes);
    boost::asio::awaitable<bool> take_fragment(std::string bytes);
    boost::asio::awaitable<bool> take_oversized(std::string head);
    boost::asio::awaitable<bool> take_commit_block(bool stored);
    boost::asio::awaitable<bool> drop_acknowledgement(std::string bytes);
    boost::asio::awaitable<bool> refuse(Header header, std::string bytes, Finding why);
    boost::asio::awaitable<bool> reply(Header header, Verdict verdict, bool whole = true);
    boost::asio::awaitable<bool> reply_error(Header header, Error error);
    boost::asio::awaitable<bool> send_frames(std::string frames);
    boost::asio::awaitable<void> drop_rest();

    // session_batch.cpp: a frame that holds several messages
    boost::asio::awaitable<bool> take_batch(std::string bytes);
    boost::asio::awaitable<bool> take_sound_batch(const hl7v2::Batch& batch);
    boost::asio::awaitable<bool> refuse_batch(const std::string& bytes, const hl7v2::Batch& batch, Error why);
    Async<Verdict> take_piece(const hl7v2::Piece& piece, std::string batch_id);

    std::string commit_block(bool stored) const;
    Submission submission(std::string bytes) const;
    void count(const Verdict& verdict);
    void log_closed(std::string_view why) const;

    net::Stream& stream_;
    const InboundContext& context_;
    metrics::InboundMetrics& metrics_;
    const SessionOptions& options_;
    const std::atomic<bool>& stopping_;
    net::MllpReader reader_;
    net::BodyBudget::Share body_;  ///< What the frame takes until it is committed or refused.
    std::array<char, 16 * 1024> buffer_;
    std::optional<SteadyTime> begun_;  ///< When the frame under way began.
    std::size_t frame_bytes_ = 0;
    std::size_t warnings_ = 0;
    bool woken_ = false;     ///< By the listener's stop.
    bool look_left_ = true;  ///< One more short wait once the listener stops.
    bool ended_ = false;     ///< The peer sends nothing more.
};

}  // namespace causeway::mllp
