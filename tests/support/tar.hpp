#pragma once
/// Writes tar archives for tests, right ones and wrong ones.

#include <zlib.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace causeway::test {

class Tar {
public:
    Tar& file(std::string_view path, std::string_view bytes) { return entry(path, bytes, '0'); }

    Tar& entry(std::string_view path, std::string_view bytes, char kind) {
        std::string block(512, '\0');
        block.replace(0, path.size(), path);
        put_octal(block, 100, 8, 0644);
        put_octal(block, 124, 12, bytes.size());
        put_octal(block, 136, 12, 0);
        block[156] = kind;
        block.replace(257, 8, std::string_view("ustar\00000", 8));
        block.replace(148, 8, "        ");
        unsigned sum = 0;
        for (const char c : block) sum += static_cast<unsigned char>(c);
        put_octal(block, 148, 7, sum);
        bytes_ += block;
        bytes_ += bytes;
        bytes_.resize((bytes_.size() + 511) / 512 * 512);
        return *this;
    }

    std::string bytes() const { return bytes_ + std::string(1024, '\0'); }
    std::string packed() const { return gzip(bytes()); }

    static std::string gzip(std::string_view bytes) {
        z_stream stream{};
        if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::runtime_error("zlib");
        std::string out(deflateBound(&stream, bytes.size()), '\0');
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream.avail_in = static_cast<uInt>(bytes.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        deflate(&stream, Z_FINISH);
        out.resize(stream.total_out);
        deflateEnd(&stream);
        return out;
    }

private:
    static void put_octal(std::string& block, std::size_t at, std::size_t size, std::size_t value) {
        char text[24];
        std::snprintf(text, sizeof(text), "%0*zo", static_cast<int>(size - 1), value);
        block.replace(at, size - 1, text);
    }

    std::string bytes_;
};

}  // namespace causeway::test
