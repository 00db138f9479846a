#include "store/seal/compression.hpp"

#include <zstd.h>

#include <array>
#include <memory>

namespace causeway::seal {
namespace {

constexpr int kLevel = 1;
constexpr std::size_t kWorthTrying = 48;

struct Free {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_CDict* dictionary) const noexcept { ZSTD_freeCDict(dictionary); }
    void operator()(ZSTD_DDict* dictionary) const noexcept { ZSTD_freeDDict(dictionary); }
};

const ZSTD_CDict* compressing() {
    const std::string_view text = dictionary(kNewestDictionary);
    static const std::unique_ptr<ZSTD_CDict, Free> made(ZSTD_createCDict(text.data(), text.size(), kLevel));
    return made.get();
}

const ZSTD_DDict* decompressing(std::uint8_t version) {
    static const std::array<std::unique_ptr<ZSTD_DDict, Free>, kNewestDictionary> made = [] {
        std::array<std::unique_ptr<ZSTD_DDict, Free>, kNewestDictionary> all;
        for (std::uint8_t i = 0; i < kNewestDictionary; ++i) {
            const std::string_view text = dictionary(static_cast<std::uint8_t>(i + 1));
            all[i].reset(ZSTD_createDDict(text.data(), text.size()));
        }
        return all;
    }();
    return version >= 1 && version <= kNewestDictionary ? made[version - 1U].get() : nullptr;
}

ZSTD_CCtx* new_compressor() {
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);
    ZSTD_CCtx_refCDict(context, compressing());
    return context;
}

}  // namespace

bool compress(std::string_view plain, std::string& out) {
    if (plain.size() < kWorthTrying) return false;
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(new_compressor());
    const std::size_t at = out.size();
    const std::size_t most = plain.size() - plain.size() / 16;
    out.resize(at + most);
    const std::size_t size = ZSTD_compress2(context.get(), out.data() + at, most, plain.data(), plain.size());
    const bool fits = ZSTD_isError(size) == 0;
    out.resize(fits ? at + size : at);
    return fits;
}

bool decompress(std::string_view bytes, std::uint8_t dictionary_version, std::size_t size, std::string& plain) {
    const ZSTD_DDict* const words = decompressing(dictionary_version);
    if (words == nullptr) return false;
    thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    plain.resize(size);
    const std::size_t got =
        ZSTD_decompress_usingDDict(context.get(), plain.data(), size, bytes.data(), bytes.size(), words);
    return got == size;
}

}  // namespace causeway::seal
