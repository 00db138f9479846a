#include "app/hl7_file.hpp"

#include <utility>

#include "hl7v2/charset.hpp"

namespace causeway::app {

Hl7File::Hl7File(std::string bytes, hl7v2::ParseOptions options) : options_(std::move(options)) {
    if (auto wide = hl7v2::wide_to_utf8(bytes)) bytes = std::move(*wide);
    payload_ = Payload(std::move(bytes));
    batch_ = hl7v2::split_batch(payload_.reveal());
}

void Hl7File::each(std::uint32_t only, const std::function<void(const Hl7Item&)>& visit) const {
    std::uint32_t number = 0;
    for (const auto& piece : batch_.pieces) {
        if (hl7v2::is_envelope(piece)) continue;
        if (++number; only == 0 || only == number) visit(parsed(piece, number));
    }
}

Hl7Item Hl7File::parsed(const hl7v2::Piece& piece, std::uint32_t number) const {
    Hl7Item item{{number, piece.line, piece.batch}, piece, nullptr, {}};
    // A file that is one message, with or without its frame, is not copied.
    const bool is_all = batch_.pieces.size() == 1 && batch_.warnings.empty();
    auto result = hl7v2::parse(is_all ? payload_ : Payload(std::string(piece.text)), options_);
    if (result)
        item.message = *result;
    else
        item.refusal = hl7v2::locate(result.error(), piece.text, piece.line, piece.offset);
    return item;
}

}  // namespace causeway::app
