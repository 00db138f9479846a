#include "pipeline/restart_settings.hpp"

#include <tuple>

namespace causeway::pipeline {
namespace {

auto ops_of(const EngineSettings& settings) {
    return std::tie(settings.ops_host, settings.ops_port, settings.ops_insecure);
}

}  // namespace

std::vector<config::Mistake> until_restart(const EngineSettings& running, const EngineSettings& fresh) {
    std::vector<config::Mistake> warnings;
    const auto warn = [&](bool changed, std::string_view field, std::string what) {
        if (!changed) return;
        auto mistake = fresh.settings.mistake(field, std::move(what));
        mistake.warning = true;
        warnings.push_back(std::move(mistake));
    };
    const std::string later = "This changes with the next start or `causeway upgrade`; until then the old one goes on.";
    warn(running.state != fresh.state, "state",
         "The engine goes on in its old folder until it is stopped and started (an upgrade does not move it), and "
         "commands that read this file do not find it there: put the old path back, or restart it now.");
    warn(running.threads != fresh.threads, "threads", later);
    warn(ops_of(running) != ops_of(fresh), "ops", later);
    warn(running.log_level != fresh.log_level, "log_level", later);
    return warnings;
}

}  // namespace causeway::pipeline
