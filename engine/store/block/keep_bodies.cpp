#include "store/block/block.hpp"
#include "store/record/wire.hpp"

namespace causeway::block {

Result<std::optional<std::string>> keep_bodies(std::string_view chunk,
                                               const std::function<bool(std::uint32_t record)>& keep) {
    BodyChunk kept;
    const auto copy = [&](std::uint32_t record, std::string_view bytes) {
        if (keep(record)) kept.add(record, bytes);
    };
    if (auto visited = each_body(chunk, copy); !visited) return visited.error();
    if (kept.empty()) return std::optional<std::string>();
    return std::optional(kept.finish());
}

}  // namespace causeway::block
