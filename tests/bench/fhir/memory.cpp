// Peak memory of a large document, in a process of its own so that nothing else counts.
#include <cstdio>
#include <fstream>
#include <string>

#include "bench/fhir/inputs.hpp"
#include "bench/fhir/parts.hpp"
#include "fhir/document.hpp"
#include "validation/validator.hpp"

namespace causeway::bench {
namespace {

/// "VmRSS:" or "VmHWM:" in bytes.
std::size_t status_bytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::size_t kilobytes = 0;
        if (word == name && status >> kilobytes) return kilobytes * 1024;
    }
    return 0;
}

std::size_t check(const validation::Validator& validator, const fhir::DefinitionsPtr& definitions, Payload payload) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    const auto document = fhir::parse(std::move(payload), options);
    return document ? validator.validate(**document).issues.size() : 0;
}

}  // namespace

int print_memory() {
    const auto definitions = r4();
    if (!definitions) return 1;
    const validation::Validator validator(definitions);
    check(validator, definitions, Payload(record_bundle(30)));  // Plans are made once.
    auto text = record_bundle(5'000);
    text.shrink_to_fit();
    const auto size = text.size();
    std::ofstream("/proc/self/clear_refs") << 5;  // The peak begins anew.
    const auto before = status_bytes("VmRSS:");
    check(validator, definitions, Payload(std::move(text)));
    std::printf("%zu %zu\n", size, status_bytes("VmHWM:") - before + size);
    return 0;
}

void memory_row(const std::string& program) {
    std::FILE* const pipe = ::popen(("'" + program + "' --memory").c_str(), "r");
    std::size_t size = 0;
    std::size_t peak = 0;
    if (pipe == nullptr) return;
    if (std::fscanf(pipe, "%zu %zu", &size, &peak) == 2 && size != 0)
        std::printf("%-58s %11s %8.1f times\n", "Peak memory of a Bundle of 5,000 entries over its size", "<= 12",
                    static_cast<double>(peak) / static_cast<double>(size));
    ::pclose(pipe);
}

}  // namespace causeway::bench
