#include "pipeline/config_archive.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "pipeline/adt_engine.hpp"

using namespace causeway;
using namespace causeway::pipeline;

namespace {

void reload(AdtEngine& engine, int version) {
    engine.destination("pas", "# version " + std::to_string(version) + "\n");
    REQUIRE(engine.reload().empty());
}

}  // namespace

TEST_CASE("configurations: of many reloads few stay in memory, and the first one is still found") {
    AdtEngine engine;
    engine.start();
    const auto first = engine->configuration()->hash;
    std::vector<std::weak_ptr<const Configuration>> all;
    for (int i = 0; i < 10; ++i) {
        reload(engine, i);
        all.emplace_back(engine->configuration());
    }
    CHECK(std::count_if(all.begin(), all.end(), [](const auto& one) { return !one.expired(); }) <= 4);
    const auto restored = engine->configuration_of(first);
    REQUIRE(restored.has_value());
    CHECK((*restored)->hash == first);
    CHECK(engine->configuration()->hash != first);
}

TEST_CASE("configurations: one that is restored is the same for all who ask") {
    AdtEngine engine;
    engine.start();
    const auto first = engine->configuration()->hash;
    for (int i = 0; i < 6; ++i) reload(engine, i);
    std::vector<ConfigurationPtr> found(4);
    std::vector<std::thread> threads;
    for (auto& one : found) threads.emplace_back([&] { one = engine->configuration_of(first).value(); });
    for (auto& thread : threads) thread.join();
    for (const auto& one : found) CHECK(one == found.front());
}

TEST_CASE("configurations: one that nobody knows is an error, however often it is asked for") {
    AdtEngine engine;
    engine.start();
    for (int i = 0; i < 2; ++i) CHECK(engine->configuration_of("0123").error().issue == Issue::not_found);
}
