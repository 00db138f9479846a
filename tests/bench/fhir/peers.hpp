#pragma once
/// The same work done by npm packages (peers.mjs), in the same run.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace causeway::bench {

class Peers {
public:
    /// Runs them over a folder (peers.mjs says what it holds). Where Node or the packages are absent, it says so and
    /// knows nothing.
    explicit Peers(const std::filesystem::path& folder);

    /// Passes a second over a job's documents, or evaluations of an expression.
    std::optional<double> passes(const std::string& peer, const std::string& job) const;
    /// "fhir 4.12.0".
    std::string name(const std::string& peer) const;

private:
    std::map<std::pair<std::string, std::string>, double> passes_;
    std::map<std::string, std::string> versions_;
};

}  // namespace causeway::bench
