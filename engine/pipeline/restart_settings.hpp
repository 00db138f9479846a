#pragma once
/// What of the engine's settings a reload does not change.

#include <vector>

#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

/// A warning for each setting of `fresh` that only another start makes true. `running`: what this process began with.
std::vector<config::Mistake> until_restart(const EngineSettings& running, const EngineSettings& fresh);

}  // namespace causeway::pipeline
