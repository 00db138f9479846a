/// What is told when the ledger itself fails, where nothing can be noted in it.

#include <filesystem>
#include <fstream>
#include <iterator>

#include "alerts/receiver.hpp"
#include "alerts/watch.hpp"
#include "core/log.hpp"

namespace causeway::alerts {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

fs::path mark_of(const fs::path& state) {
    return state / "ledger-failed.json";
}

std::optional<Incident> read_mark(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return incident_from_json(text);
}

bool write_mark(const fs::path& file, const Incident& incident) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << to_json(incident);
    out.close();
    return out.good();
}

Incident incident_of(const Error& why, Instant now) {
    Incident incident;
    incident.facts.kind = "ledger";
    incident.facts.subject = "ledger";
    incident.facts.what = "The ledger failed and the engine has stopped: nothing is taken. " + to_string(why);
    incident.facts.todo =
        "See the disk of the state folder and the log, mend it, then start the engine. Senders keep "
        "what was not acknowledged.";
    incident.facts.since = incident.started_at = now;
    incident.id = id_of(incident.facts, now);
    return incident;
}

}  // namespace

std::optional<Incident> read_ledger_mark(const fs::path& state) {
    return read_mark(mark_of(state));
}

void remove_ledger_mark(const fs::path& state) {
    std::error_code ignored;
    fs::remove(mark_of(state), ignored);
}

asio::awaitable<void> tell_of_failed_ledger(asio::any_io_executor executor, pipeline::ConfigurationPtr configuration,
                                            const Clock& clock, Error why) {
    const auto file = mark_of(configuration->engine.state);
    auto incident = read_mark(file).value_or(incident_of(why, clock.now()));
    for (const auto& receiver : configuration->alerts.receivers) {
        if (!receiver.wants("ledger") || incident.told_start.contains(receiver.name)) continue;
        incident.to.insert(receiver.name);
        const std::vector<Incident> one{incident};
        auto alert = alert_for(receiver.name, one, configuration->engine.environment, clock.now());
        const auto told = co_await tell(executor, receiver, std::move(alert));
        if (told) incident.told_start.insert(receiver.name);
        if (!told) log::error("alert.failed", {{"receiver", receiver.name}, {"why", to_string(told.error())}});
    }
    // On a disk that is full the mark is lost, and the next failed start tells once more.
    if (!write_mark(file, incident)) log::error("alerts.mark", {{"file", file.string()}});
}

}  // namespace causeway::alerts
