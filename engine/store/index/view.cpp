#include "store/index/view.hpp"

#include <algorithm>
#include <functional>

namespace causeway::index {
namespace {

/// Greatest first, each once.
void keep_greatest(std::vector<std::int64_t>& values, std::size_t limit) {
    std::sort(values.begin(), values.end(), std::greater<>());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (values.size() > limit) values.resize(limit);
}

}  // namespace

void View::add(std::shared_ptr<const Run> run) {
    auto& all = runs[static_cast<std::size_t>(run->info().family)];
    const auto before = [](const auto& a, const auto& b) {
        return a->info().greatest_value > b->info().greatest_value;
    };
    all.insert(std::upper_bound(all.begin(), all.end(), run, before), run);
}

void View::remove(const Run& run) {
    std::erase_if(runs[static_cast<std::size_t>(run.info().family)],
                  [&](const auto& one) { return one.get() == &run; });
}

Result<std::vector<std::int64_t>> View::lookup(const Query& query, RunReader& reader) const {
    std::vector<std::int64_t> values;
    for (const auto& table : tables) table->find(query.family, query.hash, query.before, values);
    keep_greatest(values, query.limit);
    for (const auto& run : of(query.family)) {
        const bool enough = values.size() >= query.limit;
        if (enough && (values.empty() || run->info().greatest_value <= values.back())) break;
        const std::size_t had = values.size();
        if (auto found = run->find(query.hash, query.before, query.limit, reader, values); !found) return found.error();
        if (values.size() > had) keep_greatest(values, query.limit);
    }
    return values;
}

}  // namespace causeway::index
