#include "store/check_ledger.hpp"

#include <filesystem>

namespace causeway {
namespace {

Result<LedgerCheck> check(const MessageStore& store) {
    LedgerCheck found;
    if (auto file = store.verify_file(); !file) return file.error();
    auto chain = store.verify_chain(std::nullopt);
    if (!chain) return chain.error();
    auto projections = store.verify_obligations();
    if (!projections) return projections.error();
    auto bodies = store.verify_bodies();
    if (!bodies) return bodies.error();
    const auto balance = store.balance();
    if (!balance) return balance.error();
    const auto groups = store.waiting_groups();
    if (!groups) return groups.error();
    found.chain = std::move(*chain);
    found.projections = std::move(*projections);
    found.bodies = std::move(*bodies);
    for (const auto& [channel, counts] : balance->intake)
        if (const auto accepted = counts.find(Disposition::accepted); accepted != counts.end())
            found.accepted += accepted->second;
    for (const WaitingGroup& group : *groups) found.waiting += group.count;
    return found;
}

}  // namespace

Result<LedgerCheck> check_ledger(LedgerOptions options, const Clock& clock) {
    const std::string file = options.file;
    Result<LedgerCheck> found = fail(Issue::exception, "", "");
    {
        const auto store = open_sqlite_ledger(std::move(options), clock);
        if (!store) return store.error();
        found = check(**store);
    }
    std::error_code ignored;
    for (const char* const end : {".lock", "-wal", "-shm"}) std::filesystem::remove(file + end, ignored);
    return found;
}

}  // namespace causeway
