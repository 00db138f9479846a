/// HL7 v2 and mapping: messages a second of one core (of its CPU time), beside what each should reach and beside three
/// npm packages on the same files. `./dev bench hl7 parse`, `maps` or `peers` measures one part.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include "bench/hl7/peers.hpp"
#include "bench/hl7/samples.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "mapping/map.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::filesystem::path kMappings = CAUSEWAY_SOURCE_DIR "/mappings";

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Runs a second.
double rate(const std::function<void()>& run) {
    run();
    std::size_t runs = 0;
    const auto begin = cpu_seconds();
    double spent = 0;
    while (spent < 0.7) {
        for (int i = 0; i < 10; ++i) run();
        runs += 10;
        spent = cpu_seconds() - begin;
    }
    return static_cast<double>(runs) / spent;
}

void print(const std::string& what, double value, const std::string& unit, double aim, const std::string& note = "") {
    std::printf("%-58s %12.0f %-5s aim %8.0f  %s%s%s\n", what.c_str(), value, unit.c_str(), aim,
                value >= aim ? "reached" : "BELOW", note.empty() ? "" : ", ", note.c_str());
}

void print_missing(const std::string& what, const std::string& why) {
    std::printf("%-58s not measured: %s\n", what.c_str(), why.c_str());
}

std::size_t read(const Payload& payload, const std::vector<hl7v2::Path>& paths) {
    std::size_t bytes = 0;
    if (const auto message = hl7v2::parse(payload))
        for (const auto& path : paths) bytes += (*message)->get(path).size();
    return bytes;
}

std::vector<hl7v2::Path> paths_of(const std::vector<const char*>& names) {
    std::vector<hl7v2::Path> paths;
    for (const auto* name : names) paths.push_back(*hl7v2::Path::parse(name));
    return paths;
}

void parsing() {
    const auto nine = paths_of(
        {"MSH-10", "MSH-9.2", "PID-3[5=\"NH\"].1", "PID-5.1", "PID-5.2", "PID-7", "PID-8", "PID-11.5", "PD1-4.1"});
    const Payload a28(bench::a28_sample());
    print("parse and read nine fields of the A28", rate([&] { read(a28, nine); }), "/s", 300'000);

    std::vector<Payload> corpus;
    std::size_t bytes = 0;
    for (auto& message : bench::corpus_messages()) {
        bytes += message.size();
        corpus.emplace_back(std::move(message));
    }
    if (corpus.empty()) {
        print_missing("corpus mix", "set CAUSEWAY_CORPUS to the folder of published messages");
    } else {
        const auto a_second = rate([&] {
            for (const auto& message : corpus) (void)hl7v2::parse(message);
        });
        print("corpus mix: " + std::to_string(corpus.size()) + " files, " + std::to_string(bytes / 1'000'000) + " MB",
              a_second * static_cast<double>(bytes) / 1e6, "MB/s", 500);
    }
    const Payload letter(bench::scanned_letter());
    const auto data = paths_of({"OBX-5.5"});
    print("820 kB of base64 in an ORU: parse and read OBX-5.5", rate([&] { read(letter, data); }), "/s", 10'000);
}

struct Shipped {
    std::string name;
    mapping::Map map;
};

void load_maps(const std::filesystem::path& folder, std::vector<Shipped>& maps) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".map") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        std::vector<config::Mistake> mistakes;
        if (auto map = mapping::Map::load(file, mistakes); !map.empty())
            maps.push_back({file.filename().string(), std::move(map)});
    }
}

std::vector<Shipped> all_maps() {
    std::vector<Shipped> maps;
    load_maps(kMappings, maps);
    return maps;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

mapping::Facts facts() {
    mapping::Facts made;
    made.now = parse_fhir_instant("2026-01-15T12:00:00Z");
    made.variables["obligation"] = {std::string("0TEST00000001")};
    return made;
}

Result<mapping::Output> to_fhir(const mapping::Map& map, const Payload& payload) {
    static const auto known = facts();
    const auto message = hl7v2::parse(payload);
    if (!message) return message.error();
    return map.run(Direction::forward, (*message)->root(), known);
}

Result<mapping::Output> to_v2(const mapping::Map& map, const Payload& payload) {
    static const auto known = facts();
    const auto document = fhir::parse_json(payload);
    if (!document) return document.error();
    return map.run(Direction::reverse, (*document)->root(), known);
}

/// The first shipped map that takes the message and makes so many of the resource; one that makes a Bundle goes first.
const Shipped* map_for(const std::vector<Shipped>& maps, const Payload& payload, const std::string& type,
                       std::size_t wanted) {
    const Shipped* found = nullptr;
    for (const auto& shipped : maps) {
        if (!shipped.map.can(Direction::forward)) continue;
        const auto made = to_fhir(shipped.map, payload);
        if (!made || count(made->payload.reveal(), "\"resourceType\":\"" + type + "\"") < wanted) continue;
        const bool bundle = made->payload.reveal().starts_with(R"({"resourceType":"Bundle")");
        if (found == nullptr || bundle) found = &shipped;
        if (bundle) break;
    }
    return found;
}

void forward(const std::vector<Shipped>& maps, const std::string& what, const std::string& text,
             const std::string& type, std::size_t wanted, double aim) {
    const Payload payload(text);
    const auto* shipped = map_for(maps, payload, type, wanted);
    if (shipped == nullptr) return print_missing(what, "no map makes " + type + " of it");
    print(what, rate([&] { (void)to_fhir(shipped->map, payload); }), "/s", aim, shipped->name);
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void referral(const std::vector<Shipped>& maps) {
    const Payload bundle(text_of(kMappings / "tests/uk.ref.i12/routine.json"));
    for (const auto& left : maps) {
        const auto message =
            left.map.can(Direction::reverse) ? to_v2(left.map, bundle) : fail(Issue::not_supported, "", "");
        if (!message || count(message->payload.reveal(), "REF^I12") == 0) continue;
        const auto* right = map_for(maps, message->payload, "ServiceRequest", 1);
        if (right == nullptr) {
            print("ServiceRequest bundle to REF^I12 (the way back is no map yet)",
                  rate([&] { (void)to_v2(left.map, bundle); }), "/s", 10'000, left.name);
            return;
        }
        const auto once = to_fhir(right->map, message->payload).value().payload;
        print("REF^I12 to a ServiceRequest bundle", rate([&] { (void)to_fhir(right->map, message->payload); }), "/s",
              10'000, right->name);
        print("ServiceRequest bundle to REF^I12", rate([&] { (void)to_v2(left.map, once); }), "/s", 10'000, left.name);
        print("REF^I12 to a ServiceRequest bundle and back", rate([&] {
                  if (const auto made = to_fhir(right->map, message->payload)) (void)to_v2(left.map, made->payload);
              }),
              "/s", 10'000, right->name + " and " + left.name);
        return;
    }
    print_missing("REF^I12 to a ServiceRequest bundle and back", "no map in mappings/ makes REF^I12");
}

void mapping_rates() {
    const auto maps = all_maps();
    forward(maps, "A28 to a bundle with its Patient, as JSON", bench::a28_sample(), "Patient", 1, 20'000);
    const auto report = bench::laboratory_report();
    forward(maps, "ORU of " + std::to_string(report.size() / 1000) + " kB with 30 results to a bundle", report,
            "Observation", 30, 2'000);
    referral(maps);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string only = argc > 1 ? argv[1] : "";
    const auto wanted = [&](const char* part) { return only.empty() || only == part; };
    if (wanted("parse")) parsing();
    if (wanted("maps")) mapping_rates();
    if (wanted("peers")) bench::run_peers();
}
