/// Messages that are broken in every way, among good ones: each is refused or accepted, none stops the others.
#include <random>
#include <thread>

#include "crash/faults.hpp"
#include "crash/world.hpp"
#include "support/load.hpp"

namespace causeway::test {
namespace {

constexpr std::uint64_t kGoodOfEach = 20;
constexpr std::uint64_t kPoison = 300;

std::string sound(std::uint64_t number) {
    return "MSH|^~\\&|LAB|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||ADT^A08^ADT_A01|P" + std::to_string(number) +
           "|P|2.5.1|||||||UNICODE UTF-8\rEVN|A08|20261121080000+0000\rPID|1||" + std::to_string(number) +
           "^^^R9Z^MR~9990000018^^^NHS^NH||TESTPATIENT^SAMPLE^^^MR||19580430|M|||1 HIGH ST^^LEEDS^^LS1 1AA||0113 "
           "4960000\r"
           "PD1|||^^A81001\rNK1|1|TESTPATIENT^OTHER|SPO\rPV1|1|I|W1^B2^C3\r";
}

/// Bytes changed, repeated, left out or swollen; never MLLP's own two.
std::string poison(std::uint64_t number, std::mt19937_64& random) {
    auto bytes = sound(number);
    for (auto changes = 1 + random() % 8; changes > 0; --changes) {
        const auto at = random() % bytes.size();
        switch (random() % 5) {
            case 0:
                bytes[at] = static_cast<char>(random() % 256);
                break;
            case 1:
                bytes.erase(at, random() % 40);
                break;
            case 2:
                bytes.insert(at, std::string(1 + random() % 3000, "|^~\\&\r\xff\0x"[random() % 9]));
                break;
            case 3:
                bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 400));
                break;
            default:
                bytes.insert(at, "\\X0G\\\\.br\\\\Z\\");
        }
        if (bytes.empty()) return "x";
    }
    for (auto& one : bytes)
        if (one == '\x0b' || one == '\x1c') one = ' ';
    return bytes;
}

void one(Run& run, std::mt19937_64& random) {
    WorldOptions options;
    options.poison = true;
    World world(run, options);
    if (!world.start()) return run.wrong("the engine does not start:\n" + world.log_tail());
    Load load;
    run.expect(wait_for_port(world.poison_port(), 60), "the second channel does not listen");
    load.port = world.poison_port();
    load.connections = 4;
    load.seconds = 60;
    load.most = kPoison;
    load.request = [&](std::uint64_t n) { return "\x0b" + poison(run.cycles() * kPoison + n, random) + "\x1c\r"; };
    load.answer = mllp_answer;
    std::thread beside([&] { world.send(kGoodOfEach); });
    const auto outcome = generate(load);
    beside.join();
    run.count("poison", outcome.sent);
    run.expect(outcome.answered == kPoison,
               "only " + std::to_string(outcome.answered) + " poisoned messages were answered");
    run.expect(world.engine().running(), "the engine ended:\n" + world.log_tail());
    world.settle(60);
    run.cycle();
}

void run_poison(Run& run) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) one(run, random);
}

}  // namespace

extern const Fault kPoisoned;
const Fault kPoisoned{"poison", "messages broken in every way, among good ones", 5, 2'000, run_poison};

}  // namespace causeway::test
