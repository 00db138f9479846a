#include "bench/ledger/messages.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace causeway::bench {
namespace {

constexpr std::array kFamilies =
    std::to_array<std::string_view>({"TESTPATIENT", "SAMPLETON", "MOCKFORD", "DUMMERTON", "EXAMPLEBY", "FICTIONSHAW",
                                     "PLACEHOLDE", "SPECIMENSON", "PROTOWRIGHT", "TRIALWAITE", "DEMONSTRATER",
                                     "NOBODYSMITH", "IMAGINARD", "PRETENDHAM", "INVENTBOROUGH", "MADEUPLEY"});
constexpr std::array kGiven = std::to_array<std::string_view>(
    {"MARIGOLD", "ALBERT", "PRIYA", "OLUWASEUN", "BERYL", "TOMASZ", "GWENLLIAN", "HAMZA", "DORA", "SIOBHAN", "RAJESH",
     "FATIMA", "ERNEST", "YUKI", "CATRIONA", "WINSTON"});
constexpr std::array kStreets = std::to_array<std::string_view>(
    {"Canal Street", "Lock Cottages", "Northgate", "Mill Lane", "Station Approach", "Orchard Rise", "The Crescent",
     "Foundry Row", "St Botolph's Close", "Victoria Terrace", "Harbour View", "Quarry Hill"});
constexpr std::array kTowns =
    std::to_array<std::string_view>({"Westmoor", "Easterby", "Northlea", "Southwick Magna", "Midford", "Upper Slade"});
constexpr std::array kPractices = std::to_array<std::string_view>(
    {"NORTHGATE SURGERY", "MILL LANE MEDICAL CENTRE", "HARBOUR HEALTH", "THE ORCHARD PRACTICE", "QUARRY HILL SURGERY"});
constexpr std::array kReligions = std::to_array<std::string_view>({"C22", "D1", "E9", "F1", "H1", "K1"});
constexpr std::string_view kEthnic = "ABCDEFGHJKLMNPRSZ";
constexpr std::string_view kMarital = "SMDWPN";

/// Numbers that look random and are the same in every run.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 1) {}
    std::uint64_t below(std::uint64_t limit) {
        state_ += 0x9E3779B97F4A7C15ull;
        auto z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return (z ^ (z >> 31)) % limit;
    }
    template <class Choices>
    auto of(const Choices& choices) {
        return choices[below(choices.size())];
    }
    std::string digits(int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += static_cast<char>('0' + below(10));
        return out;
    }

private:
    std::uint64_t state_;
};

/// A line of text put together from pieces of several kinds.
template <class... Pieces>
void put(std::string& out, const Pieces&... pieces) {
    (out.append(std::string_view(pieces)), ...);
}

std::string two(std::uint64_t n) {
    return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

std::string birth_date(Dice& dice) {
    return std::to_string(1925 + dice.below(95)) + two(1 + dice.below(12)) + two(1 + dice.below(28));
}

void put_header(std::string& out, std::string_view type, std::string_view id) {
    put(out, "MSH|^~\\&|LORENZO|RX999|CAUSEWAY|CAUSEWAY|20261121", two(id.back() % 24), two(id.size()), "17+0000||",
        type, "|", id, "|P|2.5.1|||||GBR|UNICODE UTF-8\r");
}

void put_patient(std::string& out, std::uint64_t n) {
    Dice dice(n);
    const auto family = dice.of(kFamilies), town = dice.of(kTowns);
    const auto suffix = dice.digits(3);
    const auto sex = dice.below(2);
    const auto code = two(dice.below(100));
    const std::string postcode = "ZZ99 " + std::to_string(dice.below(10)) + "WZ";
    put(out, "PID|1||", nhs_number(n), "^^^NHS^NH^^^^^^^01~RZ", std::to_string(1'000'000 + n), "^^^RX999^MR||", family,
        dice.digits(2), "^", dice.of(kGiven), "^", dice.of(kGiven), "^^", sex ? "Mr" : "Mrs", "^^L||", birth_date(dice),
        "|", sex ? "M" : "F", "||", std::string_view(kEthnic).substr(dice.below(kEthnic.size()), 1), "|",
        std::to_string(1 + dice.below(240)), " ", dice.of(kStreets), "^^", town, "^", "Westmoorshire^", postcode,
        "^GBR^H||01632 960", suffix, "^PRN^PH~07700 900", dice.digits(3), "^PRN^CP~^NET^Internet^", family, suffix,
        "@example.org|01632 960", dice.digits(3), "^WPN^PH|en|", kMarital.substr(dice.below(kMarital.size()), 1), "|",
        dice.of(kReligions), "|AC", dice.digits(7), "|||||", town, "|||||||N\r");
    put(out, "PD1|||", dice.of(kPractices), "^^Y9", code, dice.digits(1), "|G99", code, dice.digits(2), "^OKAFOR",
        "^GRACE^^^Dr||||||N\r");
    put(out, "NK1|1|", family, "^", dice.of(kGiven), "^^^Mr^^L|SPO^Spouse^HL70063|",
        std::to_string(1 + dice.below(240)), " ", dice.of(kStreets), "^^", town, "^Westmoorshire^", postcode,
        "^GBR^H|01632 960", dice.digits(3), "^PRN^PH||N^Next of kin^HL70131\r");
}

}  // namespace

std::string nhs_number(std::uint64_t n) {
    for (n = n * 7 % 1'000'000;; ++n) {
        char digits[16];
        std::snprintf(digits, sizeof digits, "999%06llu", static_cast<unsigned long long>(n % 1'000'000));
        int sum = 0;
        for (int i = 0; i < 9; ++i) sum += (digits[i] - '0') * (10 - i);
        const int check = (11 - sum % 11) % 11;
        // Ten times the same digit is nobody's number, and is refused.
        if (check < 10 && n % 1'000'000 != 999'999) return digits + std::to_string(check);
    }
}

std::string control_id(const std::string& run, std::uint64_t n) {
    return run + std::to_string(n);
}

std::string new_patient(const std::string& run, std::uint64_t n) {
    std::string out;
    out.reserve(1200);
    put_header(out, "ADT^A28^ADT_A05", control_id(run, n));
    Dice dice(n ^ 0x5eed);
    put(out, "EVN|A28|20261121080000+0000||NEW|CLERK", dice.digits(3), "^SAMPLE^WARD CLERK|202611210759\r");
    put_patient(out, n);
    put(out, "PV1|1|N|OPD^^^RX999||||C", dice.digits(7), "^ADEYEMI^FOLA^^^Dr|||110|||||||||||||||||||||||||||||||||||",
        "20261121", two(dice.below(24)), two(dice.below(60)), "\r");
    put(out, "AL1|1|DA|", dice.digits(8), "^Penicillin (substance)^SCT|MO|Rash on first exposure|19", dice.digits(2),
        "0101\rZPD|1|ACCESSIBLE INFORMATION|LARGE PRINT|INTERPRETER NOT NEEDED|CONSENT TO SHARE Y|20261121\r");
    return out;
}

std::string urgent_referral(const std::string& run, std::uint64_t n) {
    std::string out;
    put_header(out, "REF^I12^REF_I12", control_id(run, n));
    put(out, "RF1|P^Pending^HL70283|A^ASAP^HL70280|GRF^General referral^HL70281|||", "UBRN", std::to_string(n),
        "|20261121080000+0000\rPRD|RP^Referring Provider^HL70286|OKAFOR^GRACE^^^Dr||||||Y90001\r");
    put_patient(out, n);
    return out;
}

namespace {

/// Results that a referral brings along, until the body has some `bytes`.
void put_results(std::string& body, std::uint64_t n, std::size_t bytes) {
    Dice dice(n ^ 0x0b5);
    for (std::uint64_t i = 0; body.size() < bytes; ++i)
        put(body, R"(,{"fullUrl":"urn:uuid:00000000-0000-4000-9000-)", dice.digits(12),
            R"(","resource":{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":)",
            R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[)",
            R"({"system":"http://snomed.info/sct","code":")", dice.digits(9), R"("}],"text":"Result )",
            std::to_string(i), R"("},"subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},)",
            R"("effectiveDateTime":"2026-11-)", two(1 + dice.below(20)),
            R"(T08:00:00+00:00","valueQuantity":{"value":)", std::to_string(dice.below(500)), ".", two(dice.below(100)),
            R"(,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},"note":[{"text":")",
            dice.digits(80), R"("}]},"request":{"method":"POST","url":"Observation"}})");
}

}  // namespace

std::string referral_bundle(const std::string& run, std::uint64_t n) {
    return large_bundle(run, n, 0);
}

std::string large_bundle(const std::string& run, std::uint64_t n, std::size_t bytes) {
    const auto id = run + std::to_string(n);
    auto body =
        R"({"resourceType":"Bundle","id":")" + id + R"(","identifier":{"system":"urn:bench","value":")" + id +
        R"("},"type":"transaction","entry":[)"
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"ServiceRequest","identifier":[{"system":"https://fhir.nhs.uk/Id/UBRN", "value":")" +
        id +
        R"("}],"status":"active","intent":"order","priority":"routine","subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"requester":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"},"authoredOn":"2026-11-20T16:40:00+00:00","reasonCode":[{"coding":[{"system":"http://snomed.info/sct","code":"80313002","display":"Palpitations"}]}]},"request":{"method":"POST","url":"ServiceRequest"}},)"
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" +
        nhs_number(n) +
        R"("}],"name":[{"use":"official","family":"TESTPATIENT","given":["Beryl"]}],"telecom":[{"system":"phone","value":"07700 900102"}],"gender":"female","birthDate":"1949-12-05","address":[{"line":["12 Canal Street"],"city":"Westmoor","postalCode":"ZZ99 3WZ"}]},"request":{"method":"POST","url":"Patient"}},)"
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":"PractitionerRole","practitioner":{"display":"Dr Okafor"},"organization":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000004"}},"request":{"method":"POST","url":"PractitionerRole"}},)"
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000004","resource":{"resourceType":"Organization","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y90001"}],"name":"Northgate Surgery"},"request":{"method":"POST","url":"Organization"}})";
    put_results(body, n, bytes);
    body += "]}";
    return "POST /fhir HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string letter(const std::string& run, std::uint64_t n, std::size_t bytes) {
    constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve(bytes + 2'000);
    put_header(out, "MDM^T02^MDM_T02", control_id(run, n));
    put(out, "EVN|T02|20261121080000+0000\r");
    put_patient(out, n);
    put(out, "TXA|1|CN|AP|20261121080000+0000|||||||DOC", std::to_string(n), "\rOBX|1|ED|LET^Letter||^AP^PDF^Base64^");
    Dice dice(n ^ 0x1e77e5);
    while (out.size() < bytes)
        for (auto bits = dice.below(~std::uint64_t{0}), left = std::uint64_t{10}; left > 0; --left, bits >>= 6)
            out += kBase64[bits & 63];
    put(out, "||||||F\r");
    return out;
}

std::string acknowledgement(std::string_view id) {
    std::string out;
    put(out, "MSH|^~\\&|SINK|R9Z|CAUSEWAY|R9Z|20261121080000||ACK|S", id, "|P|2.5.1\rMSA|AA|", id, "\r");
    return out;
}

}  // namespace causeway::bench
