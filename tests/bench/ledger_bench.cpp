/// The ledger at work beside what the machine itself can do, in one run: the same bytes appended with one fdatasync a
/// group, a bare MLLP echo over loopback, MLLP and FHIR in to the durable acknowledgement, the whole way to two
/// destinations, and letters of 1 MB.
///
///   bench_ledger [--seconds S] [--folder DIR] [--connections N] [--only intake|fhir|way|large]
///                                the table (3 seconds a row; one row of it; a part of it)
///   bench_ledger --growth N
///                                loads N messages through the ledger: rates, latencies and sizes at each power of ten
///   bench_ledger --urgent N
///                                N routine messages drain while urgent ones are sent
///   bench_ledger --soak MINUTES [--rate R]
///                                memory at R messages a second
///   bench_ledger --flood N [--seconds S]
///                                memory while N senders send messages of 1 MB at the same moment, again and again
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/ledger/parts.hpp"

int main(int argc, char** argv) {
    using namespace causeway::bench;
    Options options;
    options.folder = std::filesystem::path(CAUSEWAY_BINARY_DIR) / "bench-ledger";
    const std::vector<std::string> words(argv + 1, argv + argc);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const auto& name = words[i];
        const auto& value = words[i + 1];
        if (name == "--seconds") options.seconds = std::stod(value);
        if (name == "--folder") options.folder = std::filesystem::path(value) / "bench-ledger";
        if (name == "--connections") options.connections = {std::stoi(value)};
        if (name == "--only") options.only = value;
        if (name == "--growth") options.growth = std::stoull(value);
        if (name == "--urgent") options.urgent = std::stoull(value);
        if (name == "--soak") options.soak_minutes = std::stod(value);
        if (name == "--rate") options.rate = std::stod(value);
        if (name == "--flood") options.flood = std::stoi(value);
    }
    int status = 0;
    if (options.growth > 0)
        status = grow(options);
    else if (options.urgent > 0)
        status = urgent(options);
    else if (options.soak_minutes > 0)
        status = soak(options);
    else if (options.flood > 0)
        status = flood(options);
    else
        status = table(options);
    std::filesystem::remove_all(options.folder);
    return status;
}
