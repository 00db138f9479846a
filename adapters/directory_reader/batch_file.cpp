#include "adapters/directory_reader/batch_file.hpp"

#include <utility>

#include "core/log.hpp"
#include "hl7v2/batch.hpp"

namespace causeway::spool {
namespace {

constexpr std::size_t kMostFindings = 1000;  // In the file beside a refused one.

bool is_positive(Disposition disposition) {
    return disposition == Disposition::accepted || disposition == Disposition::duplicate;
}

/// What is wrong with one message, as a finding of the file.
void add_findings(const hl7v2::Piece& piece, std::size_t number, OperationOutcome of_message, OperationOutcome& all) {
    for (auto& finding : of_message.issues) {
        if (all.issues.size() >= kMostFindings) return;
        finding.text = "Message " + std::to_string(number) + ", which begins in line " + std::to_string(piece.line) +
                       ": " + finding.text;
        finding.line = piece.line + (finding.line > 0 ? finding.line - 1 : 0);
        all.add(std::move(finding));
    }
}

OperationOutcome no_header() {
    return to_outcome(fail(Issue::structure, "MSH", "Segments came that belong to no message: each begins with MSH.",
                           Retry::never, 100));
}

Submission message_of(const Submission& file, const hl7v2::Piece& piece, const std::string& batch) {
    Submission made;
    made.body = Payload(std::string(piece.text));
    made.media_type = file.media_type;
    made.file = file.file;
    made.batch = batch;
    return made;
}

Async<Verdict> submit(Intake& intake, Submission message, hl7v2::Piece::Kind kind) {
    if (kind == hl7v2::Piece::Kind::message) co_return co_await intake.accept(std::move(message));
    auto why = no_header();
    co_return co_await intake.refuse(std::move(message), std::move(why), 400);
}

}  // namespace

bool holds_batch(std::string_view bytes) {
    const auto first = bytes.find_first_not_of(" \t\r\n");
    return (first != std::string_view::npos && bytes[first] == '\v') || hl7v2::is_several(hl7v2::split_batch(bytes));
}

Async<Verdict> accept_batch(Intake& intake, Submission file, bool take_faulty, BatchProgress& progress,
                            std::function<void(Disposition)> count) {
    const auto body = file.body;
    const auto batch = hl7v2::split_batch(body.reveal());
    if (const auto fault = hl7v2::fault_of(batch)) {
        if (progress.messages == 0) log::warning("directory.batch_faulty", {{"code", batch.warnings.front().code}});
        if (!take_faulty) {
            auto why = to_outcome(*fault);
            auto refused = co_await intake.refuse(std::move(file), std::move(why), 400);
            if (refused) count(refused->disposition);
            co_return refused;
        }
    }
    auto& whole = progress.whole;
    if (progress.messages == 0) whole.disposition = Disposition::accepted;
    hl7v2::BatchId id;
    for (std::size_t at = 0; at < batch.pieces.size(); ++at) {
        const auto& piece = batch.pieces[at];
        id.see(piece);
        if (at < progress.pieces || hl7v2::is_envelope(piece)) continue;
        auto message = message_of(file, piece, id.text());
        auto verdict = co_await submit(intake, std::move(message), piece.kind);
        if (!verdict) co_return verdict;
        count(verdict->disposition);
        progress.pieces = at + 1;
        if (++progress.messages == 1) whole.message = verdict->message;
        if (is_positive(verdict->disposition)) continue;
        whole.disposition = Disposition::refused;
        add_findings(piece, progress.messages, std::move(verdict->outcome), whole.outcome);
    }
    co_return whole;
}

}  // namespace causeway::spool
