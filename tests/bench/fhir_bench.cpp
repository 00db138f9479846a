/// The FHIR codecs in MB a second of CPU: Bundles of many Patients, read as JSON and XML, without definitions and with,
/// and written. Beside it a plain copy of the bytes, and the memory of the decoded document against the bytes.
#include <cstdio>
#include <ctime>
#include <string>

#include "fhir/json.hpp"
#include "fhir/tape.hpp"
#include "fhir/xml.hpp"

using namespace causeway;

namespace {

std::string bundle(int entries) {
    std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (int i = 0; i < entries; ++i) {
        const auto id = std::to_string(i);
        text += i == 0 ? "" : ",";
        text += R"({"fullUrl":"https://example.org/fhir/Patient/)" + id +
                R"(","resource":{"resourceType":"Patient","id":")" + id +
                R"(","active":true,"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],)"
                R"("name":[{"use":"official","family":"Ash","given":["Ann","Bea"]}],"birthDate":"2008-02-29",)"
                R"("address":[{"line":["1 High Street","Flat 2"],"city":"Leeds","postalCode":"LS1 1AA"}],)"
                R"("extension":[{"url":"http://example.org/weight","valueQuantity":{"value":70.50,"unit":"kg"}}]}})";
    }
    return text + "]}";
}

template <class Work>
double megabytes_a_second(std::size_t size, Work work) {
    work();
    const auto begin = std::clock();
    std::size_t runs = 0;
    double spent = 0;
    while (spent < 0.3) {
        work();
        ++runs;
        spent = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    }
    return static_cast<double>(runs * size) / spent / 1e6;
}

std::size_t sink = 0;

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
}

}  // namespace

int main() {
    auto definitions = fhir::Definitions::open(CAUSEWAY_BINARY_DIR "/definitions/r4.pack");
    if (!definitions) {
        std::fprintf(stderr, "%s\n", to_string(definitions.error()).c_str());
        return 1;
    }
    const fhir::ParseOptions plain;
    fhir::ParseOptions typed;
    typed.definitions = *definitions;
    std::printf("MB/s%28s %10s %10s %10s %10s %10s\n%-6s %10s %10s %10s %10s %10s %10s %10s\n", "", "", "with", "", "",
                "memory/", "format", "bytes", "copy", "read", "types", "to JSON", "to XML", "bytes");
    for (const int entries : {6, 30, 250, 20'000}) {
        const Payload json(bundle(entries));
        const auto document = fhir::parse(json, typed).value();
        row("JSON", json, plain, typed);
        row("XML", Payload(fhir::to_xml(*document).value()), plain, typed);
    }
    return sink == 0 ? 1 : 0;
}
