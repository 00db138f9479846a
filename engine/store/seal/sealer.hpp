#pragma once
/// Bytes as the ledger keeps them: compressed (zstd), and encrypted (AES-256-GCM, NIST SP 800-38D) where there is a
/// key. The format is described in engine/store/seal/README.md.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "store/seal/key_ring.hpp"

namespace causeway::seal {

/// Where sealed bytes stand. It is bound into them: moved elsewhere they do not open.
struct Place {
    std::uint8_t kind = 0;  ///< Events, bodies: the ledger says.
    std::int64_t block = 0;
    std::uint32_t chunk = 0;
};

/// Threads: any.
class Sealer {
public:
    explicit Sealer(KeyRing keys = {}) { use(std::move(keys)); }

    /// Other keys from now on.
    void use(KeyRing keys);

    std::string seal(std::string_view plain, const Place& place) const;
    /// Issue::invariant where the bytes are not as they were sealed at this place, Issue::login where the key is
    /// missing, Issue::not_supported for a newer format, Issue::too_long where the plain bytes would be more than
    /// `most`.
    Result<std::string> open(std::string_view sealed, const Place& place, std::size_t most = 256u << 20) const;
    /// Would seal() do it the same way: under the newest key, or under none where there is none?
    bool is_current(std::string_view sealed) const noexcept;
    std::shared_ptr<const KeyRing> keys() const;

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const KeyRing> keys_;
};

}  // namespace causeway::seal
