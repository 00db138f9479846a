#pragma once
/// Numbers of blocks, kept as ranges: what retention removes are long runs of them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::sqlite {

class BlockSet {
public:
    struct Range {
        std::int64_t first = 0, last = 0;
    };

    void add(std::int64_t number) { add(Range{number, number}); }
    void add(Range range);
    void add(const BlockSet& other);
    bool contains(std::int64_t number) const;
    bool empty() const noexcept { return last_of_.empty(); }
    /// What of this is not in `other`, rising.
    std::vector<Range> without(const BlockSet& other) const;

    /// "1-5,7".
    std::string text() const;
    /// Nothing where it is not of that form.
    static std::optional<BlockSet> parse(std::string_view text);

private:
    std::map<std::int64_t, std::int64_t> last_of_;  ///< By first; ranges neither overlap nor touch.
};

/// The event that names the blocks which a purge took events or bodies from, as {"events": "1-5,7", "bodies": "1-9"}:
/// what is missing and was not named so has been removed by somebody else.
inline constexpr std::string_view kRemovedEvent = "retention.removed";

struct RemovedBlocks {
    BlockSet events, bodies;

    void add(const RemovedBlocks& other);
    bool empty() const noexcept { return events.empty() && bodies.empty(); }
    std::string detail() const;
    /// Reads the detail of such an event; nothing of what cannot be read.
    static RemovedBlocks parse(const std::string& detail);
};

}  // namespace causeway::sqlite
