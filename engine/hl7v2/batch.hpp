#pragma once
/// Several messages in one stream: batches (chapter 2.10.3: FHS, BHS, BTS, FTS), messages that simply follow each
/// other, and MLLP frames as captures keep them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hl7v2/index.hpp"

namespace causeway::hl7v2 {

/// One stretch of the input.
struct Piece {
    enum class Kind : std::uint8_t {
        message,
        file_header,    ///< FHS
        batch_header,   ///< BHS
        batch_trailer,  ///< BTS
        file_trailer,   ///< FTS
        fragment        ///< Segments that no MSH precedes.
    };
    Kind kind = Kind::message;
    std::string_view text;    ///< In the input, without framing.
    std::size_t offset = 0;   ///< Of `text` in the input.
    std::uint32_t line = 1;   ///< Of its first byte; CR, LF and CR LF end lines.
    std::uint32_t batch = 0;  ///< Which batch it belongs to, from 1; 0 outside of any.
};

/// Is it a header or a trailer?
bool is_envelope(const Piece& piece) noexcept;

/// The pieces in their order; what lies between them is blank or ignored with a warning. Warning codes: text-ignored,
/// batch-count, file-count, missing-batch-trailer, missing-batch-header, missing-file-trailer, unfinished-frame.
struct Batch {
    std::vector<Piece> pieces;
    std::vector<Warning> warnings;
    bool has_envelope = false;  ///< FHS, BHS, BTS or FTS occurs.
    std::size_t messages() const noexcept;
};

/// Splits bytes whose character set contains ASCII (UTF-16 is decoded before, see unicode.hpp). A text without any MSH
/// is one fragment, or one message of it where it holds no segment either, so that parse() says what is wrong. Time and
/// memory are in proportion to the size. The pieces look into `bytes`.
Batch split_batch(std::string_view bytes);

/// Does it begin with FHS or BHS?
bool begins_batch(std::string_view bytes) noexcept;

/// More than one message, or an envelope: what a frame or file for one message must not hold.
bool is_several(const Batch& batch) noexcept;

/// Why it cannot be trusted to be whole (a count that is wrong, a trailer that is missing, text that belongs to no
/// message): code 100 of table 0357 at the segment. Nothing where all is in order.
std::optional<Error> fault_of(const Batch& batch);

/// Is told of the pieces in their order, and knows the id of the batch that is under way.
class BatchId {
public:
    void see(const Piece& piece);
    /// BHS-11, else FHS-11; empty where neither is there.
    const std::string& text() const noexcept { return batch_.empty() ? file_ : batch_; }

private:
    std::string file_, batch_;
};

}  // namespace causeway::hl7v2
