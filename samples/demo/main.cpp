/// `./dev run`: starts Causeway and the sample peers, sends the samples, prints each journey.
#include <csignal>
#include <ctime>
#include <iostream>

#include "core/id.hpp"
#include "pipeline/configuration.hpp"
#include "samples/demo/player.hpp"

namespace causeway::samples {
namespace {

Place place_of(const std::string& program) {
    Place place;
    place.programs = std::filesystem::canonical(program).parent_path().parent_path();
    place.root = std::filesystem::current_path();
    place.conf = place.root / "conf";
    place.state = pipeline::state_folder(place.conf);
    return place;
}

/// Four characters that differ from run to run, for ids that hospitals limit to 20.
std::string mark_of_this_run() {
    return IdSource().next(SystemClock().now()).text().substr(3, 6);
}

std::vector<std::filesystem::path> scenarios(const Place& place) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(place.root / "samples"))
        if (std::filesystem::exists(entry.path() / "scenario.yaml")) found.push_back(entry.path() / "scenario.yaml");
    std::sort(found.begin(), found.end());
    return found;
}

void print_where(const Stage& stage) {
    if (const auto status = stage.client().get("/v1/status")) std::cout << status->body;
    std::cout << "  sample peers: PAS on 127.0.0.1:2580, theatre system on 127.0.0.1:2581, GP record on "
                 "http://127.0.0.1:9080/fhir\n"
              << "  logs and ledger in " << stage.place().state.string() << '\n';
}

int conclude(const Player& player) {
    if (player.differences().empty()) {
        std::cout << "\nAll " << player.steps() << " samples ended as expected.\n";
        return 0;
    }
    std::cout << '\n' << player.differences().size() << " differences in " << player.steps() << " samples:\n";
    for (const auto& difference : player.differences()) std::cout << "  " << difference << '\n';
    return 1;
}

void wait_for_interrupt() {
    std::cout << "\nCauseway goes on running. Try, in another terminal:\n"
                 "  build/release/causeway send samples/referral/child.json\n"
                 "  build/release/causeway stats\n"
                 "Ctrl-C ends it."
              << std::endl;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int received = 0;
    sigwait(&signals, &received);
    std::cout << "\nStopping.\n";
}

/// Children must not inherit the blocked signals, so they are started before; the wait must not miss one, so it blocks
/// them.
void block_interrupts() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
}

int play(const std::string& program, bool once) {
    Stage stage(place_of(program));
    block_interrupts();
    if (!stage.wait_until_ready()) {
        std::cerr << "Causeway did not start: " << stage.why();
        return 1;
    }
    print_where(stage);
    Player player(stage, mark_of_this_run());
    for (const auto& file : scenarios(stage.place())) {
        const auto scenario = load_scenario(file);
        if (!scenario) {
            std::cerr << to_string(scenario.error()) << '\n';
            return 1;
        }
        player.play(*scenario);
    }
    const auto status = conclude(player);
    if (!once) wait_for_interrupt();
    return status;
}

}  // namespace
}  // namespace causeway::samples

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const bool once = argc > 1 && std::string_view(argv[1]) == "--once";
    if (argc > 1 && !once) {
        std::cerr << "Usage: ./dev run [--once]\n";
        return 2;
    }
    return causeway::samples::play("/proc/self/exe", once);
}
