/// `causeway upgrade`: this program in the place of the one that runs.
#include <chrono>
#include <iostream>
#include <thread>

#include "adapter.hpp"
#include "api/json_object.hpp"
#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/mistakes.hpp"
#include "app/upgrades.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::app {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(100);
constexpr auto kSilence = std::chrono::seconds(10);  ///< A question may fall between the two.
constexpr auto kPatience = std::chrono::minutes(20);

int failed(const std::string& why) {
    std::cerr << "causeway: " << why << '\n';
    return kFailed;
}

/// Asks until the process that answers is the successor, or has not become it.
int follow(const Client& client, const std::string& successor) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    auto answered = std::chrono::steady_clock::now();
    for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(kLookAgain)) {
        const auto reply = client.get_json("/v1/upgrade");
        if (!reply && std::chrono::steady_clock::now() - answered > kSilence) return print(reply);
        if (!reply) continue;
        answered = std::chrono::steady_clock::now();
        const api::JsonObject state(reply->body);
        if (state.text("process") == successor) {
            std::cout << "Process " << successor << " took over with version " << state.text("version") << ".\n";
            return kDone;
        }
        if (const auto why = state.text("failed"); !why.empty())
            return failed("process " + successor + " did not take over: " + why + ". The engine goes on as it was.");
    }
    return failed("nothing has changed after 20 minutes; look at the engine's log.");
}

int upgrade(const Arguments& arguments) {
    std::vector<config::Mistake> mistakes;
    const auto configuration = pipeline::load_configuration(config_folder(arguments), all_adapters(), mistakes);
    print_mistakes(std::cerr, mistakes);
    if (!configuration) return kProblems;
    const Client client(arguments);
    api::JsonText body;
    body.object([&] { body.add("program", own_program()); });
    const auto begun = client.post_json("/v1/upgrade", body.text());
    if (!begun || begun->status >= 300) return print(begun);
    return follow(client, api::JsonObject(begun->body).text("successor"));
}

}  // namespace

const Command kUpgrade = {
    "upgrade",
    "",
    "Put this program in the place of the engine that runs; no connection is refused, and if it cannot, the old one "
    "goes "
    "on.",
    {},
    "  causeway upgrade                  # after the new program was installed\n"
    "  /opt/causeway-1.3/causeway upgrade --config /etc/causeway\n",
    upgrade,
};

}  // namespace causeway::app
