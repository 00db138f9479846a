#include "adapters/mllp_listener/session.hpp"

#include <algorithm>
#include <utility>

#include "core/log.hpp"
#include "hl7v2/acknowledgement.hpp"

namespace causeway::mllp {

namespace asio = boost::asio;

namespace {

constexpr Duration kAnswerLimit = std::chrono::seconds(30);
// For the rest of a frame that was refused before its end.
constexpr Duration kLinger = std::chrono::seconds(5);
constexpr std::size_t kMostDropped = 256u << 20;
// When the listener stops, for a message on its way: that of a sender that has just connected, above all.
constexpr Duration kLastLook = std::chrono::milliseconds(50);
// A sender that leaves out the CR behind FS waits; one that sends it does so within the same moment.
constexpr Duration kEndGrace = std::chrono::milliseconds(200);

Finding finding(Issue issue, int hl7_code, std::string where, std::string text) {
    Finding made;
    made.issue = issue;
    made.hl7_code = hl7_code;
    made.expression = std::move(where);
    made.text = std::move(text);
    return made;
}

/// The header of something that broke off: believed only where its MSH segment is whole.
std::optional<hl7v2::Header> header_of_fragment(std::string_view bytes) {
    return bytes.find_first_of("\r\n") == std::string_view::npos ? std::nullopt : hl7v2::read_header(bytes);
}

}  // namespace

asio::awaitable<void> Session::run() {
    for (bool open = true; open;) {
        const auto event = co_await next_event();
        if (!event) break;
        open = co_await handle(*event);
        body_.give_back();
        if (stopping_) look_left_ = false;
    }
    co_await stream_.close();
}

/// The next thing to act upon; nothing where the connection is at its end.
asio::awaitable<std::optional<net::MllpReader::Event>> Session::next_event() {
    for (;;) {
        const auto event = reader_.next();
        metrics_.warnings.add(reader_.warnings() - std::exchange(warnings_, reader_.warnings()));
        if (event != Event::need_more) {
            begun_.reset();
            co_return event;
        }
        if (ended_ || !may_wait()) co_return std::nullopt;
        note_progress();
        const bool more = co_await read_more();
        if (!more) co_return std::nullopt;
    }
}

/// The sender's time does not run while it is not read from.
asio::awaitable<bool> Session::wait_for_room() {
    const auto since = std::chrono::steady_clock::now();
    const auto room = co_await body_.wait();
    if (begun_) *begun_ += std::chrono::steady_clock::now() - since;
    co_return room.has_value();
}

asio::awaitable<bool> Session::read_more() {
    if (!body_.take(reader_.pending() + buffer_.size())) {
        const bool room = co_await wait_for_room();
        if (!room) co_return false;
    }
    const auto read = co_await stream_.read_some(buffer_, read_limit());
    if (!read) co_return read_failed(read.error());
    if (*read == 0) {
        ended_ = true;
        if (reader_.at_end())
            reader_.finish();
        else if (reader_.in_frame())
            log_closed("the peer ended inside a frame");
        co_return reader_.at_end();
    }
    metrics_.bytes.add(*read);
    frame_bytes_ += *read;
    reader_.feed(std::string_view(buffer_.data(), *read));
    co_return true;
}

bool Session::may_wait() {
    return !stopping_ || reader_.in_frame() || std::exchange(look_left_, false);
}

/// Is there more to do all the same?
bool Session::read_failed(const Error& error) {
    const bool in_time = begun_ && std::chrono::steady_clock::now() - *begun_ < options_.frame_limit;
    if (error.issue == Issue::timeout && reader_.at_end() && in_time) {
        reader_.finish();
        return true;
    }
    // A listener that stops wakes every read once: a frame that has begun may still be finished.
    if (stopping_ && !std::exchange(woken_, true)) return true;
    if (reader_.in_frame()) log_closed("the frame was not finished in time, or the connection failed");
    return false;
}

void Session::note_progress() {
    if (!reader_.in_frame()) {
        begun_.reset();
        frame_bytes_ = 0;
    } else if (!begun_) {
        begun_ = std::chrono::steady_clock::now();
    }
}

Duration Session::read_limit() const {
    if (!begun_) return stopping_ ? kLastLook : options_.idle_limit;
    const auto spent = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - *begun_);
    const auto left = std::max(options_.frame_limit - spent, Duration(std::chrono::milliseconds(1)));
    return reader_.at_end() ? std::min(left, kEndGrace) : left;
}

asio::awaitable<bool> Session::handle(Event event) {
    switch (event) {
        case Event::frame: {
            auto bytes = reader_.take();
            body_.finish(bytes.size());
            co_return co_await take_frame(std::move(bytes));
        }
        case Event::truncated:
        case Event::unframed: {
            std::string bytes(reader_.head());
            co_return co_await take_fragment(std::move(bytes));
        }
        case Event::oversized: {
            std::string bytes(reader_.head());
            co_return co_await take_oversized(std::move(bytes));
        }
        case Event::not_mllp:
            log_closed("the peer does not speak MLLP");
            co_return false;
        case Event::need_more:
            break;
    }
    co_return true;
}

asio::awaitable<bool> Session::take_frame(std::string bytes) {
    const auto commit = net::commit_of(bytes);
    if (commit && options_.commit_blocks) co_return co_await take_commit_block(*commit);
    if (options_.batches.split || hl7v2::begins_batch(bytes)) {
        const bool several = hl7v2::is_several(hl7v2::split_batch(bytes));
        if (several) co_return co_await take_batch(std::move(bytes));
    }
    auto header = hl7v2::read_header(bytes);
    if (!header) {
        auto why = finding(Issue::structure, 100, "MSH",
                           "The frame must hold a message that begins with MSH and its delimiters.");
        co_return co_await refuse(std::nullopt, std::move(bytes), std::move(why));
    }
    if (hl7v2::is_acknowledgement(*header) && !options_.takes_acknowledgements)
        co_return co_await drop_acknowledgement(std::move(bytes));
    auto handed = submission(std::move(bytes));
    auto verdict = co_await context_.intake.accept(std::move(handed));
    if (!verdict) co_return co_await reply_error(std::move(header), verdict.error());
    count(*verdict);
    co_return co_await reply(std::move(header), std::move(*verdict));
}

asio::awaitable<bool> Session::take_fragment(std::string bytes) {
    auto header = header_of_fragment(bytes);
    auto why =
        finding(Issue::incomplete, 100, "",
                "The frame is broken: it must begin with VT (0B) and end with FS CR (1C 0D); send the message again.");
    log::warning("mllp.frame_broken", {{"channel", context_.channel}, {"bytes", bytes.size()}});
    co_return co_await refuse(std::move(header), std::move(bytes), std::move(why));
}

/// What follows cannot be told from the rest of this frame: the connection is closed.
asio::awaitable<bool> Session::take_oversized(std::string head) {
    auto header = header_of_fragment(head);
    log::warning("mllp.frame_too_long", {{"channel", context_.channel}, {"limit", options_.max_frame}});
    OperationOutcome why;
    why.add(finding(Issue::too_long, 207, "", "The message is longer than this listener takes (max_frame)."));
    auto handed = submission(std::move(head));
    auto stored = co_await context_.intake.refuse(std::move(handed), std::move(why), 413);
    (stored ? metrics_.refused : metrics_.failed).add();
    if (!stored || !header) co_return false;
    const bool replied = co_await reply(std::move(header), std::move(*stored), false);
    if (replied) co_await drop_rest();
    co_return false;
}

/// Closing while bytes are unread resets the connection, and the sender might never see the answer.
asio::awaitable<void> Session::drop_rest() {
    stream_.finish();
    const auto end = std::chrono::steady_clock::now() + kLinger;
    for (std::size_t dropped = 0; dropped < kMostDropped;) {
        const auto left = std::chrono::duration_cast<Duration>(end - std::chrono::steady_clock::now());
        if (left <= Duration::zero()) co_return;
        const auto read = co_await stream_.read_some(buffer_, left);
        if (!read || *read == 0) co_return;
        dropped += *read;
    }
}

/// The peer has our acknowledgement, or has not: what was stored is stored, and it may send again.
asio::awaitable<bool> Session::take_commit_block(bool stored) {
    if (!stored) log::warning("mllp.acknowledgement_refused", {{"channel", context_.channel}});
    co_return true;
}

/// Kept for the journal and not answered: two listeners must not talk for ever.
asio::awaitable<bool> Session::drop_acknowledgement(std::string bytes) {
    log::warning("mllp.acknowledgement_dropped", {{"channel", context_.channel}});
    OperationOutcome why;
    why.add(finding(Issue::not_supported, 200, "MSH-9", "An acknowledgement came where messages are taken."));
    auto handed = submission(std::move(bytes));
    const auto stored = co_await context_.intake.refuse(std::move(handed), std::move(why), 422);
    if (stored) metrics_.refused.add();
    auto frames = commit_block(stored.has_value());
    const bool sent = co_await send_frames(std::move(frames));
    co_return sent&& stored.has_value();
}

asio::awaitable<bool> Session::refuse(Header header, std::string bytes, Finding why) {
    OperationOutcome outcome;
    outcome.add(std::move(why));
    auto handed = submission(std::move(bytes));
    auto stored = co_await context_.intake.refuse(std::move(handed), std::move(outcome), 400);
    if (!stored) co_return co_await reply_error(std::move(header), stored.error());
    metrics_.refused.add();
    co_return co_await reply(std::move(header), std::move(*stored));
}

/// `whole`: what is stored is all that came.
asio::awaitable<bool> Session::reply(Header header, Verdict verdict, bool whole) {
    auto acknowledgement = answer(header, verdict);
    auto frames = commit_block(whole);
    if (acknowledgement) frames += net::mllp_frame(*acknowledgement);
    co_return co_await send_frames(std::move(frames));
}

/// Nothing was stored. Silence and a closed connection tell the sender to keep the message; only a configured limit
/// (207) is put into words.
asio::awaitable<bool> Session::reply_error(Header header, Error error) {
    metrics_.failed.add();
    log::error("mllp.not_stored", {{"channel", context_.channel}, {"issue", to_code(error.issue)}});
    auto frames = commit_block(false);
    auto acknowledgement = error.hl7_code == 207 ? answer_error(header, error, context_.clock.now()) : std::nullopt;
    if (acknowledgement) frames += net::mllp_frame(*acknowledgement);
    const bool sent = co_await send_frames(std::move(frames));
    co_return sent&& acknowledgement.has_value();
}

asio::awaitable<bool> Session::send_frames(std::string frames) {
    if (frames.empty()) co_return true;
    const auto written = co_await stream_.write(frames, kAnswerLimit);
    co_return written.has_value();
}

/// Of MLLP release 2: has the ledger what came? Nothing on other channels.
std::string Session::commit_block(bool stored) const {
    return options_.commit_blocks ? net::mllp_commit_block(stored) : std::string();
}

Submission Session::submission(std::string bytes) const {
    Submission made;
    made.body = Payload(std::move(bytes));
    made.media_type = kHl7v2;
    made.sender = stream_.peer_subject();
    return made;
}

void Session::count(const Verdict& verdict) {
    switch (verdict.disposition) {
        case Disposition::accepted:
            metrics_.accepted.add();
            break;
        case Disposition::duplicate:
            metrics_.duplicate.add();
            break;
        case Disposition::conflict:
            metrics_.conflict.add();
            break;
        case Disposition::refused:
            metrics_.refused.add();
            break;
    }
}

void Session::log_closed(std::string_view why) const {
    metrics_.rejected.add();
    log::warning("mllp.closed", {{"channel", context_.channel}, {"why", why}, {"bytes", frame_bytes_}});
}

}  // namespace causeway::mllp
