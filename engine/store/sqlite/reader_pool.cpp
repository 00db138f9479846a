#include "store/sqlite/reader_pool.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kMostKept = 4;

}  // namespace

ReaderPool::Lease ReaderPool::borrow() {
    std::unique_ptr<Reader> reader;
    {
        const std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            reader = std::move(free_.back());
            free_.pop_back();
        }
    }
    if (!reader) reader = std::make_unique<Reader>(file_, vfs_, shared_);
    return {*this, std::move(reader)};
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
    const std::lock_guard lock(mutex_);
    if (free_.size() < kMostKept) free_.push_back(std::move(reader));
}

}  // namespace causeway::sqlite
