#pragma once
/// Starts a successor of this process and remembers what became of it.

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "api/pages.hpp"
#include "core/error.hpp"
#include "pipeline/engine.hpp"

namespace causeway::app {

/// The program of this process, by its absolute path.
std::string own_program();

/// Lives as long as the process, whatever becomes of its engine. Threads: any.
class Upgrades {
public:
    struct State {
        long successor = 0;  ///< Process id of the one that was started last; 0: none.
        std::string failed;  ///< Why it did not take over; empty: it still may.
    };

    /// `config`: folder of the configuration that a successor runs with.
    explicit Upgrades(std::filesystem::path config) : config_(std::move(config)) {}

    /// Starts `program` (empty: the one that runs here) so that it takes over; gives its process id at once.
    Result<long> begin(const std::string& program);
    State state();
    /// A successor, started here or elsewhere, did not take over.
    void failed(const Error& why);

    /// GET and POST /v1/upgrade.
    std::unique_ptr<api::Pages> pages(const pipeline::Engine& engine);

private:
    const std::filesystem::path config_;
    std::mutex mutex_;
    State state_;
};

}  // namespace causeway::app
