#pragma once
/// HTTP/1.1 messages as bytes (RFC 9112), read strictly: what two parsers could understand in two ways is refused, so
/// that no proxy in front can be played against this server (request smuggling). For the server and client of this
/// folder, and for fuzzing.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace causeway::net {

/// Why a message is not taken, with the status that says so. The connection must be closed: where the next message
/// begins is unknown.
struct HttpRefusal {
    int status = 400;
    Error why;
};
using MaybeRefusal = std::optional<HttpRefusal>;

struct HttpHead {
    std::string method;  ///< Requests.
    std::string target;  ///< Requests; origin form, or "*".
    int status = 0;      ///< Responses.
    int minor = 1;       ///< HTTP/1.minor.
    HttpHeaders headers;
    bool chunked = false;
    std::optional<std::uint64_t> length;  ///< Content-Length.
    bool keep = true;                     ///< May the connection be used again afterwards?
    bool expects_continue = false;
    bool gzip = false;  ///< Content-Encoding.
};

/// Finds the end of a head in bytes that come piecemeal, and refuses line ends other than CR LF as soon as they are
/// seen.
class HeadScanner {
public:
    explicit HeadScanner(std::size_t max_head) : max_head_(max_head) {}

    /// `bytes` is all there is since the head's beginning. Sets `size` once the head is whole, with its empty line.
    MaybeRefusal scan(std::string_view bytes, std::optional<std::size_t>& size);

private:
    const std::size_t max_head_;
    std::size_t scanned_ = 0;
    std::size_t line_ = 0;
};

/// `bytes` is a whole head as the scanner found it.
MaybeRefusal parse_request_head(std::string_view bytes, HttpHead& head);
MaybeRefusal parse_response_head(std::string_view bytes, HttpHead& head);

/// Takes a chunked body (RFC 9112 section 7.1) as it comes. Extensions and trailers are checked and dropped.
class ChunkDecoder {
public:
    explicit ChunkDecoder(std::size_t max_body) : max_body_(max_body) {}

    /// Appends data to `body` and says in `used` how many of `bytes` it took; give the others again, with more.
    MaybeRefusal feed(std::string_view bytes, std::size_t& used, std::string& body);
    bool done() const noexcept { return state_ == State::done; }

private:
    enum class State { size, data, data_end, trailer, done };

    MaybeRefusal take_size(std::string_view line, const std::string& body);
    MaybeRefusal take_trailer(std::string_view line);
    /// The next line without CR LF, once it is whole.
    MaybeRefusal take_line(std::string_view bytes, std::size_t& used, std::optional<std::string_view>& line) const;

    const std::size_t max_body_;
    State state_ = State::size;
    std::uint64_t left_ = 0;    ///< Of the chunk in hand.
    std::size_t overhead_ = 0;  ///< Extensions and trailers.
};

/// Inflates a gzip body (RFC 1952) bit by bit, unless it holds more than `max_body`, or than `max_ratio` times its
/// size.
class Gunzip {
public:
    Gunzip(std::string compressed, std::size_t max_body, std::size_t max_ratio);
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;
    ~Gunzip();

    /// Inflates at most kBlock more.
    MaybeRefusal next();
    bool done() const noexcept { return done_; }
    /// Bytes that are there now, and after the next next().
    std::size_t size() const noexcept { return compressed_.size() + body_.size() + kBlock; }
    std::string take() { return std::move(body_); }

    static constexpr std::size_t kBlock = 32 * 1024;

private:
    struct Inflater;

    const std::string compressed_;
    const std::size_t max_body_, max_ratio_;
    std::string body_;
    std::unique_ptr<Inflater> inflater_;
    bool done_ = false;
};

bool is_http_token(std::string_view text) noexcept;
/// May it stand as the value of a header (no control characters)?
bool is_field_value(std::string_view text) noexcept;
/// "Not Found"; empty where there is none.
std::string_view reason_phrase(int status) noexcept;

}  // namespace causeway::net
