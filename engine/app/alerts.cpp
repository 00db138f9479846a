/// Incidents, and whether those who should hear of them can be reached.
#include <iostream>

#include "api/json_object.hpp"
#include "app/client.hpp"
#include "app/commands.hpp"

namespace causeway::app {
namespace {

int alerts(const Arguments& arguments) {
    const Client client(arguments);
    const auto& words = arguments.words;
    if (words.empty()) return print(client.get("/v1/alerts"));
    if (words.size() != 2 || words[0] != "test") {
        std::cerr << "causeway: write `causeway alerts`, or `causeway alerts test RECEIVER`.\n";
        return kUsage;
    }
    api::JsonText body;
    body.object([&] { body.add("receiver", words[1]); });
    return print(client.post("/v1/alerts/test", body.text()));
}

}  // namespace

const Command kAlerts = {"alerts",
                         "[test RECEIVER...]",
                         "Show what is wrong now and was in the last week, and who is told; or send a test message.",
                         {},
                         "  causeway alerts\n  causeway alerts test on-call\n",
                         alerts};

}  // namespace causeway::app
