// The whole table: what there is to do first, then the parts.
#include <cstdio>
#include <optional>

#include "bench/fhir/measure.hpp"
#include "bench/fhir/parts.hpp"

namespace causeway::bench {
namespace {

constexpr auto kPack = CAUSEWAY_BINARY_DIR "/definitions/r4.pack";

std::optional<Peers> run_peers(const FhirOptions& options, const fhir::DefinitionsPtr& definitions) {
    if (!options.with_peers || options.only == "codecs") return std::nullopt;
    const auto folder = std::filesystem::path(CAUSEWAY_BINARY_DIR) / "bench-fhir";
    std::filesystem::remove_all(folder);
    if (options.only != "fhirpath") write_jobs(definitions, folder);
    write_expressions(folder);
    std::optional<Peers> peers(std::in_place, folder);
    return peers;
}

void opening_row() {
    const auto opened = runs_a_second([] { (void)fhir::Definitions::open(kPack).has_value(); });
    std::printf("%-58s %11s %8.0f ms\n", "The pack of definitions opened and checked", "< 100 ms", 1000 / opened);
}

}  // namespace

fhir::DefinitionsPtr r4() {
    auto opened = fhir::Definitions::open(kPack);
    if (opened) return *opened;
    std::fprintf(stderr, "%s\n", to_string(opened.error()).c_str());
    return nullptr;
}

int fhir_table(const FhirOptions& options) {
    const auto definitions = r4();
    if (!definitions) return 1;
    const auto wanted = [&](const char* part) { return options.only.empty() || options.only == part; };
    const auto peers = run_peers(options, definitions);
    const auto* beside = peers ? &*peers : nullptr;
    std::printf("One core, time of the processor, best of five.\n\n");
    if (wanted("validation")) {
        validation_rows(definitions, beside);
        memory_row(options.program);
        opening_row();
        std::printf("\n");
    }
    if (wanted("fhirpath")) fhirpath_rows(definitions, beside);
    if (wanted("codecs")) codec_rows(definitions);
    return 0;
}

}  // namespace causeway::bench
