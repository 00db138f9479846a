#pragma once
/// Keeps the ledger by itself: purges by the retention of the configuration, and seals anew after a change of keys.

#include <functional>
#include <string>
#include <thread>

#include "assurance/care.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::assurance {

/// A thread that works at start, each day, and soon after the configuration changed; with a lower priority than the
/// threads that work on messages. The destructor ends what runs. Threads: any.
class Caretaker {
public:
    struct Times {
        std::chrono::milliseconds look =
            std::chrono::minutes(1);  ///< How often it looks whether there is something to do.
        std::chrono::milliseconds between = std::chrono::hours(24);
    };

    Caretaker(MessageStore& store, const Clock& clock, std::function<pipeline::ConfigurationPtr()> configuration)
        : Caretaker(store, clock, std::move(configuration), Times()) {}
    Caretaker(MessageStore& store, const Clock& clock, std::function<pipeline::ConfigurationPtr()> configuration,
              Times times);
    ~Caretaker();
    Caretaker(const Caretaker&) = delete;
    Caretaker& operator=(const Caretaker&) = delete;

    void start();
    void stop();

private:
    void loop();
    void work(const pipeline::Configuration& configuration);
    void run(std::string_view what, std::unique_ptr<Work> work);

    const Care care_;
    const std::function<pipeline::ConfigurationPtr()> configuration_;
    const Times times_;
    Progress progress_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace causeway::assurance
