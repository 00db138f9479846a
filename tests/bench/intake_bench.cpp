/// From the wire to the durable acknowledgement, and all the way to a destination, beside what the machine itself can
/// do.
///
///   bench_intake [SECONDS] [delivery]   (2 seconds a row; only the rows of delivery)
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "bench/limits.hpp"
#include "hl7v2/message.hpp"
#include "support/engine_process.hpp"
#include "support/load.hpp"

namespace {

using namespace causeway;
namespace fs = std::filesystem;

/// An ADT^A08 of 1 KB; every one of another patient.
std::string hl7_message(const std::string& run, std::uint64_t n) {
    const auto id = run + std::to_string(n);
    std::string text =
        "MSH|^~\\&|PAS|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||ADT^A08^ADT_A01|" + id +
        "|P|2.5.1\rEVN|A08|20261121080000+0000\rPID|1||" + id +
        "^^^R9Z^MR||TESTPATIENT^SAMPLE||19580430|M|||1 Canal Street^^Westmoor^^ZZ99 3WZ\rPV1|1|N\rNTE|1||";
    constexpr std::size_t kilobyte = 1024;
    text.append(kilobyte - text.size() - 1, 'x');
    return text + '\r';
}

/// A valid number of the 999 range for every patient, so that lanes run in parallel as they do in life.
std::string nhs_number(std::uint64_t n) {
    for (n = n * 7 % 1'000'000;; ++n) {
        char digits[16];
        std::snprintf(digits, sizeof digits, "999%06llu", static_cast<unsigned long long>(n % 1'000'000));
        int sum = 0;
        for (int i = 0; i < 9; ++i) sum += (digits[i] - '0') * (10 - i);
        const int check = (11 - sum % 11) % 11;
        if (check < 10) return digits + std::to_string(check);
    }
}

/// A transaction Bundle with a referral, about 2 KB.
std::string fhir_bundle(const std::string& run, std::uint64_t n) {
    const auto id = run + std::to_string(n);
    return R"({"resourceType":"Bundle","id":")" + id + R"(","identifier":{"system":"urn:bench","value":")" + id +
           R"("},"type":"transaction","entry":[)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"ServiceRequest","identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN", "value":")" +
           id +
           R"("}],"status":"active","intent":"order","priority":"routine","subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"requester":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"},"authoredOn":"2026-11-20T16:40:00+00:00","reasonCode":[{"coding":[{"system":"http://snomed.info/sct","code":"80313002","display":"Palpitations"}]}]},"request":{"method":"POST","url":"ServiceRequest"}},)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" +
           nhs_number(n) +
           R"("}],"name":[{"use":"official","family":"TESTPATIENT","given":["Beryl"]}],"telecom":[{"system":"phone","value":"07700 900102"}],"gender":"female","birthDate":"1949-12-05","address":[{"line":["12 Canal Street"],"city":"Westmoor","postalCode":"ZZ99 3WZ"}]},"request":{"method":"POST","url":"Patient"}},)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":"PractitionerRole","practitioner":{"display":"Dr Okafor"},"organization":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000004"}},"request":{"method":"POST","url":"PractitionerRole"}},)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000004","resource":{"resourceType":"Organization","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y90001"}],"name":"Northgate Surgery"},"request":{"method":"POST","url":"Organization"}}]})";
}

std::string http_request(const std::string& body) {
    return "POST /fhir HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Ports {
    std::uint16_t store_only = test::free_port(), deliver = test::free_port(), fhir = test::free_port();
};

/// Three channels: one whose messages are filtered (intake alone), one that delivers, and FHIR (filtered too).
std::map<std::string, std::string> configuration(const Ports& ports, std::uint16_t out) {
    const auto mllp = [](const char* name, std::uint16_t port) {
        return std::string("channel: ") + name + "\ntype: mllp_listener\nport: " + std::to_string(port) +
               "\nowner: nobody\n";
    };
    return {
        {"causeway.yaml", "state: ../var\nops: \"off\"\n"},
        {"channels/in.yaml", mllp("in", ports.store_only)},
        {"channels/deliver.yaml", mllp("deliver", ports.deliver)},
        {"channels/fhir.yaml",
         "channel: fhir\ntype: fhir_listener\nport: " + std::to_string(ports.fhir) + "\nowner: nobody\n"},
        {"destinations/out.yaml", "destination: out\ntype: mllp_sender\nhost: 127.0.0.1\nport: " + std::to_string(out) +
                                      "\nconnections: 32\nconcurrency: 32\nunknown: resend\nowner: nobody\n"},
        {"routes/none.yaml",
         "route: none\nfrom: [in, fhir]\nwhen: \"true\"\nfilter: bench\nreason: Intake alone is measured.\n"},
        {"routes/all.yaml", "route: all\nfrom: [deliver]\nwhen: \"true\"\nto:\n  - destination: out\n"},
    };
}

class Bench {
public:
    Bench(fs::path folder, double seconds, std::uint16_t out, const std::atomic<std::uint64_t>& delivered)
        : folder_(std::move(folder)),
          seconds_(seconds),
          delivered_(delivered),
          engine_(fs::path(CAUSEWAY_BINARY_DIR) / "causeway", folder_, configuration(ports_, out)) {}

    bool start() {
        const auto begun = std::chrono::steady_clock::now();
        engine_.start();
        const bool up = test::wait_for_port(ports_.fhir, 20) && test::wait_for_port(ports_.store_only, 20);
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
        std::printf("start-up until it listens: %.0f ms\n", took.count());
        return up;
    }

    void intake() {
        head("MLLP in to durable acknowledgement, 1 KB messages");
        for (const int connections : {1, 8, 32, 128}) {
            const auto run = "R" + std::to_string(connections) + "-";
            measure(ports_.store_only, connections, test::mllp_answer,
                    [&](std::uint64_t n) { return "\x0b" + hl7_message(run, n) + "\x1c\r"; });
            row(connections, last_.rate(), limit(connections, hl7_message(run, 1).size()));
        }
    }

    void bundles() {
        head("FHIR transaction Bundle in to durable answer, 1.7 KB");
        for (const int connections : {1, 8, 32, 128}) {
            const auto run = "F" + std::to_string(connections) + "-";
            measure(ports_.fhir, connections, test::http_answer,
                    [&](std::uint64_t n) { return http_request(fhir_bundle(run, n)); });
            row(connections, last_.rate(), limit(connections, fhir_bundle(run, 1).size()));
        }
    }

    /// The rate is of messages that are in, acknowledged, routed, delivered and closed in the ledger.
    void end_to_end() {
        settle();
        head("MLLP in, acknowledged, routed, delivered over MLLP, ledger closed; 1 KB messages");
        const auto before = delivered_.load();
        const auto begun = std::chrono::steady_clock::now();
        measure(ports_.deliver, 32, test::mllp_answer,
                [&](std::uint64_t n) { return "\x0b" + hl7_message("D", n) + "\x1c\r"; });
        while (delivered_ < before + last_.answered &&
               std::chrono::steady_clock::now() - begun < std::chrono::minutes(2))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        row(32, static_cast<double>(last_.answered) / took.count(), limit(32, hl7_message("D", 1).size()));
    }

    void finish() {
        const auto peak = engine_.usage().peak_bytes;
        const auto status = engine_.stop();
        std::printf("\npeak memory %.1f MB, exit status %d\n", static_cast<double>(peak) / 1e6, status);
    }

    static std::string acknowledgement(const std::string& id) {
        return "MSH|^~\\&|SINK|R9Z|CAUSEWAY|R9Z|20261121080000||ACK|S" + id + "|P|2.5.1\rMSA|AA|" + id + "\r";
    }

private:
    void measure(std::uint16_t port, int connections, std::size_t (*answer)(std::string_view),
                 std::function<std::string(std::uint64_t)> request) {
        test::Load load;
        load.port = port;
        load.connections = connections;
        load.seconds = seconds_;
        load.request = std::move(request);
        load.answer = answer;
        const auto before = engine_.usage();
        last_ = test::generate(load);
        used_ = engine_.usage().cpu_seconds - before.cpu_seconds;
    }

    /// What the machine can do with as many bytes and connections: append with one fdatasync a round, and bare echo.
    struct Limit {
        double append = 0, echo = 0;
    };
    Limit limit(int connections, std::size_t bytes) const {
        const auto echo = bench::echo_limit(std::string(bytes, 'x'), acknowledgement("E1"), connections, seconds_ / 2);
        return {bench::append_limit(folder_, bytes, static_cast<std::size_t>(connections), seconds_ / 2), echo.rate()};
    }

    static void head(const char* title) {
        std::printf("\n%s\n%5s %9s %9s %9s %9s %9s %12s %12s %7s\n", title, "conn", "msg/s", "p50 ms", "p99 ms",
                    "CPU us", "RSS MB", "fdatasync/s", "echo/s", "ratio");
    }

    void row(int connections, double rate, const Limit& limit) const {
        std::printf("%5d %9.0f %9.2f %9.2f %9.1f %9.1f %12.0f %12.0f %6.0f%%\n", connections, rate,
                    1000 * last_.percentile(0.5), 1000 * last_.percentile(0.99), cpu_micros(), resident_megabytes(),
                    limit.append, limit.echo, 100 * rate / std::min(limit.append, limit.echo));
        std::fflush(stdout);
    }

    /// Waits until the engine has processed what the rows before left behind: it accepts faster than it processes.
    void settle() const {
        for (double last = -1, now = engine_.usage().cpu_seconds; now - last > 0.02;
             now = engine_.usage().cpu_seconds) {
            last = now;
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    }

    double cpu_micros() const { return 1e6 * used_ / static_cast<double>(std::max<std::uint64_t>(last_.answered, 1)); }
    double resident_megabytes() const { return static_cast<double>(engine_.usage().resident_bytes) / 1e6; }

    const fs::path folder_;
    const double seconds_;
    const std::atomic<std::uint64_t>& delivered_;
    Ports ports_;
    test::EngineProcess engine_;
    test::Outcome last_;
    double used_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const auto folder = fs::path(CAUSEWAY_BINARY_DIR) / "bench-intake";
    fs::remove_all(folder);
    fs::create_directories(folder);
    std::atomic<std::uint64_t> delivered{0};
    const test::MllpSink sink([&](std::string_view message) {
        const auto header = hl7v2::read_header(message);
        ++delivered;
        return Bench::acknowledgement(header ? header->message_control_id : "");
    });
    Bench bench(folder, argc > 1 ? std::stod(argv[1]) : 2, sink.port(), delivered);
    if (!bench.start()) return 1;
    if (argc < 3) bench.intake();
    if (argc < 3) bench.bundles();
    bench.end_to_end();
    bench.finish();
    fs::remove_all(folder);
    return 0;
}
