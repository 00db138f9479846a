#include "assurance/caretaker.hpp"

#include <sys/resource.h>

#include "core/log.hpp"

namespace causeway::assurance {
namespace {

constexpr int kNice = 10;

/// On Linux this concerns the calling thread alone.
void step_back() {
    (void)::setpriority(PRIO_PROCESS, 0, kNice);
}

}  // namespace

Caretaker::Caretaker(MessageStore& store, const Clock& clock, std::function<pipeline::ConfigurationPtr()> configuration,
                     Times times)
    : care_{store, clock, std::string(kEngine)}, configuration_(std::move(configuration)), times_(times) {
}

Caretaker::~Caretaker() {
    stop();
}

void Caretaker::start() {
    thread_ = std::thread([this] { loop(); });
}

void Caretaker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    progress_.cancel();
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Caretaker::loop() {
    step_back();
    std::string seen;
    auto next = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto configuration = configuration_();
        const auto now = std::chrono::steady_clock::now();
        if (now >= next || configuration->hash != seen) {
            seen = configuration->hash;
            next = now + times_.between;
            lock.unlock();
            work(*configuration);
            lock.lock();
            continue;
        }
        wake_.wait_for(lock, times_.look, [this] { return stopping_; });
    }
}

void Caretaker::work(const pipeline::Configuration& configuration) {
    run("reseal", make_reseal(care_));
    run("purge", make_purge(care_, configuration.retention(), false));
    run("notes", make_note_purge(care_));
}

void Caretaker::run(std::string_view what, std::unique_ptr<Work> work) {
    if (progress_.cancelled()) return;
    if (const auto done = work->run(progress_); !done)
        log::warning("ledger.care-failed", {{"what", what}, {"error", to_string(done.error())}});
}

}  // namespace causeway::assurance
