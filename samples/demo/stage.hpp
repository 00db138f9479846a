#pragma once
/// The engine and its peers, running.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/client.hpp"
#include "samples/demo/process.hpp"

namespace causeway::samples {

/// Where everything is.
struct Place {
    std::filesystem::path programs;  ///< build/release
    std::filesystem::path root;      ///< The repository.
    std::filesystem::path conf;
    std::filesystem::path state;  ///< var/
};

/// Starts the peers and the engine; ends them with itself.
class Stage {
public:
    explicit Stage(Place place);

    /// Waits until the engine is ready; false where one of them ended (its log says why).
    bool wait_until_ready();
    /// What failed, from the logs.
    std::string why() const;

    const Place& place() const { return place_; }
    const app::Client& client() const { return client_; }
    /// The newest message that a peer has kept.
    std::string newest(const std::string& peer) const;

private:
    void start(const std::string& name, std::vector<std::string> words);
    std::filesystem::path kept(const std::string& peer) const { return place_.state / "peers" / peer; }

    const Place place_;
    app::Client client_;
    std::map<std::string, std::unique_ptr<Process>> processes_;
};

}  // namespace causeway::samples
