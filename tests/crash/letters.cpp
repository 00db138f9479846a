/// Four letters of 100 MB at once: in memory at most three times their size.
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "crash/faults.hpp"
#include "crash/world.hpp"
#include "support/load.hpp"

namespace causeway::test {
namespace {

constexpr int kLetters = 4;
constexpr std::size_t kSize = 100'000'000;
constexpr std::size_t kMost = 3 * kLetters * kSize;

/// MDM^T02 with a PDF in base64.
std::string letter(int number) {
    std::string document(kSize, 'A');
    for (std::size_t i = 0; i < document.size(); i += 61) document[i] = static_cast<char>('B' + (i / 61) % 24);
    return "MSH|^~\\&|PAS|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||MDM^T02^MDM_T02|" + to_text({number, 0}) +
           "|P|2.5.1\rEVN|T02|20261121080000+0000\rPID|1||" + std::to_string(500 + number) +
           "^^^R9Z^MR||TESTPATIENT^SAMPLE||19580430|M\rPV1|1|O\rTXA|1|CL|AP|20261121080000||||||||D" +
           std::to_string(number) + "|||||AU\rOBX|1|ED|PDF^Letter||^APPLICATION^PDF^Base64^" + document + "||||||F\r";
}

/// Sends one and gives the answer.
std::string send_letter(std::uint16_t port, int number) {
    const auto frame = "\x0b" + letter(number) + "\x1c\r";
    const int fd = connect_to(port, 120);
    std::string answer, buffer(4096, '\0');
    for (std::size_t at = 0; at < frame.size();) {
        const auto n = ::send(fd, frame.data() + at, frame.size() - at, MSG_NOSIGNAL);
        if (n <= 0) break;
        at += static_cast<std::size_t>(n);
    }
    while (mllp_answer(answer) == 0) {
        const auto n = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (n <= 0) break;
        answer.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::close(fd);
    return answer;
}

void one(Run& run) {
    WorldOptions options;
    options.senders = 0;
    options.channel = "max_frame: 128MB\n";
    options.only_http = true;
    World world(run, options);
    if (!world.start()) return run.wrong("the engine does not start:\n" + world.log_tail());
    std::vector<std::thread> threads;
    std::vector<std::string> answers(kLetters);
    for (int i = 0; i < kLetters; ++i)
        threads.emplace_back([&, i] { answers[static_cast<std::size_t>(i)] = send_letter(world.port(), i); });
    for (auto& thread : threads) thread.join();
    for (const auto& answer : answers)
        run.expect(answer.find("MSA|AA|L") != std::string::npos, "a letter is not accepted");
    for (int tries = 0; tries < 600 && world.owes() != 0; ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    run.expect(world.http().taken() == kLetters, "not every letter arrived");
    const auto arrived = world.http().arrivals();
    for (int i = 0; i < kLetters && run.good(); ++i)
        run.expect(arrived.at(i).front().hash == std::hash<std::string_view>{}(letter(i)),
                   "a letter is not as it was sent");
    const auto peak = world.engine().running() ? world.engine().usage().peak_bytes : 0;
    run.count("acknowledged", kLetters);
    run.count("peak-MB", peak >> 20);
    run.expect(peak > 0 && peak <= kMost,
               "the engine took " + std::to_string(peak >> 20) + " MB:\n" + world.log_tail());
    run.expect(world.engine().stop() == 0, "the engine does not stop well:\n" + world.log_tail());
    run.cycle();
}

void run_letters(Run& run) {
    while (run.goes_on()) one(run);
}

}  // namespace

extern const Fault kLargeLetters;
const Fault kLargeLetters{"letters", "four letters of 100 MB at once, in at most three times their size", 1, 50,
                          run_letters};

}  // namespace causeway::test
