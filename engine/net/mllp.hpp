#pragma once
/// MLLP release 1 framing: 0B ... 1C 0D.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace causeway::net {

/// Takes bytes as they come and gives whole frames. Lenient where the field needs it (FS without CR, FS LF, junk or blanks
/// before VT), each counted in `warnings()`. Not thread-safe.
class MllpReader {
public:
    explicit MllpReader(std::size_t max_frame) : max_frame_(max_frame) {}

    enum class Event {
        need_more,   ///< No whole frame yet.
        frame,       ///< take() gives it.
        oversized,   ///< The frame went over the limit; head() gives its first bytes.
        truncated,   ///< A new VT came inside a frame: the fragment is dropped (head() gives its first bytes).
        not_mllp     ///< The first bytes are no MLLP (an HTTP request, a TLS hello).
    };

    void feed(std::string_view bytes);
    Event next();
    std::string take();
    std::string_view head() const noexcept;
    bool in_frame() const noexcept;
    std::size_t warnings() const noexcept { return warnings_; }

private:
    std::size_t max_frame_;
    std::string buffer_;
    std::string frame_;
    std::size_t scanned_ = 0;
    bool open_ = false;
    bool seen_frame_ = false;
    std::size_t warnings_ = 0;
};

/// The message with its frame around it.
std::string mllp_frame(std::string_view message);

}  // namespace causeway::net
