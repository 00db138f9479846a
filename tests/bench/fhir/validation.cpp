// Parse and validate: everything that a message costs before it is accepted.
#include <cstdio>
#include <fstream>
#include <string>

#include "bench/fhir/inputs.hpp"
#include "bench/fhir/measure.hpp"
#include "bench/fhir/parts.hpp"
#include "fhir/document.hpp"
#include "validation/validator.hpp"

namespace causeway::bench {
namespace {

constexpr std::size_t kEntries = 30;

/// A kind of work: documents that are parsed and validated.
struct Job {
    std::string name;
    std::vector<std::string> texts;

    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const auto& text : texts) sum += text.size();
        return sum;
    }
};

/// The package is read once: it takes a second.
const Official& official_files() {
    static const Official files = official();
    return files;
}

std::vector<Job> jobs() {
    return {{"examples", official_files().examples},
            {"official", {official_files().bundle}},
            {"bundle", {record_bundle(kEntries)}},
            {"request", {service_request()}},
            {"references", {reference_bundle(10'000)}}};
}

/// Payloads are made before, as a listener has them: a copy of the bytes is no part of it.
double passes(const validation::Validator& validator, const fhir::DefinitionsPtr& definitions, const Job& job) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    std::vector<Payload> payloads;
    for (const auto& text : job.texts) payloads.emplace_back(text);
    return runs_a_second([&] {
        for (const auto& payload : payloads)
            if (const auto document = fhir::parse(payload, options)) (void)validator.validate(**document).has_errors();
    });
}

struct Row {
    std::string what;
    std::string aim;
    std::string unit;
    double factor = 1;     ///< From passes a second to the unit; with is_time, from seconds a pass.
    bool is_time = false;  ///< The less, the better.
};

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    return text;
}

void print(const Row& row, double here, const Peers* peers, const std::string& job) {
    const auto in_unit = [&](double rate) { return number(row.is_time ? row.factor / rate : row.factor * rate); };
    std::printf("%-58s %11s %8s %-4s", row.what.c_str(), row.aim.c_str(), in_unit(here).c_str(), row.unit.c_str());
    for (const auto* peer : {"fhir", "@medplum/core"}) {
        const auto there = peers != nullptr && !job.empty() ? peers->passes(peer, job) : std::nullopt;
        const auto cell = there ? in_unit(*there) + "  (" + number(here / *there) + "x)" : std::string();
        std::printf(" %22s", cell.c_str());
    }
    std::printf("\n");
    std::fflush(stdout);
}

void head(const Peers* peers) {
    std::printf("%-58s %11s %13s", "parse and validate", "aim", "here");
    for (const auto* peer : {"fhir", "@medplum/core"})
        if (peers != nullptr) std::printf(" %22s", peers->name(peer).c_str());
    std::printf("\n");
}

std::string size_of(const Job& job) {
    const auto bytes = static_cast<double>(job.bytes());
    return bytes < 1e6 ? number(bytes / 1e3) + " KB" : number(bytes / 1e6) + " MB";
}

void reference_rows(const validation::Validator& validator, const fhir::DefinitionsPtr& definitions,
                    const Peers* peers) {
    for (const std::size_t count : {1'000U, 10'000U, 100'000U}) {
        const Job job{"references", {reference_bundle(count)}};
        const auto rate = passes(validator, definitions, job);
        Row row{std::to_string(count) + " references, " + size_of(job), count == 10'000 ? "< 500 ms" : "linear", "ms",
                1000, true};
        row.what += ", " + number(1e9 / rate / static_cast<double>(count)) + " ns each";
        print(row, rate, count == 10'000 ? peers : nullptr, job.name);
    }
}

}  // namespace

void write_jobs(const fhir::DefinitionsPtr& definitions, const std::filesystem::path& folder) {
    for (const auto& job : jobs()) {
        std::filesystem::create_directories(folder / job.name);
        for (std::size_t i = 0; i < job.texts.size(); ++i)
            std::ofstream(folder / job.name / (std::to_string(i) + ".json")) << job.texts[i];
    }
    std::ofstream bundle(folder / "definitions.json");
    bundle << R"({"resourceType":"Bundle","type":"collection","entry":[)";
    const auto structures = definitions->structures();
    const char* separator = "";
    for (fhir::Index i = 1; i < structures.size(); ++i) {
        if (structures[i].is_profile != 0) continue;
        bundle << separator << "{\"resource\":" << definitions->structure_json(i) << '}';
        separator = ",";
    }
    bundle << "]}";
}

void validation_rows(const fhir::DefinitionsPtr& definitions, const Peers* peers) {
    const validation::Validator all(definitions);
    validation::Options options;
    options.invariants = false;
    const validation::Validator without(definitions, options);
    if (official_files().examples.empty())
        std::printf("The package of examples is absent (./dev packages fetches it).\n");
    head(peers);
    for (const auto& job : jobs()) {
        if (job.name == "references" || job.bytes() == 0) continue;
        const auto megabytes = static_cast<double>(job.bytes()) / 1e6;
        auto what = size_of(job);
        if (job.name == "examples") what = std::to_string(job.texts.size()) + " official examples, " + what;
        if (job.name == "official") what = "Official Bundle (ghp), " + what;
        if (job.name == "bundle") what = "Bundle of " + std::to_string(kEntries) + " entries, " + what;
        const auto rate = passes(all, definitions, job);
        if (job.name == "request") {
            print({"ServiceRequest, " + what + ", all invariants", ">= 20000 /s", "/s"}, rate, peers, job.name);
            continue;
        }
        if (job.name != "examples")
            print({what + ", all invariants", "< 2 ms", "ms", 1000, true}, rate, peers, job.name);
        print({what + ", all invariants", ">= 60 MB/s", "MB/s", megabytes}, rate, peers, job.name);
        print({what + ", without invariants", ">= 180 MB/s", "MB/s", megabytes}, passes(without, definitions, job),
              nullptr, "");
    }
    const Job rest{"definitions", official_files().definitions};
    if (!rest.texts.empty())
        print({"All that the package defines, " + size_of(rest), "", "MB/s", static_cast<double>(rest.bytes()) / 1e6},
              passes(all, definitions, rest), nullptr, "");
    reference_rows(all, definitions, peers);
}

}  // namespace causeway::bench
