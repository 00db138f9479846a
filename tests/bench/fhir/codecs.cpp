// The codecs in MB a second: Bundles of many small Patients, read as JSON and XML, without definitions and with, and
// written. Beside it a plain copy of the bytes, and the memory of the decoded document against the bytes.
#include <cstdio>
#include <string>

#include "bench/fhir/inputs.hpp"
#include "bench/fhir/measure.hpp"
#include "bench/fhir/parts.hpp"
#include "fhir/json.hpp"
#include "fhir/tape.hpp"
#include "fhir/xml.hpp"

namespace causeway::bench {
namespace {

std::size_t sink = 0;

template <class Work>
double megabytes_a_second(std::size_t size, Work work) {
    return runs_a_second(work) * static_cast<double>(size) / 1e6;
}

void row(const char* format, const Payload& payload, const fhir::ParseOptions& plain, const fhir::ParseOptions& typed) {
    const auto read = [&](const fhir::ParseOptions& options) {
        return megabytes_a_second(payload.size(),
                                  [&] { sink += fhir::parse(payload, options).value()->payload().size(); });
    };
    const auto copy = megabytes_a_second(payload.size(), [&] { sink += std::string(payload.reveal()).size(); });
    const auto untyped_speed = read(plain);
    const auto typed_speed = read(typed);
    const auto document = fhir::parse(payload, typed).value();
    const auto json = megabytes_a_second(payload.size(), [&] { sink += fhir::to_json(document->root()).size(); });
    const auto xml = megabytes_a_second(payload.size(), [&] { sink += fhir::to_xml(*document).value().size(); });
    const auto memory = static_cast<double>(fhir::Tape::of(*document).memory()) / static_cast<double>(payload.size());
    std::printf("%-6s %10zu %10.0f %10.0f %10.0f %10.0f %10.0f %10.1f\n", format, payload.size(), copy, untyped_speed,
                typed_speed, json, xml, memory);
    std::fflush(stdout);
}

}  // namespace

void codec_rows(const fhir::DefinitionsPtr& definitions) {
    const fhir::ParseOptions plain;
    fhir::ParseOptions typed;
    typed.definitions = definitions;
    std::printf("MB/s%28s %10s %10s %10s %10s %10s\n%-6s %10s %10s %10s %10s %10s %10s %10s\n", "", "", "with", "", "",
                "memory/", "codec", "bytes", "copy", "read", "types", "to JSON", "to XML", "bytes");
    for (const auto& text : {service_request(), record_bundle(30), reference_bundle(250), reference_bundle(20'000)}) {
        const Payload json(text);
        const auto document = fhir::parse(json, typed).value();
        row("JSON", json, plain, typed);
        row("XML", Payload(fhir::to_xml(*document).value()), plain, typed);
    }
}

}  // namespace causeway::bench
