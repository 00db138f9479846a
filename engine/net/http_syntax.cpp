#include "net/http_syntax.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace causeway::net {
namespace {

constexpr std::size_t kMaxFields = 100;

HttpRefusal refuse(int status, Issue issue, std::string where, std::string what) {
    return {status, fail(issue, std::move(where), std::move(what))};
}

HttpRefusal malformed(std::string where, std::string what) {
    return refuse(400, Issue::structure, std::move(where), std::move(what));
}

bool is_token_char(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view without_blanks(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The line before the next CR LF; the scanner has made sure that there is one.
std::string_view next_line(std::string_view& bytes) {
    const auto end = bytes.find("\r\n");
    const auto line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 2));
    return line;
}

MaybeRefusal parse_field(std::string_view line, HttpHeaders& headers) {
    if (line.front() == ' ' || line.front() == '\t')
        return malformed("header", "A header line begins with a blank; send each header on one line.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon)))
        return malformed("header", "A header has no valid name before its colon; correct the request.");
    const auto value = without_blanks(line.substr(colon + 1));
    if (!is_field_value(value))
        return malformed("header", "A header value holds control characters; correct the request.");
    headers.emplace_back(line.substr(0, colon), value);
    return std::nullopt;
}

MaybeRefusal parse_fields(std::string_view bytes, HttpHeaders& headers) {
    for (auto line = next_line(bytes); !line.empty(); line = next_line(bytes)) {
        if (headers.size() == kMaxFields)
            return refuse(431, Issue::too_long, "header", "There are more than 100 headers; send fewer.");
        if (auto refusal = parse_field(line, headers)) return refusal;
    }
    return std::nullopt;
}

std::size_t count(const HttpHeaders& headers, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(
        headers.begin(), headers.end(), [name](const auto& entry) { return equals_ignoring_case(entry.first, name); }));
}

MaybeRefusal read_length(HttpHead& head) {
    const auto text = header(head.headers, "Content-Length");
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.size() > 18 || error != std::errc() || end != text.data() + text.size())
        return malformed("Content-Length", "Content-Length is no number; send the size of the body in bytes.");
    head.length = value;
    return std::nullopt;
}

/// Which bytes are the body (RFC 9112 section 6)?
MaybeRefusal read_framing(HttpHead& head) {
    const auto lengths = count(head.headers, "Content-Length");
    const auto encodings = count(head.headers, "Transfer-Encoding");
    if (lengths > 1) return malformed("Content-Length", "There are two Content-Length headers; send one.");
    if (lengths != 0 && encodings != 0)
        return malformed("Content-Length", "Content-Length and Transfer-Encoding are both there; send one of them.");
    if (lengths != 0) return read_length(head);
    if (encodings == 0) return std::nullopt;
    const auto encoding = header(head.headers, "Transfer-Encoding");
    if (encodings == 1 && head.minor >= 1 && equals_ignoring_case(encoding, "chunked")) {
        head.chunked = true;
        return std::nullopt;
    }
    if (encodings == 1 && head.minor >= 1 && encoding.find(',') != std::string_view::npos)
        return refuse(501, Issue::not_supported, "Transfer-Encoding",
                      "Only the transfer coding `chunked` is supported.");
    return malformed("Transfer-Encoding", "This Transfer-Encoding leaves the end of the body unknown; send `chunked`.");
}

void read_connection(HttpHead& head) {
    bool close = false;
    bool keep = false;
    for (const auto& [name, value] : head.headers) {
        if (!equals_ignoring_case(name, "Connection")) continue;
        for (const auto option : split(value, ',')) {
            close = close || equals_ignoring_case(trim(option), "close");
            keep = keep || equals_ignoring_case(trim(option), "keep-alive");
        }
    }
    head.keep = !close && (head.minor >= 1 || keep);
}

MaybeRefusal read_version(std::string_view version, HttpHead& head) {
    const bool formed = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.' &&
                        std::isdigit(static_cast<unsigned char>(version[5])) != 0 &&
                        std::isdigit(static_cast<unsigned char>(version[7])) != 0;
    if (!formed) return malformed("request line", "The first line does not end with an HTTP version; send HTTP/1.1.");
    if (version[5] != '1')
        return refuse(505, Issue::not_supported, "request line", "Only HTTP/1.1 and HTTP/1.0 are supported.");
    head.minor = version[7] == '0' ? 0 : 1;
    return std::nullopt;
}

/// Origin form stays; of an absolute URL only what follows the host counts (RFC 9112 section 3.2.2).
bool read_target(std::string_view target, HttpHead& head) {
    const bool visible =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
    if (target.empty() || !visible) return false;
    head.target = target;
    if (target.front() == '/') return true;
    if (target == "*") return head.method == "OPTIONS";
    const auto url = parse_url(target);
    if (!url || (url->scheme != "http" && url->scheme != "https")) return false;
    head.target = url->path.empty() || url->path.front() != '/' ? "/" + url->path : url->path;
    return true;
}

MaybeRefusal parse_request_line(std::string_view line, HttpHead& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !is_http_token(line.substr(0, first)))
        return malformed("request line", "The first line is no request; send METHOD, target and HTTP/1.1.");
    head.method = line.substr(0, first);
    if (auto refusal = read_version(line.substr(last + 1), head)) return refusal;
    if (!read_target(line.substr(first + 1, last - first - 1), head))
        return malformed("request line", "The request target is malformed; send a path, percent-encoded.");
    return std::nullopt;
}

MaybeRefusal read_host(const HttpHead& head) {
    const auto hosts = count(head.headers, "Host");
    if (hosts > 1 || (hosts == 0 && head.minor >= 1)) return malformed("Host", "Send exactly one Host header.");
    const auto host = header(head.headers, "Host");
    if (host.find_first_of(" \t,/@?#\\") != std::string_view::npos)
        return malformed("Host", "The Host header is malformed; send host and port.");
    return std::nullopt;
}

MaybeRefusal read_expectation(HttpHead& head) {
    const auto expect = header(head.headers, "Expect");
    if (expect.empty()) return std::nullopt;
    if (!equals_ignoring_case(expect, "100-continue"))
        return refuse(417, Issue::not_supported, "Expect", "Only the expectation 100-continue is supported.");
    head.expects_continue = head.minor >= 1;
    return std::nullopt;
}

MaybeRefusal read_coding(HttpHead& head) {
    const auto coding = header(head.headers, "Content-Encoding");
    const auto codings = count(head.headers, "Content-Encoding");
    head.gzip = equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip");
    if (codings <= 1 && (head.gzip || coding.empty() || equals_ignoring_case(coding, "identity"))) return std::nullopt;
    return refuse(415, Issue::not_supported, "Content-Encoding", "Send the body as it is or with gzip.");
}

}  // namespace

bool is_http_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return (code >= 0x20 && code != 0x7f) || c == '\t';
    });
}

std::string_view header(const HttpHeaders& headers, std::string_view name) {
    for (const auto& [key, value] : headers)
        if (equals_ignoring_case(key, name)) return value;
    return {};
}

MaybeRefusal HeadScanner::scan(std::string_view bytes, std::optional<std::size_t>& size) {
    for (auto end = bytes.find('\n', scanned_); end != std::string_view::npos; end = bytes.find('\n', scanned_)) {
        if (end == line_ || bytes[end - 1] != '\r')
            return malformed("line end", "A line ends with LF alone; end each line with CR LF.");
        const bool empty = end == line_ + 1;
        scanned_ = line_ = end + 1;
        if (!empty) continue;
        if (line_ > max_head_) break;
        size = line_;
        return std::nullopt;
    }
    scanned_ = std::max(scanned_, bytes.size());
    if (scanned_ > max_head_ || line_ > max_head_)
        return refuse(431, Issue::too_long, "header", "The headers are too long; send fewer or shorter ones.");
    return std::nullopt;
}

MaybeRefusal parse_request_head(std::string_view bytes, HttpHead& head) {
    if (auto refusal = parse_request_line(next_line(bytes), head)) return refusal;
    if (auto refusal = parse_fields(bytes, head.headers)) return refusal;
    if (auto refusal = read_host(head)) return refusal;
    if (auto refusal = read_framing(head)) return refusal;
    if (auto refusal = read_expectation(head)) return refusal;
    read_connection(head);
    return read_coding(head);
}

MaybeRefusal parse_response_head(std::string_view bytes, HttpHead& head) {
    const auto line = next_line(bytes);
    if (auto refusal = read_version(line.substr(0, 8), head)) return refusal;
    const auto code = line.substr(std::min<std::size_t>(line.size(), 8), 4);
    const auto [end, error] = std::from_chars(code.data() + !code.empty(), code.data() + code.size(), head.status);
    const bool formed = code.size() == 4 && code[0] == ' ' && error == std::errc() && end == code.data() + 4 &&
                        head.status >= 100 && (line.size() == 12 || line[12] == ' ');
    if (!formed) return malformed("status line", "The first line of the answer is no HTTP status.");
    if (auto refusal = parse_fields(bytes, head.headers)) return refusal;
    read_connection(head);
    return read_framing(head);
}

std::string_view reason_phrase(int status) noexcept {
    struct Phrase {
        int status;
        std::string_view text;
    };
    static constexpr auto kPhrases = std::to_array<Phrase>({{100, "Continue"},
                                                            {200, "OK"},
                                                            {201, "Created"},
                                                            {202, "Accepted"},
                                                            {204, "No Content"},
                                                            {304, "Not Modified"},
                                                            {307, "Temporary Redirect"},
                                                            {400, "Bad Request"},
                                                            {401, "Unauthorized"},
                                                            {403, "Forbidden"},
                                                            {404, "Not Found"},
                                                            {405, "Method Not Allowed"},
                                                            {406, "Not Acceptable"},
                                                            {408, "Request Timeout"},
                                                            {409, "Conflict"},
                                                            {410, "Gone"},
                                                            {412, "Precondition Failed"},
                                                            {413, "Content Too Large"},
                                                            {415, "Unsupported Media Type"},
                                                            {417, "Expectation Failed"},
                                                            {422, "Unprocessable Content"},
                                                            {429, "Too Many Requests"},
                                                            {431, "Request Header Fields Too Large"},
                                                            {500, "Internal Server Error"},
                                                            {501, "Not Implemented"},
                                                            {503, "Service Unavailable"},
                                                            {504, "Gateway Timeout"},
                                                            {505, "HTTP Version Not Supported"}});
    const auto* found =
        std::find_if(kPhrases.begin(), kPhrases.end(), [status](const Phrase& p) { return p.status == status; });
    return found == kPhrases.end() ? std::string_view() : found->text;
}

}  // namespace causeway::net
