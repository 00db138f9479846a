#include "fhir/definitions/archive.hpp"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

namespace causeway::fhir {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kChunk = 256 * 1024;
constexpr std::uint64_t kFreeRatio = 64ULL << 20;

Error refuse(std::string_view path, std::string what) {
    return fail(Issue::structure, std::string(path.substr(0, 200)), std::move(what));
}

/// The bytes of the archive, unpacked piece by piece.
class Stream {
public:
    Stream(std::string_view archive, const ArchiveLimits& limits) : archive_(archive), limits_(limits) {
        is_packed_ = archive.starts_with("\x1F\x8B");
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() {
        if (is_open_) inflateEnd(&zlib_);
    }

    /// Exactly so many bytes, or an Error; nothing at the end where `may_end`.
    Result<bool> read(char* out, std::size_t size, bool may_end = false) {
        std::size_t done = 0;
        while (done < size) {
            if (at_ == ready_.size()) {
                const auto more = fill();
                if (!more) return more.error();
                if (!*more) {
                    if (may_end && done == 0) return false;
                    return refuse("", "Fetch the archive again; it is cut.");
                }
            }
            const auto part = std::min(size - done, ready_.size() - at_);
            std::copy_n(ready_.data() + at_, part, out + done);
            at_ += part;
            done += part;
        }
        return true;
    }

private:
    Result<bool> fill() {
        const auto more = is_packed_ ? inflate_more() : copy_more();
        if (!more) return more;
        total_ += ready_.size();
        if (total_ > limits_.max_total)
            return fail(
                Issue::too_long, "",
                "Split the archive; unpacked it is larger than " + std::to_string(limits_.max_total >> 20) + " MiB.");
        if (total_ > kFreeRatio && total_ / limits_.max_ratio > archive_.size())
            return fail(Issue::too_costly, "",
                        "Pack the definitions anew; this archive unpacks to far more than it holds.");
        return more;
    }

    Result<bool> copy_more() {
        const auto part = std::min(kChunk, archive_.size() - taken_);
        ready_.assign(archive_.substr(taken_, part));
        taken_ += part;
        at_ = 0;
        return part > 0;
    }

    Result<bool> inflate_more() {
        at_ = 0;
        if (is_at_end_) {
            ready_.clear();
            return false;
        }
        if (!is_open_) {
            zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(archive_.data()));
            zlib_.avail_in = static_cast<uInt>(archive_.size());
            if (inflateInit2(&zlib_, 15 + 16) != Z_OK) return refuse("", "Free some memory and try again.");
            is_open_ = true;
        }
        ready_.resize(kChunk);
        zlib_.next_out = reinterpret_cast<Bytef*>(ready_.data());
        zlib_.avail_out = static_cast<uInt>(kChunk);
        const auto status = inflate(&zlib_, Z_NO_FLUSH);
        ready_.resize(kChunk - zlib_.avail_out);
        is_at_end_ = status == Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END)
            return refuse("", "Fetch the archive again; its gzip data are damaged or cut.");
        if (ready_.empty()) return is_at_end_ ? Result<bool>(false) : inflate_more();
        return true;
    }

    std::string_view archive_;
    const ArchiveLimits& limits_;
    z_stream zlib_{};
    std::string ready_;
    std::size_t at_ = 0;
    std::size_t taken_ = 0;
    std::uint64_t total_ = 0;
    bool is_packed_ = false;
    bool is_open_ = false;
    bool is_at_end_ = false;
};

std::string_view field(std::string_view block, std::size_t offset, std::size_t size) {
    const auto text = block.substr(offset, size);
    return text.substr(0, text.find('\0'));
}

/// Octal, perhaps with blanks around; nothing else (GNU's binary sizes are for files over 8 GiB).
std::optional<std::uint64_t> octal(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, 8);
    if (text.empty()) return 0;
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

bool has_right_checksum(std::string_view block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i)
        sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[i]);
    return octal(field(block, 148, 8)) == sum;
}

bool is_safe(std::string_view path) {
    if (path.empty() || path.starts_with('/') || path.find('\\') != std::string_view::npos) return false;
    if (path.size() > 1 && path[1] == ':') return false;
    while (!path.empty()) {
        const auto part = path.substr(0, path.find('/'));
        if (part == "..") return false;
        path.remove_prefix(std::min(path.size(), part.size() + 1));
    }
    return true;
}

/// Of a pax header ("length key=value\n" each) the path; nothing where it has none or is malformed.
std::optional<std::string> pax_path(std::string_view records) {
    while (!records.empty()) {
        std::size_t length = 0;
        const auto number = std::from_chars(records.data(), records.data() + records.size(), length);
        const auto start = static_cast<std::size_t>(number.ptr - records.data()) + 1;
        if (number.ec != std::errc() || length > records.size() || start >= length) return std::nullopt;
        auto record = records.substr(start, length - start);
        if (record.starts_with("path=") && record.ends_with('\n'))
            return std::string(record.substr(5, record.size() - 6));
        records.remove_prefix(length);
    }
    return std::nullopt;
}

class TarReader {
public:
    TarReader(std::string_view archive, const ArchiveVisitor& visit, const ArchiveLimits& limits)
        : stream_(archive, limits), visit_(visit), limits_(limits) {}

    Result<void> run() {
        for (;;) {
            const auto more = entry();
            if (!more) return more.error();
            if (!*more) return {};
        }
    }

private:
    Result<bool> entry() {
        std::string block(kBlock, '\0');
        const auto read = stream_.read(block.data(), kBlock, true);
        if (!read || !*read) return read;
        // Two empty blocks end an archive; what stands behind them does not count.
        if (block.find_first_not_of('\0') == std::string::npos) return false;
        const auto size = octal(field(block, 124, 12));
        if (!size || !has_right_checksum(block))
            return refuse("", "Give a tar archive, packed with gzip or not; this is none.");
        auto path = take_path(block);
        if (++files_ > limits_.max_files)
            return fail(Issue::too_long, path, "Split the archive; it holds too many files.");
        if (*size > limits_.max_file)
            return fail(Issue::too_long, path, "Leave this file out of the archive; it is too large.");
        auto bytes = contents(*size);
        if (!bytes) return bytes.error();
        const auto done = handle(block[156], path, *bytes);
        if (!done) return done.error();
        return true;
    }

    std::string take_path(std::string_view block) {
        if (long_path_) {
            auto path = std::move(*long_path_);
            long_path_.reset();
            return path;
        }
        const auto name = field(block, 0, 100);
        const auto prefix = field(block, 257, 5) == "ustar" ? field(block, 345, 155) : std::string_view();
        return prefix.empty() ? std::string(name) : std::string(prefix) + "/" + std::string(name);
    }

    Result<std::string> contents(std::uint64_t size) {
        const auto padded = (size + kBlock - 1) / kBlock * kBlock;
        std::string bytes;
        // Grown piece by piece, so that a wrong size costs no memory.
        while (bytes.size() < padded) {
            const auto part = std::min<std::uint64_t>(kChunk, padded - bytes.size());
            const auto start = bytes.size();
            bytes.resize(start + part);
            const auto read = stream_.read(bytes.data() + start, part);
            if (!read) return read.error();
        }
        bytes.resize(size);
        return bytes;
    }

    Result<void> handle(char kind, const std::string& path, const std::string& bytes) {
        switch (kind) {
            case 'x':
                long_path_ = pax_path(bytes);
                return {};
            case 'L':
                long_path_ = bytes.substr(0, bytes.find('\0'));
                return {};
            case 'g':
                return {};
            case '5':
                if (!is_safe(path))
                    return refuse(path, "Leave paths out of the archive that are absolute or hold \"..\".");
                return {};
            case '0':
            case '\0':
            case '7':
                if (!is_safe(path))
                    return refuse(path, "Leave paths out of the archive that are absolute or hold \"..\".");
                return visit_(path, bytes);
            default:
                return refuse(path,
                              "Leave links and devices out of the archive; only files and folders may stand in it.");
        }
    }

    Stream stream_;
    const ArchiveVisitor& visit_;
    const ArchiveLimits& limits_;
    std::optional<std::string> long_path_;
    std::uint64_t files_ = 0;
};

}  // namespace

Result<void> read_archive(std::string_view archive, const ArchiveVisitor& visit, const ArchiveLimits& limits) {
    if (archive.size() > UINT32_MAX) return fail(Issue::too_long, "", "Split the archive; it is larger than 4 GiB.");
    return TarReader(archive, visit, limits).run();
}

}  // namespace causeway::fhir
