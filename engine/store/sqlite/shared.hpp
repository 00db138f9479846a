#pragma once
/// What the writer and the readers of a ledger share.

#include "store/index/key_hash.hpp"
#include "store/index/key_index.hpp"
#include "store/sqlite/blocks.hpp"
#include "store/sqlite/open_obligations.hpp"

namespace causeway::sqlite {

/// Each part says itself who may call it.
struct Shared {
    Shared(seal::KeyRing with, index::HashSecret hash_secret, const index::StoredRuns& runs)
        : sealer(std::move(with)), secret(hash_secret), keys(index::IndexOptions{}, runs) {}

    seal::Sealer sealer;
    const index::HashSecret secret;
    block::ChunkCache cache{16u << 20};
    RecentBlocks recent;
    OpenObligations open;
    index::KeyIndex keys;
};

}  // namespace causeway::sqlite
