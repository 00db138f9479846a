/// kill -9 at random moments under load: what was acknowledged is stored, and what is stored is delivered.
///
///   test_kill PROGRAM [CYCLES]
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "core/time.hpp"
#include "hl7v2/message.hpp"
#include "store/message_store.hpp"
#include "support/engine_process.hpp"
#include "support/load.hpp"

namespace {

using namespace causeway;
namespace fs = std::filesystem;

/// Control ids, from several threads.
class Ids {
public:
    void add(std::string id) {
        const std::lock_guard lock(mutex_);
        ids_.insert(std::move(id));
    }
    std::set<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return ids_;
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string> ids_;
};

std::string control_id(int cycle, std::uint64_t n) {
    return "K" + std::to_string(cycle) + "-" + std::to_string(n);
}

/// A demographic update; a fifth of them for a patient that comes again, so that lanes have something to order.
std::string message(int cycle, std::uint64_t n) {
    const auto patient = std::to_string(n % 5 == 0 ? 7 : 100'000 + n);
    return "\x0bMSH|^~\\&|PAS|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||ADT^A08^ADT_A01|" + control_id(cycle, n) +
           "|P|2.5.1\rEVN|A08|20261121080000+0000\rPID|1||" + patient +
           "^^^R9Z^MR||TESTPATIENT^SAMPLE||19580430|M\rPV1|1|N\r\x1c\r";
}

std::string acknowledgement(std::string_view received, Ids& delivered) {
    const auto header = hl7v2::read_header(received);
    if (!header) return {};
    delivered.add(header->message_control_id);
    return "MSH|^~\\&|SINK|R9Z|CAUSEWAY|R9Z|20261121080000||ACK|S" + header->message_control_id + "|P|2.5.1\rMSA|AA|" +
           header->message_control_id + "\r";
}

std::map<std::string, std::string> configuration(std::uint16_t in, std::uint16_t out) {
    return {
        {"causeway.yaml", "state: ../var\nops: \"off\"\n"},
        {"channels/in.yaml", "channel: in\ntype: mllp_listener\nport: " + std::to_string(in) + "\nowner: nobody\n"},
        {"destinations/out.yaml", "destination: out\ntype: mllp_sender\nhost: 127.0.0.1\nport: " + std::to_string(out) +
                                      "\nconnections: 4\nconcurrency: 4\nunknown: resend\nowner: nobody\n"
                                      "retry: {first: 50ms, most: 200ms, give_up: 1h}\n"},
        {"routes/all.yaml", "route: all\nfrom: [in]\nwhen: \"true\"\nto:\n  - destination: out\n"},
    };
}

/// One burst of load, cut by kill -9 after a random time.
void cycle(test::EngineProcess& engine, std::uint16_t port, int number, std::mt19937& random, Ids& acknowledged,
           std::uint64_t& sent) {
    engine.start();
    if (!test::wait_for_port(port, 20)) throw std::runtime_error("the engine does not listen");
    test::Load load;
    load.port = port;
    load.connections = 16;
    load.seconds = 10;
    load.request = [number](std::uint64_t n) { return message(number, n); };
    load.answer = test::mllp_answer;
    load.answered = [&acknowledged, number](std::uint64_t n, std::string_view answer) {
        if (answer.find("MSA|AA|" + control_id(number, n)) != std::string_view::npos)
            acknowledged.add(control_id(number, n));
    };
    const auto life = std::chrono::milliseconds(100 + random() % 900);
    std::thread killer([&engine, life] {
        std::this_thread::sleep_for(life);
        engine.kill();
    });
    sent += test::generate(load).sent;
    killer.join();
}

/// Everything in the ledger is delivered, or the time is over.
bool drain(const Ids& acknowledged, const Ids& delivered) {
    const auto wanted = acknowledged.all();
    for (int tries = 0; tries < 600; ++tries) {
        const auto have = delivered.all();
        if (std::includes(have.begin(), have.end(), wanted.begin(), wanted.end())) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

std::size_t count_missing(const MessageStore& ledger, const std::set<std::string>& ids) {
    std::size_t missing = 0;
    for (const auto& id : ids) {
        const auto found = ledger.find({"control-id", id}, 1);
        missing += found && !found->empty() ? 0 : 1;
    }
    return missing;
}

std::map<State, std::int64_t> totals(const MessageStore& ledger) {
    std::map<State, std::int64_t> sum;
    const auto balance = ledger.balance();
    for (const auto& row : balance.value().rows)
        for (const auto& [state, count] : row.by_state) sum[state] += count;
    return sum;
}

int check(const fs::path& file, const Ids& acknowledged, const Ids& delivered, std::uint64_t sent) {
    const SystemClock clock;
    LedgerOptions options;
    options.file = file.string();
    options.min_free_bytes = 0;
    const auto ledger = open_sqlite_ledger(options, clock).value();
    const auto ids = acknowledged.all();
    const auto arrived = delivered.all();
    const auto lost = count_missing(*ledger, ids);
    std::size_t undelivered = 0;
    for (const auto& id : ids) undelivered += arrived.contains(id) ? 0 : 1;
    const auto intake = ledger->balance().value().intake;
    const auto stored = intake.contains("in") ? intake.at("in").at(Disposition::accepted) : 0;
    std::cout << "sent " << sent << ", acknowledged " << ids.size() << ", stored " << stored << ", delivered "
              << arrived.size() << "; acknowledged and not stored " << lost << ", acknowledged and not delivered "
              << undelivered << '\n';
    for (const auto& [state, count] : totals(*ledger))
        std::cout << "  " << count << " obligations " << to_code(state) << '\n';
    const auto chain = ledger->verify_events();
    std::cout << (chain ? "  event chain whole, " + std::to_string(*chain) + " events\n"
                        : to_string(chain.error()) + '\n');
    const bool good = !ids.empty() && lost == 0 && undelivered == 0 && chain;
    std::cout << (good ? "nothing acknowledged was lost\n" : "FAILED\n");
    return good ? 0 : 1;
}

int run(const fs::path& program, int cycles) {
    const auto folder = fs::temp_directory_path() / ("causeway-kill-" + std::to_string(getpid()));
    fs::create_directories(folder);
    Ids acknowledged, delivered;
    std::uint64_t sent = 0;
    int status = 1;
    {
        const test::MllpSink sink([&](std::string_view received) { return acknowledgement(received, delivered); });
        const auto port = test::free_port();
        test::EngineProcess engine(program, folder, configuration(port, sink.port()));
        std::mt19937 random(std::random_device{}());
        for (int number = 0; number < cycles; ++number) cycle(engine, port, number, random, acknowledged, sent);
        engine.start();
        if (!drain(acknowledged, delivered)) std::cout << "not everything was delivered in 60 seconds\n";
        engine.stop();
        status = check(engine.ledger(), acknowledged, delivered, sent);
    }
    if (status == 0) fs::remove_all(folder);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "Usage: test_kill PROGRAM [CYCLES]\n";
        return 2;
    }
    return run(argv[1], argc > 2 ? std::stoi(argv[2]) : 6);
}
