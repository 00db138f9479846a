#include "store/index/job.hpp"

namespace causeway::index {

Result<bool> Job::step(std::size_t most, RunReader& reader) {
    while (!building_.empty() && pages_.size() < most) {
        Building& first = building_.front();
        if (!drained_) {
            const auto entry = first.source->next(reader);
            if (!entry) return entry.error();
            if (*entry)
                first.builder.add(**entry, pages_);
            else
                drained_ = true;
            continue;
        }
        if (!first.builder.finish(pages_)) continue;
        if (auto run = first.builder.made()) end_.made.push_back(std::move(run));
        building_.pop_front();
        drained_ = false;
    }
    return building_.empty();
}

}  // namespace causeway::index
