#include "net/mllp.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace causeway::net {
namespace {

constexpr char kVt = '\x0b';
constexpr char kFs = '\x1c';
constexpr char kAck = '\x06';
constexpr char kNak = '\x15';
constexpr std::size_t kMaxJunk = 1024;                // Before a VT; anything longer is another protocol.
constexpr std::size_t kMaxHead = 64 * 1024;           // Of an oversized frame: enough for its MSH and for the journal.
constexpr std::size_t kLargeFrame = 16 * 1024;        // The buffer does not stay as long as it was.
constexpr std::size_t kHugeFrame = 16 * 1024 * 1024;  // Two of it at once would be too much.

constexpr bool is_blank(char c) {
    return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0';
}

bool begins_message(std::string_view bytes) {
    return bytes.starts_with("MSH");
}

bool is_http(std::string_view bytes) {
    constexpr auto kMethods = std::to_array<std::string_view>(
        {"GET ", "POST ", "PUT ", "HEAD ", "PATCH ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE ", "PRI * HTTP/"});
    return std::ranges::any_of(kMethods, [&](std::string_view method) { return bytes.starts_with(method); });
}

bool is_tls_hello(std::string_view bytes) {
    return bytes.starts_with("\x16\x03");
}

}  // namespace

void MllpReader::feed(std::string_view bytes) {
    if (state_ == State::dead || bytes.empty()) return;
    if (begin_ == buffer_.size() || begin_ > kLargeFrame) {
        buffer_.erase(0, begin_);
        scanned_ -= std::min(begin_, scanned_);
        begin_ = 0;
    }
    buffer_.append(bytes);
    finished_ = false;
}

MllpReader::Event MllpReader::next() {
    switch (state_) {
        case State::between:
            return between_frames();
        case State::inside:
            return inside_frame();
        case State::dead:
            break;
    }
    return last_;
}

std::string MllpReader::take() {
    return std::exchange(frame_, {});
}

bool MllpReader::in_frame() const noexcept {
    return state_ == State::inside || begin_ < buffer_.size();
}

bool MllpReader::at_end() const noexcept {
    return in_frame() && begin_ < buffer_.size() && buffer_.back() == kFs;
}

void MllpReader::skip_blanks() {
    const auto first = begin_;
    while (begin_ < buffer_.size() && is_blank(buffer_[begin_])) ++begin_;
    if (begin_ != first) ++warnings_;
    scanned_ = std::max(scanned_, begin_);
}

MllpReader::Event MllpReader::between_frames() {
    skip_blanks();
    if (begin_ == buffer_.size()) return Event::need_more;
    if (is_http(rest()) || is_tls_hello(rest())) return die(Event::not_mllp);
    constexpr char kEither[] = {kVt, kFs};
    const auto found = buffer_.find_first_of(std::string_view(kEither, 2), scanned_);
    const auto end = std::min(found, buffer_.size());
    if (end - begin_ > (begins_message(rest()) ? max_frame_ : kMaxJunk)) return die(Event::not_mllp);
    if (found == std::string::npos) {
        scanned_ = buffer_.size();
        return Event::need_more;
    }
    return buffer_[found] == kVt ? open_frame(found) : end_unframed(found);
}

MllpReader::Event MllpReader::open_frame(std::size_t vt) {
    const bool fragment = begins_message(rest().substr(0, vt - begin_));
    if (vt != begin_) ++warnings_;
    if (fragment) frame_.assign(buffer_, begin_, vt - begin_);
    begin_ = scanned_ = vt + 1;
    state_ = State::inside;
    return fragment ? Event::truncated : inside_frame();
}

MllpReader::Event MllpReader::end_unframed(std::size_t fs) {
    // The CR that follows is skipped as a blank.
    const bool nothing = fs == begin_;
    ++warnings_;
    keep(begin_, fs, fs + 1);
    return nothing ? between_frames() : Event::unframed;
}

/// Where the frame ends: an FS with CR, LF or VT behind it, or the last byte when finish() said so. An FS before any
/// other byte belongs to the message: to end there would shorten it silently.
std::optional<std::size_t> MllpReader::find_end(std::size_t from) {
    for (auto fs = buffer_.find(kFs, from); fs != std::string::npos; fs = buffer_.find(kFs, fs + 1)) {
        if (fs + 1 == buffer_.size()) {
            scanned_ = fs;
            return finished_ ? std::optional(fs) : std::nullopt;
        }
        const char after = buffer_[fs + 1];
        if (after == '\r' || after == '\n' || after == kVt) return fs;
    }
    scanned_ = buffer_.size();
    return std::nullopt;
}

MllpReader::Event MllpReader::inside_frame() {
    const auto from = scanned_;
    const auto end = find_end(from);
    const auto limit = end.value_or(buffer_.size() - (at_end() ? 1 : 0));
    const auto vt = std::string_view(buffer_).substr(0, limit).find(kVt, from);
    const auto size = std::min(vt, limit) - begin_;
    if (size > max_frame_) return die(Event::oversized);
    if (vt != std::string_view::npos) {
        ++warnings_;
        keep(begin_, vt, vt + 1);
        return Event::truncated;
    }
    if (!end) return Event::need_more;
    return frame_ended(*end, *end + 1);
}

MllpReader::Event MllpReader::frame_ended(std::size_t end, std::size_t after) {
    if (after < buffer_.size() && buffer_[after] == '\r') {
        ++after;
    } else {
        ++warnings_;
        if (after < buffer_.size() && buffer_[after] == '\n') ++after;
    }
    keep(begin_, end, after);
    state_ = State::between;
    finished_ = false;
    return Event::frame;
}

/// Moves [begin, end) to frame_ and goes on at `after`. A message is kept for a while, so it gets no more room than it
/// needs, while the buffer has up to twice as much; a huge one takes the buffer with it instead of a copy.
void MllpReader::keep(std::size_t begin, std::size_t end, std::size_t after) {
    const auto size = end - begin;
    if (size < kHugeFrame) frame_.assign(buffer_, begin, size);
    if (size < kLargeFrame) {
        begin_ = scanned_ = after;
        return;
    }
    auto whole = std::exchange(buffer_, buffer_.substr(after));
    begin_ = scanned_ = 0;
    if (size < kHugeFrame) return;
    frame_ = std::move(whole);
    frame_.resize(end);
    frame_.erase(0, begin);
}

MllpReader::Event MllpReader::die(Event event) {
    frame_.assign(buffer_, begin_, kMaxHead);
    buffer_ = {};
    begin_ = scanned_ = 0;
    state_ = State::dead;
    return last_ = event;
}

std::string mllp_frame(std::string_view message) {
    std::string framed;
    framed.reserve(message.size() + 3);
    framed += kVt;
    framed += message;
    framed += kFs;
    framed += '\r';
    return framed;
}

std::string mllp_commit_block(bool stored) {
    return mllp_frame(std::string_view(stored ? &kAck : &kNak, 1));
}

std::optional<bool> commit_of(std::string_view frame) {
    if (frame.size() != 1 || (frame[0] != kAck && frame[0] != kNak)) return std::nullopt;
    return frame[0] == kAck;
}

}  // namespace causeway::net
