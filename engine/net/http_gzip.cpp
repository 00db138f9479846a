#include <zlib.h>

#include <algorithm>

#include "net/http_syntax.hpp"

namespace causeway::net {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

HttpRefusal malformed() {
    return {400,
            fail(Issue::structure, "body", "The body is no whole gzip stream; compress it again or send it as it is.")};
}

/// zlib's inflate with an end to its life.
class Inflater {
public:
    Inflater() : ready_(::inflateInit2(&z_, kGzipOnly) == Z_OK) {}
    ~Inflater() {
        if (ready_) ::inflateEnd(&z_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    bool ready() const { return ready_; }
    z_stream& z() { return z_; }

private:
    z_stream z_{};
    bool ready_;
};

}  // namespace

MaybeRefusal gunzip(std::string& body, std::size_t max_body, std::size_t max_ratio) {
    Inflater inflater;
    if (!inflater.ready())
        return HttpRefusal{503, fail(Issue::exception, "body", "There is no memory to inflate the body.")};
    z_stream& z = inflater.z();
    z.next_in = reinterpret_cast<Bytef*>(body.data());
    z.avail_in = static_cast<uInt>(body.size());
    const std::size_t by_ratio = body.size() * max_ratio;
    std::string out;
    char block[32 * 1024];
    for (int state = Z_OK; state != Z_STREAM_END || z.avail_in != 0;) {
        if (state == Z_STREAM_END && ::inflateReset(&z) != Z_OK) return malformed();  // The next member.
        z.next_out = reinterpret_cast<Bytef*>(block);
        z.avail_out = sizeof block;
        state = ::inflate(&z, Z_NO_FLUSH);
        if (state != Z_OK && state != Z_STREAM_END) return malformed();
        out.append(block, sizeof block - z.avail_out);
        if (out.size() > by_ratio)
            return HttpRefusal{413,
                               fail(Issue::too_costly, "body", "The gzip body inflates too far; send it as it is.")};
        if (out.size() > max_body)
            return HttpRefusal{
                413, fail(Issue::too_long, "body", "The inflated body is over the limit; send less at a time.")};
    }
    body = std::move(out);
    return std::nullopt;
}

}  // namespace causeway::net
