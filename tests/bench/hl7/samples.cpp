#include "bench/hl7/samples.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace causeway::bench {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string head(const std::string& id) {
    return "MSH|^~\\&|LAB|RX1|CAUSEWAY|CAUSEWAY|20260105093015+0000||ORU^R01^ORU_R01|" + id +
           "|P|2.5.1|||AL|NE|GBR|UNICODE UTF-8\r"
           "PID|1||9990000018^^^NHS^NH~RX1000042^^^RX1^MR||SPECIMEN^AGNES^MARIA^^MRS^^L||19800229|2|||12 SAMPLE STREET^"
           "EXAMPLE QUARTER^NEWTOWN^SOMESHIRE^ZZ99 3VZ^GBR^H||01632960001^PRN^PH\r"
           "PV1|1|O|CLIN1^^^RX1||||C7654321^EXAMPLE^CONSULTANT^^^DR^^^CONS\r";
}

std::string result(int number) {
    static const char* const names[] = {"Sodium", "Potassium", "Urea", "Creatinine", "Albumin", "Calcium"};
    const auto n = std::to_string(number);
    const auto* name = names[number % 6];
    return "OBX|" + n + "|NM|10230" + n + "000^Serum " + name + " level^SCT^44I" + n + "^" + name + "^L|1|1" + n +
           ".4|mmol/L^^UCUM|133-146||||F|||20260104111500+0000||C7654321^EXAMPLE^CONSULTANT^^^DR^^^CONS|"
           "A1^Analyser " +
           n +
           "^L\r"
           "NTE|1|L|Measured on the second analyser; the first was being cleaned when specimen " +
           n + " arrived; compare with the value of the day before, which was telephoned.\r";
}

std::string number_of(std::size_t value) {
    return std::to_string(value) + "\n";
}

bool is_other_format(const fs::path& file) {
    static const std::set<std::string> others{".json", ".fhir", ".xml", ".tsv", ".pdf", ".edn", ".bin"};
    return others.contains(file.extension().string());
}

}  // namespace

const std::string& a28_sample() {
    static const std::string text =
        "MSH|^~\\&|EPR|A81001|PAS|RX1|20260105093015+0000||ADT^A28^ADT_A05|MSG0000000000001|P|2.5.1|||AL|NE|GBR|"
        "UNICODE "
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
    return text;
}

std::string laboratory_report() {
    auto text = head("LAB0000000001") +
                "ORC|RE|ORD1^EPR|LAB1^LAB||CM\r"
                "OBR|1|ORD1^EPR|LAB1^LAB|26604007^Full blood count^SCT|||20260104103000+0000|||||||"
                "20260104104500+0000|119297000^Blood^SCT|C7654321^EXAMPLE^CONSULTANT^^^DR^^^CONS||||||"
                "20260104120000+0000||HM|F\r";
    for (int i = 1; i <= 30; ++i) text += result(i);
    return text;
}

std::string scanned_letter() {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string base64;
    std::uint32_t state = 12345;
    while (base64.size() < 820'000) {
        state = state * 1664525U + 1013904223U;
        base64 += digits[state >> 26U];
    }
    return head("LETTER0000001") + "OBR|1|||LETTER^Clinic letter\rOBX|1|ED|LETTER^Clinic letter||^AP^PDF^Base64^" +
           base64 + "||||||F\r";
}

std::vector<std::string> corpus_messages() {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    const auto folder = (set != nullptr ? fs::path(set) : fs::path(CAUSEWAY_SOURCE_DIR) / "../shared/corpus") / "hl7v2";
    std::vector<fs::path> files;
    std::error_code missing;
    for (fs::recursive_directory_iterator at(folder, missing), end; at != end; ++at)
        if (at->is_regular_file() && !is_other_format(at->path())) files.push_back(at->path());
    std::sort(files.begin(), files.end());
    std::vector<std::string> messages;
    for (const auto& file : files)
        if (auto bytes = bytes_of(file); bytes.find("MSH") < 64) messages.push_back(std::move(bytes));
    return messages;
}

void write_for_peers(const fs::path& folder) {
    fs::create_directories(folder);
    std::ofstream(folder / "a28.hl7", std::ios::binary) << a28_sample();
    std::ofstream(folder / "letter.hl7", std::ios::binary) << scanned_letter();
    std::ofstream corpus(folder / "corpus.bin", std::ios::binary);
    for (const auto& message : corpus_messages()) corpus << number_of(message.size()) << message;
}

}  // namespace causeway::bench
