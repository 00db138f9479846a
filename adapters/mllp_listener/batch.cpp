#include "adapters/mllp_listener/batch.hpp"

#include <utility>

#include "hl7v2/message.hpp"
#include "net/mllp.hpp"

namespace causeway::mllp {
namespace {

using Kind = hl7v2::Piece::Kind;

/// For messages without a header of their own: the answer goes to whoever sent the first of them.
hl7v2::BatchHeader header_from(const hl7v2::Piece& message) {
    hl7v2::BatchHeader made;
    const auto header = hl7v2::read_header(message.text);
    if (!header) return made;
    made.delimiters = header->delimiters;
    made.sending_application = header->sending_application;
    made.sending_facility = header->sending_facility;
    made.receiving_application = header->receiving_application;
    made.receiving_facility = header->receiving_facility;
    return made;
}

}  // namespace

BatchAnswer::BatchAnswer(const hl7v2::Batch& batch, BatchOptions::Answer how)
    : in_batch_(how == BatchOptions::Answer::batch || (how == BatchOptions::Answer::as_sent && batch.has_envelope)) {
    for (const auto& piece : batch.pieces) {
        if (piece.kind == Kind::file_header && !file_) file_ = hl7v2::read_batch_header(piece.text);
        if (piece.kind == Kind::batch_header) groups_[piece.batch].header = hl7v2::read_batch_header(piece.text);
    }
}

BatchAnswer::Group& BatchAnswer::group_of(const hl7v2::Piece& piece) {
    const auto [known, added] = groups_.try_emplace(piece.batch);
    if (added) known->second.header = file_ ? *file_ : header_from(piece);
    return known->second;
}

void BatchAnswer::add(const hl7v2::Piece& piece, std::optional<std::string> acknowledgement) {
    auto& group = group_of(piece);
    has_messages_ = true;
    if (acknowledgement) group.acknowledgements.push_back(std::move(*acknowledgement));
}

bool BatchAnswer::is_wanted() const {
    return !has_messages_ || std::any_of(groups_.begin(), groups_.end(),
                                         [](const auto& group) { return !group.second.acknowledgements.empty(); });
}

std::string BatchAnswer::frames(std::string_view id, Instant at) const {
    if (!is_wanted()) return {};
    if (in_batch_) return net::mllp_frame(in_envelopes(id, at));
    std::string out;
    for (const auto& [batch, group] : groups_)
        for (const auto& acknowledgement : group.acknowledgements) out += net::mllp_frame(acknowledgement);
    return out;
}

std::string BatchAnswer::in_envelopes(std::string_view id, Instant at) const {
    std::vector<std::string> batches;
    for (const auto& [batch, group] : groups_) {
        const auto own = std::string(id) + 'B' + std::to_string(batches.size() + 1);
        batches.push_back(hl7v2::write_batch_acknowledgement(group.header, group.acknowledgements, own, at));
    }
    if (!file_ && batches.size() == 1) return batches.front();
    const auto file = file_ ? *file_ : groups_.empty() ? hl7v2::BatchHeader() : groups_.begin()->second.header;
    return hl7v2::write_file_acknowledgement(file, batches, std::string(id) + 'F', at);
}

}  // namespace causeway::mllp
