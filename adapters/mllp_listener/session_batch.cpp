/// A frame that holds several messages. Each is stored on its own, in order; then there is one answer to all.
#include <algorithm>
#include <string>
#include <utility>

#include "adapters/mllp_listener/session.hpp"
#include "core/log.hpp"
#include "hl7v2/acknowledgement.hpp"

namespace causeway::mllp {

namespace asio = boost::asio;

namespace {

/// Each is a commit of its own before the one answer: with more of them its sender gives up waiting and begins again.
constexpr std::size_t kMostMessages = 5000;

Error too_many() {
    return fail(Issue::too_costly, "", "Send batches of at most " + std::to_string(kMostMessages) + " messages.",
                Retry::never, 100);
}

std::size_t messages_of(const hl7v2::Batch& batch) {
    return static_cast<std::size_t>(std::count_if(batch.pieces.begin(), batch.pieces.end(),
                                                  [](const auto& piece) { return !hl7v2::is_envelope(piece); }));
}

Manner numbered(std::size_t n) {
    return {.suffix = '.' + std::to_string(n)};
}

Error not_split() {
    return fail(Issue::structure, "",
                "This channel takes one message a frame: send each in a frame of its own, or have the channel set "
                "\"batches: split\".",
                Retry::never, 100);
}

OperationOutcome no_header() {
    return to_outcome(fail(Issue::structure, "MSH", "Segments came that belong to no message: each begins with MSH.",
                           Retry::never, 100));
}

OperationOutcome acknowledgement_came() {
    return to_outcome(
        fail(Issue::not_supported, "MSH-9", "An acknowledgement came where messages are taken.", Retry::never, 200));
}

bool is_acknowledgement(const std::optional<hl7v2::Header>& header) {
    return header && hl7v2::is_acknowledgement(*header);
}

}  // namespace

asio::awaitable<bool> Session::take_batch(std::string bytes) {
    const auto batch = hl7v2::split_batch(bytes);
    metrics_.warnings.add(batch.warnings.size());
    auto fault = hl7v2::fault_of(batch);
    if (!options_.batches.split) fault = not_split();
    if (fault && options_.batches.split) {
        log::warning("mllp.batch_faulty", {{"channel", context_.channel}, {"code", batch.warnings.front().code}});
        if (options_.batches.take_faulty) fault.reset();
    }
    if (!fault && messages_of(batch) > kMostMessages) fault = too_many();
    if (!fault) co_return co_await take_sound_batch(batch);
    auto why = std::move(*fault);
    co_return co_await refuse_batch(bytes, batch, std::move(why));
}

/// Where the ledger stops serving in the middle, nothing behind that place is taken: it would overtake what comes
/// again. Only a configured limit is put into words; else silence makes the sender send the whole batch again, and what
/// was stored of it is recognised.
asio::awaitable<bool> Session::take_sound_batch(const hl7v2::Batch& batch) {
    BatchAnswer answers(batch, options_.batches.answer);
    hl7v2::BatchId id;
    std::optional<Error> stopped;
    std::optional<Verdict> first;
    std::size_t number = 0;
    for (const auto& piece : batch.pieces) {
        id.see(piece);
        if (hl7v2::is_envelope(piece)) continue;
        const auto header = hl7v2::read_header(piece.text);
        const auto manner = numbered(++number);
        if (!stopped) {
            auto verdict = co_await take_piece(piece, id.text());
            if (verdict) {
                answers.add(piece, answer(header, *verdict, manner));
                if (!first) first = std::move(*verdict);
                continue;
            }
            metrics_.failed.add();
            log::error("mllp.not_stored", {{"channel", context_.channel}, {"issue", to_code(verdict.error().issue)}});
            if (verdict.error().hl7_code != 207) {
                auto refusal = commit_block(false);
                co_await send_frames(std::move(refusal));
                co_return false;
            }
            stopped = verdict.error();
        }
        answers.add(piece, answer_error(header, *stopped, context_.clock.now(), manner));
    }
    const auto at = first ? first->at : context_.clock.now();
    const auto name = first ? first->message : Id{at.time_since_epoch().count()};
    auto frames = commit_block(!stopped) + answers.frames(name.text(), at);
    co_return co_await send_frames(std::move(frames));
}

Async<Verdict> Session::take_piece(const hl7v2::Piece& piece, std::string batch_id) {
    auto handed = submission(std::string(piece.text));
    handed.batch = std::move(batch_id);
    const auto header = hl7v2::read_header(piece.text);
    if (header && (options_.takes_acknowledgements || !hl7v2::is_acknowledgement(*header))) {
        auto verdict = co_await context_.intake.accept(std::move(handed));
        if (verdict) count(*verdict);
        co_return verdict;
    }
    auto why = header ? acknowledgement_came() : no_header();
    auto verdict = co_await context_.intake.refuse(std::move(handed), std::move(why), header ? 422 : 400);
    if (verdict) metrics_.refused.add();
    co_return verdict;
}

/// All of it, as one: nothing is taken, and each message hears so.
asio::awaitable<bool> Session::refuse_batch(const std::string& bytes, const hl7v2::Batch& batch, Error why) {
    BatchAnswer answers(batch, options_.batches.split ? options_.batches.answer : BatchOptions::Answer::each);
    auto outcome = to_outcome(why);
    auto handed = submission(bytes);
    auto stored = co_await context_.intake.refuse(std::move(handed), std::move(outcome), 400);
    Header header;
    if (!stored) co_return co_await reply_error(std::move(header), stored.error());
    metrics_.refused.add();
    std::size_t number = 0;
    bool heard = false;
    for (const auto& piece : batch.pieces) {
        if (hl7v2::is_envelope(piece)) continue;
        header = hl7v2::read_header(piece.text);
        if (is_acknowledgement(header)) continue;
        // A sender that never heard of batches gets the one answer that it waits for.
        if (!options_.batches.split && std::exchange(heard, true)) continue;
        answers.add(piece, answer(header, *stored, options_.batches.split ? numbered(++number) : Manner{}));
        heard = true;
    }
    if (!heard) co_return co_await reply(std::nullopt, std::move(*stored));
    auto frames = commit_block(true) + answers.frames(stored->message.text(), stored->at);
    co_return co_await send_frames(std::move(frames));
}

}  // namespace causeway::mllp
