#pragma once
/// The parts of the ledger benchmark; each prints its figures and gives the exit status.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace causeway::bench {

struct Options {
    std::filesystem::path folder;  ///< For the ledger: on the disk that is to be measured.
    double seconds = 3;            ///< A row.
    std::string only;              ///< "intake", "fhir", "way" or "large": that part of the table.
    std::vector<int> connections = {1, 8, 32, 128, 1000};
    std::uint64_t growth = 0, urgent = 0;
    double soak_minutes = 0, rate = 2'000;
    int flood = 0;
};

int table(const Options& options);
int grow(const Options& options);
int urgent(const Options& options);
int soak(const Options& options);
int flood(const Options& options);

}  // namespace causeway::bench
