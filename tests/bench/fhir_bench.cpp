/// FHIR JSON in MB a second of CPU: a Bundle of many Patients, read, and read and written. Beside it a plain copy of
/// the bytes.
#include <cstdio>
#include <ctime>
#include <string>

#include "fhir/json.hpp"

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
    const auto begin = std::clock();
    std::size_t runs = 0;
    double spent = 0;
    while (spent < 0.5) {
        work();
        ++runs;
        spent = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    }
    return static_cast<double>(runs * size) / spent / 1e6;
}

}  // namespace

int main() {
    std::printf("%-12s %12s %12s %12s\n", "bytes", "copy MB/s", "read MB/s", "write MB/s");
    for (const int entries : {6, 30, 250, 20'000}) {
        const Payload payload(bundle(entries));
        std::size_t sink = 0;
        const auto copy = megabytes_a_second(payload.size(), [&] { sink += std::string(payload.reveal()).size(); });
        const auto read =
            megabytes_a_second(payload.size(), [&] { sink += fhir::parse_json(payload).value()->payload().size(); });
        const auto document = fhir::parse_json(payload).value();
        const auto write = megabytes_a_second(payload.size(), [&] { sink += fhir::to_json(document->root()).size(); });
        std::printf("%-12zu %12.0f %12.0f %12.0f\n", payload.size(), copy, read, write);
        if (sink == 0) return 1;
    }
}
