#pragma once
/// Codes that came and that no table maps: what somebody should map, and then replay.
///
///   GET /v1/codes?days=N&table=NAME
///
/// Counted from the events of the ledger, so that a count is never a second truth.

#include <string>
#include <vector>

#include "api/pages.hpp"
#include "store/message_store.hpp"

namespace causeway::api {

struct UnmappedCount {
    std::string map, table, system, code, channel;
    std::int64_t messages = 0;
    Instant first, last;
    Id message;  ///< The last one: where to look.
};

/// Most frequent first. A message counts once, however often it was attempted.
Result<std::vector<UnmappedCount>> unmapped_codes(const MessageStore& store, const ScanRange& range);
View render(const std::vector<UnmappedCount>& codes);

class CodePages final : public Pages {
public:
    /// Both must outlive it.
    CodePages(const MessageStore& store, const Clock& clock) : store_(store), clock_(clock) {}
    bool takes(const Call& call) const override;
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    const MessageStore& store_;
    const Clock& clock_;
};

}  // namespace causeway::api
