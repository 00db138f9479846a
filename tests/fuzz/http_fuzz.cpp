/// Any bytes are refused or understood, and are understood alike however they were cut.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/http_syntax.hpp"

using namespace causeway::net;

namespace {

constexpr std::size_t kMaxBody = 1 << 16;

/// What was understood, as text; the status of a refusal first.
std::string understand(std::string_view bytes, std::size_t step) {
    HeadScanner scanner(4096);
    std::optional<std::size_t> size;
    std::size_t seen = 0;
    while (!size && seen < bytes.size()) {
        seen = std::min(bytes.size(), seen + step);
        if (auto refusal = scanner.scan(bytes.substr(0, seen), size)) return std::to_string(refusal->status);
    }
    if (!size) return "more";
    HttpHead head;
    if (auto refusal = parse_request_head(bytes.substr(0, *size), head)) return std::to_string(refusal->status);
    std::string told = head.method + " " + head.target;
    for (const auto& [name, value] : head.headers) told += "\n" + name + ": " + value;
    if (!head.chunked) return told;
    ChunkDecoder decoder(kMaxBody);
    std::string body;
    std::size_t at = *size;
    for (seen = at; !decoder.done() && seen < bytes.size();) {
        seen = std::min(bytes.size(), seen + step);
        std::size_t used = 0;
        if (auto refusal = decoder.feed(bytes.substr(at, seen - at), used, body))
            return std::to_string(refusal->status);
        at += used;
    }
    if (body.size() > kMaxBody) std::abort();
    return told + "\n\n" + body + (decoder.done() ? " done" : " more");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = understand(bytes, bytes.size() + 1);
    if (whole != understand(bytes, 1) || whole != understand(bytes, 3)) std::abort();
    HttpHead response;
    (void)parse_response_head(bytes + "\r\n\r\n", response);
    (void)parse_url(bytes);
    std::string body = bytes;
    Gunzip gunzip(body, kMaxBody, 100);
    while (!gunzip.done())
        if (gunzip.next()) return 0;
    if (gunzip.take().size() > kMaxBody) std::abort();
    return 0;
}
