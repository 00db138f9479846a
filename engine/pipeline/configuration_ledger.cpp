/// How the ledger is kept: encryption, size, retention.

#include <algorithm>

#include "pipeline/configuration_loader.hpp"

namespace causeway::pipeline {
namespace {

constexpr std::uint64_t kMostReserve = 64u << 20;

}  // namespace

void Loader::read_ledger(const config::Settings& settings) {
    auto& engine = made_->engine;
    const auto ledger = settings.object("ledger");
    engine.max_ledger = ledger.size("max_size");
    for (const std::string& source : ledger.texts("encryption")) {
        const bool is_file = source.starts_with("file:");
        engine.encryption.push_back(is_file ? "file:" + (source_.folder / source.substr(5)).lexically_normal().string()
                                            : source);
    }
    if (ledger.has("max_size") && engine.max_ledger < (std::uint64_t{64} << 20))
        add(ledger.mistake("max_size", "Give at least 64MB."));
    engine.keep = read_keep(settings, {});
}

Keep Loader::read_keep(const config::Settings& settings, const Keep& otherwise) {
    const auto written = settings.object("retention");
    Keep keep = otherwise;
    if (written.has("bodies")) keep.bodies = written.duration("bodies");
    if (written.has("events")) keep.events = written.duration("events");
    if (written.has("events") && keep.events < kLeastEvents)
        add(written.mistake("events", "Give at least 30d: so long a message that is sent again must be recognised."));
    const bool bodies_last =
        keep.events > Duration::zero() && (keep.bodies == Duration::zero() || keep.bodies > keep.events);
    if (bodies_last && (written.has("bodies") || written.has("events")))
        add(written.mistake(written.has("bodies") ? "bodies" : "events",
                            "Bodies cannot be kept longer than events; give \"bodies\" that are at most as long."));
    if (written.has("bodies") && keep.bodies <= Duration::zero())
        add(written.mistake("bodies", "Give more than 0s, or remove the line to keep them for ever."));
    return keep;
}

Result<LedgerOptions> ledger_options(const EngineSettings& settings) {
    LedgerOptions options;
    options.file = (settings.state / "ledger.db").string();
    options.min_free_bytes = settings.min_free_disk;
    options.reserve_bytes = std::min<std::uint64_t>(settings.min_free_disk / 4, kMostReserve);
    options.max_bytes = settings.max_ledger;
    options.caller_commits = settings.threads > 1;
    auto keys = seal::KeyRing::read(settings.encryption);
    if (!keys) return keys.error();
    options.keys = std::move(*keys);
    return options;
}

std::vector<Retention> Configuration::retention() const {
    std::vector<Retention> all;
    for (const auto& [name, channel] : channels) all.push_back({name, channel.keep.bodies, channel.keep.events});
    return all;
}

}  // namespace causeway::pipeline
