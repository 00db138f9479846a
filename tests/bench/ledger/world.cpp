#include "bench/ledger/world.hpp"

#include <chrono>
#include <map>
#include <thread>

#include "bench/ledger/messages.hpp"
#include "hl7v2/message.hpp"
#include "store/message_store.hpp"

namespace causeway::bench {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kCreated =
    "HTTP/1.1 201 Created\r\nContent-Type: application/fhir+json\r\nContent-Length: 26\r\n\r\n"
    R"({"resourceType": "Bundle"})";

/// The rows of mappings/patient.rows in a Bundle.
constexpr const char* kMap =
    "map bench.patient   v2 2.5.1 ADT^A28   ->   Bundle.collection   version 1\n"
    "extends \"patient.rows\"\n"
    "ignore MSH, EVN, PV1, NK1, AL1, ZPD, PID-1\n";

std::string mllp_channel(const char* name, std::uint16_t port) {
    return std::string("channel: ") + name + "\ntype: mllp_listener\nport: " + std::to_string(port) +
           "\nmax_connections: 2000\nowner: nobody\n";
}

fs::path emptied(fs::path folder) {
    fs::remove_all(folder);
    fs::create_directories(folder / "mappings");
    fs::copy(fs::path(CAUSEWAY_SOURCE_DIR) / "mappings" / "conceptmaps", folder / "mappings" / "conceptmaps");
    fs::copy(fs::path(CAUSEWAY_SOURCE_DIR) / "mappings" / "patient.rows", folder / "mappings" / "patient.rows");
    return folder;
}

std::map<std::string, std::string> configuration(std::uint16_t in, std::uint16_t fhir, std::uint16_t deliver,
                                                 std::uint16_t slow, std::uint16_t letters, std::uint16_t http,
                                                 std::uint16_t mllp) {
    const auto common = std::string("unknown: resend\nretry: {first: 1s, most: 5s, give_up: 24h}\nowner: nobody\n");
    return {
        {"causeway.yaml", "state: ../var\nops: \"off\"\n"},
        {"channels/in.yaml", mllp_channel("in", in)},
        {"channels/fhir.yaml",
         "channel: fhir\ntype: fhir_listener\nport: " + std::to_string(fhir) + "\nowner: nobody\n"},
        {"channels/deliver.yaml", mllp_channel("deliver", deliver)},
        {"channels/slow.yaml", mllp_channel("slow", slow)},
        {"channels/letters.yaml", mllp_channel("letters", letters)},
        {"destinations/http.yaml", "destination: http\ntype: fhir_sender\nurl: http://127.0.0.1:" +
                                       std::to_string(http) + "/fhir\nconnections: 32\nconcurrency: 64\n" + common},
        {"destinations/mllp.yaml", "destination: mllp\ntype: mllp_sender\nhost: 127.0.0.1\nport: " +
                                       std::to_string(mllp) + "\nconnections: 32\nconcurrency: 64\n" + common},
        {"destinations/letters.yaml",
         "destination: letters\ntype: mllp_sender\nhost: 127.0.0.1\nport: " + std::to_string(mllp) + "\n" + common},
        {"routes/letters.yaml", "route: letters\nfrom: [letters]\nwhen: \"true\"\nto:\n  - destination: letters\n"},
        {"routes/none.yaml",
         "route: none\nfrom: [in, fhir]\nwhen: \"true\"\nfilter: bench\nreason: Intake alone is measured.\n"},
        {"routes/both.yaml",
         "route: both\nfrom: [deliver]\nwhen: \"true\"\nto:\n  - destination: http\n    map: bench.patient\n"
         "  - destination: mllp\n"},
        {"routes/slow.yaml", "route: slow\nfrom: [slow]\nwhen: \"true\"\nto:\n  - destination: mllp\n"},
        {"../mappings/bench.patient.map", kMap},
    };
}

}  // namespace

World::World(fs::path folder)
    : folder_(emptied(std::move(folder))),
      http_(test::http_request_length,
            [this](std::string_view) {
                ++by_http_;
                return std::string(kCreated);
            }),
      mllp_([this](std::string_view message) { return answer_mllp(message); }),
      engine_(fs::path(CAUSEWAY_BINARY_DIR) / "causeway", folder_,
              configuration(in_, fhir_, deliver_, slow_, letters_, http_.port(), mllp_.port())) {
}

bool World::start() {
    engine_.start();
    return test::wait_for_port(slow_, 60) && test::wait_for_port(in_, 60) && test::wait_for_port(letters_, 60) &&
           test::wait_for_port(fhir_, 60) && test::wait_for_port(deliver_, 60);
}

std::string World::answer_mllp(std::string_view message) {
    if (const int pause = mllp_pause; pause > 0) std::this_thread::sleep_for(std::chrono::microseconds(pause));
    const auto header = hl7v2::read_header(message);
    if (on_mllp) on_mllp(message);
    ++by_mllp_;
    return acknowledgement(header ? header->message_control_id : "");
}

void World::settle(double seconds) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    for (double last = -1, now = usage().cpu_seconds; now - last > 0.02 && std::chrono::steady_clock::now() < until;
         now = usage().cpu_seconds) {
        last = now;
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
}

std::uint64_t ledger_bytes(const fs::path& file) {
    {
        // Opening and closing checkpoints.
        const SystemClock clock;
        LedgerOptions options;
        options.file = file.string();
        const auto store = open_sqlite_ledger(options, clock);
    }
    std::uint64_t bytes = fs::file_size(file);
    const auto log = fs::path(file.string() + "-wal");
    if (fs::exists(log)) bytes += fs::file_size(log);
    return bytes;
}

}  // namespace causeway::bench
