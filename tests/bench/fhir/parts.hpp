#pragma once
/// The parts of bench_fhir.

#include <filesystem>
#include <string>

#include "bench/fhir/peers.hpp"
#include "fhir/definitions/definitions.hpp"

namespace causeway::bench {

struct FhirOptions {
    std::string program;  ///< This one, which measures memory in a process of its own.
    bool with_peers = true;
    std::string only;  ///< A part; empty: all.
};

/// All of it; the status of the process.
int fhir_table(const FhirOptions& options);

/// What a Bundle takes at its peak: prints its bytes and the peak.
int print_memory();

/// The pack that the build made; null with a message where it can't be opened.
fhir::DefinitionsPtr r4();

/// Documents of each job, for the peers.
void write_jobs(const fhir::DefinitionsPtr& definitions, const std::filesystem::path& folder);
void validation_rows(const fhir::DefinitionsPtr& definitions, const Peers* peers);
void memory_row(const std::string& program);

void write_expressions(const std::filesystem::path& folder);
void fhirpath_rows(const fhir::DefinitionsPtr& definitions, const Peers* peers);

void codec_rows(const fhir::DefinitionsPtr& definitions);

}  // namespace causeway::bench
