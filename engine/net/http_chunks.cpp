#include <algorithm>
#include <charconv>

#include "net/http_syntax.hpp"

namespace causeway::net {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxOverhead = 16 * 1024;
constexpr std::size_t kMaxDigits = 15;

HttpRefusal malformed(std::string what) {
    return {400, fail(Issue::structure, "chunk", std::move(what))};
}

HttpRefusal too_much_overhead() {
    return {431, fail(Issue::too_long, "chunk", "Chunk extensions or trailers are too long; leave them out.")};
}

/// `*( BWS ";" ... )`: extensions are dropped, but must look like some.
bool is_extension(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return text.empty() || (first != std::string_view::npos && text[first] == ';' && is_field_value(text));
}

}  // namespace

MaybeRefusal ChunkDecoder::feed(std::string_view bytes, std::size_t& used, std::string& body) {
    used = 0;
    while (state_ != State::done && used < bytes.size()) {
        const auto rest = bytes.substr(used);
        if (state_ == State::data) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
            body.append(rest.substr(0, size));
            used += size;
            left_ -= size;
            if (left_ == 0) state_ = State::data_end;
            continue;
        }
        std::optional<std::string_view> line;
        if (auto refusal = take_line(rest, used, line)) return refusal;
        if (!line) return std::nullopt;
        if (auto refusal = state_ == State::trailer ? take_trailer(*line) : take_size(*line, body)) return refusal;
    }
    return std::nullopt;
}

MaybeRefusal ChunkDecoder::take_line(std::string_view bytes, std::size_t& used,
                                     std::optional<std::string_view>& line) const {
    const std::size_t longest = state_ == State::data_end ? 1 : kMaxLine;
    const auto end = bytes.substr(0, longest + 1).find('\n');
    if (end == std::string_view::npos) {
        if (bytes.size() > longest || (state_ == State::data_end && bytes.front() != '\r'))
            return malformed("A chunk does not end where its size says, or its line is too long; correct the chunks.");
        return std::nullopt;
    }
    if (end == 0 || bytes[end - 1] != '\r')
        return malformed("A line of a chunk ends with LF alone; end it with CR LF.");
    line = bytes.substr(0, end - 1);
    used += end + 1;
    return std::nullopt;
}

MaybeRefusal ChunkDecoder::take_size(std::string_view line, const std::string& body) {
    if (state_ == State::data_end) {
        state_ = State::size;
        return std::nullopt;
    }
    std::uint64_t size = 0;
    const auto digits = line.substr(0, std::min(line.size(), kMaxDigits + 1));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    const auto length = static_cast<std::size_t>(end - digits.data());
    if (error != std::errc() || length > kMaxDigits || !is_extension(line.substr(length)))
        return malformed("A chunk size is no hexadecimal number; correct the chunks.");
    overhead_ += line.size() - length;
    if (overhead_ > kMaxOverhead) return too_much_overhead();
    if (size > max_body_ - std::min(max_body_, body.size()))
        return HttpRefusal{413, fail(Issue::too_long, "body", "The body is over the limit; send less at a time.")};
    left_ = size;
    state_ = size == 0 ? State::trailer : State::data;
    return std::nullopt;
}

MaybeRefusal ChunkDecoder::take_trailer(std::string_view line) {
    if (line.empty()) {
        state_ = State::done;
        return std::nullopt;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon)) || !is_field_value(line))
        return malformed("A trailer is malformed; leave it out.");
    overhead_ += line.size();
    if (overhead_ > kMaxOverhead) return too_much_overhead();
    return std::nullopt;
}

}  // namespace causeway::net
