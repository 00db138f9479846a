// Parse an ADT^A28 of about 650 bytes and read nine fields, one thread.
#include <chrono>
#include <cstdio>
#include <string>

#include "hl7v2/message.hpp"

using namespace causeway;

namespace {

const std::string kA28 =
    "MSH|^~\\&|EPR|A81001|PAS|RX1|20260105093015+0000||ADT^A28^ADT_A05|MSG0000000000001|P|2.5.1|||AL|NE|GBR|UNICODE "
    "UTF-8\r"
    "EVN|A28|20260105093000||||20260105092955\r"
    "PID|1||9990000018^^^NHS^NH~RX1000042^^^RX1^MR||SPECIMEN^AGNES^MARIA^^MRS^^L||19800229|2|||12 SAMPLE STREET^"
    "EXAMPLE QUARTER^NEWTOWN^SOMESHIRE^ZZ99 "
    "3VZ^GBR^H||01632960001^PRN^PH~07700900001^ORN^CP~agnes@example.org^NET^X.400"
    "|||M|||||||A|||||||N\r"
    "PD1|||EXAMPLE SURGERY^^A81001^^^ODS|G9999998^EXAMPLE^DOCTOR^^^DR^^^GMC||||||||||||||||ACTIVE\r"
    "NK1|1|SPECIMEN^JOHN^^^MR|SPO|12 SAMPLE STREET^^NEWTOWN^^ZZ99 3VZ|01632960002^PRN^PH\r"
    "PV1|1|N|||||||||||||||||V0001^^^RX1^VN\r"
    "AL1|1|DA|387517004^Paracetamol^SCT|MO|Rash|20190401\r";

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main() {
    const char* names[] = {"MSH-10", "MSH-9.2", "PID-3[5=\"NH\"].1", "PID-5.1", "PID-5.2",
                           "PID-7",  "PID-8",   "PID-11.5",          "PD1-4.1"};
    std::vector<hl7v2::Path> paths;
    for (const auto* name : names) paths.push_back(*hl7v2::Path::parse(name));
    const Payload payload(kA28);
    constexpr int kRounds = 200'000;
    std::size_t bytes = 0;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kRounds; ++i) {
        const auto message = hl7v2::parse(payload);
        for (const auto& path : paths) bytes += (*message)->get(path).size();
    }
    const double taken = seconds_since(start);
    std::printf("hl7v2 parse + nine fields: %.0f messages/s (%zu bytes each, %zu bytes read)\n", kRounds / taken,
                kA28.size(), bytes / kRounds);
}
