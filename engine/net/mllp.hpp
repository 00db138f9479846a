#pragma once
/// MLLP framing: 0B ... 1C 0D, and the commit blocks of release 2 (HL7 Transport Specification: MLLP, releases 1
/// and 2).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace causeway::net {

/// Takes bytes as they come and gives whole frames, exactly as they stand between VT and FS. Lenient where the field
/// needs it (FS without CR, FS LF, junk or blanks before VT), each counted in `warnings()`. What it gives does not
/// depend on how the bytes were cut into pieces. Not thread-safe.
class MllpReader {
public:
    explicit MllpReader(std::size_t max_frame) : max_frame_(max_frame) {}

    enum class Event {
        need_more,  ///< No whole frame yet.
        frame,      ///< take() gives it.
        oversized,  ///< The frame went over the limit; head() gives its first bytes. Nothing more can be read.
        truncated,  ///< A new VT came inside a frame: the fragment is dropped (head() gives it).
        unframed,   ///< An FS ended bytes that had no VT; head() gives them.
        not_mllp    ///< These bytes are no MLLP (an HTTP request, a TLS hello). Nothing more can be read.
    };

    void feed(std::string_view bytes);
    Event next();
    /// The frame that the last next() told of.
    std::string take();
    /// What the last next() told of, when it was no frame; at most 64 KB of an oversized one.
    std::string_view head() const noexcept { return frame_; }
    /// Has something begun that is not complete?
    bool in_frame() const noexcept;
    /// The last byte so far is an FS: either its CR is on the way, or the sender leaves it out and waits.
    bool at_end() const noexcept;
    /// Nothing followed that FS for a while: the next next() takes it as the end.
    void finish() noexcept { finished_ = true; }
    /// Bytes that were fed and are not done with.
    std::size_t pending() const noexcept { return buffer_.size() - begin_; }
    std::size_t warnings() const noexcept { return warnings_; }

private:
    enum class State { between, inside, dead };

    std::string_view rest() const noexcept { return std::string_view(buffer_).substr(begin_); }
    void skip_blanks();
    Event between_frames();
    Event inside_frame();
    Event open_frame(std::size_t vt);
    Event end_unframed(std::size_t fs);
    std::optional<std::size_t> find_end(std::size_t from);
    Event frame_ended(std::size_t end, std::size_t after);
    Event die(Event event);
    void keep(std::size_t begin, std::size_t end, std::size_t after);

    std::size_t max_frame_;
    std::string buffer_;
    std::string frame_;
    std::size_t begin_ = 0;    ///< First byte of buffer_ that is not done with.
    std::size_t scanned_ = 0;  ///< Up to here nothing of interest was found.
    State state_ = State::between;
    Event last_ = Event::need_more;
    bool finished_ = false;
    std::size_t warnings_ = 0;
};

/// The message with its frame around it.
std::string mllp_frame(std::string_view message);

/// Release 2: the block by which a receiver says, below HL7, whether it has stored what came (0B 06 1C 0D), or not
/// (0B 15 1C 0D).
std::string mllp_commit_block(bool stored);
/// What such a block says; nothing where the frame is a message.
std::optional<bool> commit_of(std::string_view frame);

}  // namespace causeway::net
