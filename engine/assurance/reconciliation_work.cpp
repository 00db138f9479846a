#include <mutex>

#include "assurance/work.hpp"

namespace causeway::assurance {
namespace {

class ReconciliationWork final : public Work {
public:
    ReconciliationWork(Place place, Day day, ReconcileOptions options)
        : place_(std::move(place)), day_(day), options_(std::move(options)) {}

    Result<void> run(Progress& progress) override {
        const Subject subject{place_.store, *place_.configuration, place_.clock.now()};
        const auto report = reconcile(subject, day_, options_, progress);
        if (!report) return report.error();
        const std::lock_guard lock(mutex_);
        page_ = {to_json(*report), to_text(*report)};
        return {};
    }

    Page page(std::size_t) const override {
        const std::lock_guard lock(mutex_);
        return page_;
    }

private:
    const Place place_;
    const Day day_;
    const ReconcileOptions options_;
    mutable std::mutex mutex_;
    Page page_;
};

}  // namespace

std::unique_ptr<Work> make_reconciliation(Place place, Day day, ReconcileOptions options) {
    return std::make_unique<ReconciliationWork>(std::move(place), day, std::move(options));
}

}  // namespace causeway::assurance
