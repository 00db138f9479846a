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

}  // namespace

/// zlib's inflate with an end to its life.
struct Gunzip::Inflater {
    Inflater() : ready(::inflateInit2(&z, kGzipOnly) == Z_OK) {}
    ~Inflater() {
        if (ready) ::inflateEnd(&z);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream z{};
    const bool ready;
    int state = Z_OK;
};

Gunzip::Gunzip(std::string compressed, std::size_t max_body, std::size_t max_ratio)
    : compressed_(std::move(compressed)),
      max_body_(max_body),
      max_ratio_(max_ratio),
      inflater_(std::make_unique<Inflater>()) {
    // zlib reads through this pointer only; z_const is not defined.
    inflater_->z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed_.data()));
    inflater_->z.avail_in = static_cast<uInt>(compressed_.size());
}

Gunzip::~Gunzip() = default;

MaybeRefusal Gunzip::next() {
    if (!inflater_->ready)
        return HttpRefusal{503, fail(Issue::exception, "body", "There is no memory to inflate the body.")};
    z_stream& z = inflater_->z;
    int& state = inflater_->state;
    if (state == Z_STREAM_END && ::inflateReset(&z) != Z_OK) return malformed();  // The next member.
    char block[kBlock];
    z.next_out = reinterpret_cast<Bytef*>(block);
    z.avail_out = sizeof block;
    state = ::inflate(&z, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) return malformed();
    body_.append(block, sizeof block - z.avail_out);
    if (body_.size() > compressed_.size() * max_ratio_)
        return HttpRefusal{413, fail(Issue::too_costly, "body", "The gzip body inflates too far; send it as it is.")};
    if (body_.size() > max_body_)
        return HttpRefusal{413,
                           fail(Issue::too_long, "body", "The inflated body is over the limit; send less at a time.")};
    done_ = state == Z_STREAM_END && z.avail_in == 0;
    return std::nullopt;
}

}  // namespace causeway::net
