#include "samples/demo/stage.hpp"

#include <chrono>
#include <iostream>
#include <thread>

namespace causeway::samples {
namespace {

app::Arguments engine_arguments(const Place& place) {
    app::Arguments arguments;
    arguments.options["--config"] = place.conf.string();
    return arguments;
}

}  // namespace

Stage::Stage(Place place) : place_(std::move(place)), client_(engine_arguments(place_)) {
    std::filesystem::remove_all(place_.state / "peers");
    for (const auto* folder : {"in", "out", "log", "peers"}) std::filesystem::create_directories(place_.state / folder);
    const auto sample = [&](const char* name) { return (place_.programs / "samples" / name).string(); };
    start("pas", {sample("pas"), "--port", "2580", "--name", "PAS", "--keep", kept("pas").string()});
    start("theatre-system",
          {sample("pas"), "--port", "2581", "--name", "THEATRE", "--keep", kept("theatre-system").string()});
    start("gp-practices", {sample("gp_epr"), "--port", "9080", "--keep", kept("gp-practices").string()});
    start("engine", {(place_.programs / "causeway").string(), "run", "--config", place_.conf.string()});
}

void Stage::start(const std::string& name, std::vector<std::string> words) {
    processes_[name] = std::make_unique<Process>(std::move(words), place_.state / "log" / (name + ".log"));
}

// A disk that still writes what a build left behind can hold up the first sync of a new ledger for many seconds.
bool Stage::wait_until_ready() {
    constexpr int kTries = 2400;  // two minutes
    for (int tries = 0; tries < kTries; ++tries) {
        if (tries == 100) std::cerr << "The engine is still starting: the disk is slow to write its first records.\n";
        for (auto& [name, process] : processes_)
            if (!process->runs()) return false;
        const auto status = client_.get_json("/v1/status");
        if (status && status->body.find("\"ready\":true") != std::string::npos) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
}

std::string Stage::why() const {
    std::string text;
    for (const auto& [name, process] : processes_)
        if (!process->runs()) text += name + " ended:\n" + read_file(process->log());
    return text.empty() ? "the engine is not ready after two minutes; look into " +
                              processes_.at("engine")->log().string() + "\n"
                        : text;
}

std::string Stage::newest(const std::string& peer) const {
    const auto folder = peer == "file-archive" ? place_.state / "out" : kept(peer);
    std::filesystem::path last;
    if (!std::filesystem::exists(folder)) return {};
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() != ".part" && (last.empty() || entry.path().filename() > last.filename()))
            last = entry.path();
    return last.empty() ? std::string() : read_file(last);
}

}  // namespace causeway::samples
