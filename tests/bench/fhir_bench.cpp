/// FHIR on one core, each figure with its aim and with what npm packages need for the same files in the same run:
/// validation of the official examples, a Bundle, a ServiceRequest, references; FHIRPath; memory; the pack; the codecs.
///
///   bench_fhir [--alone] [--only validation|fhirpath|codecs]
///                without the npm packages; one part of it
///   bench_fhir --memory
///                one large Bundle in a process of its own: peak bytes a byte of it
#include <cstdio>
#include <string>
#include <vector>

#include "bench/fhir/parts.hpp"

int main(int argc, char** argv) {
    using namespace causeway::bench;
    const std::vector<std::string> words(argv + 1, argv + argc);
    FhirOptions options;
    options.program = argv[0];
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--memory") return print_memory();
        if (words[i] == "--alone") options.with_peers = false;
        if (words[i] == "--only" && i + 1 < words.size()) options.only = words[++i];
    }
    return fhir_table(options);
}
