#include "hl7v2/anonymise.hpp"

#include "core/nhs_number.hpp"
#include "hl7v2/fake.hpp"
#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

const std::string kPatient =
    "PID|1||9990548609^^^NHS^NH~A123456^^^RX1^PI||SMITH^John^Q^^Mr||19750131|M|||1 High Street^^Leeds^^LS1 "
    "4AB^GBR||01132960123^PRN^PH^j.smith@nhs.net|||S^Single\r"
    "PV1|1|I|WARD1^B2||||C3456789^BROWN^Ann^^^Dr\r"
    "OBX|1|NM|718-7^Haemoglobin^LN||13.4|g/dL|||||F|||20260102103000\r"
    "OBX|2|TX|note||Seen with John Smith, tel 07700 123456.\r"
    "ZXX|John Smith|5\r";

std::string anonymous(const std::string& bytes, const std::string& key = "a key of the test") {
    const auto out = Anonymiser(key)(*parsed(bytes));
    return out ? *out : "refused";
}

}  // namespace

TEST_CASE("nothing that says who somebody is stays") {
    const auto out = anonymous(with(kPatient));
    for (const auto* secret : {"SMITH", "Smith", "John", "9990548609", "A123456", "19750131", "High", "Leeds", "LS1",
                               "0113", "j.smith", "BROWN", "Ann", "C3456789", "07700 123456"}) {
        INFO(secret);
        CHECK(out.find(secret) == std::string::npos);
    }
}

TEST_CASE("structure, codes, numbers and places stay") {
    const auto message = parsed(anonymous(with(kPatient)));
    CHECK(message->get("PID-8") == "M");
    CHECK(message->get("PID-16.2") == "Single");
    CHECK(message->get("PID-3[1].5") == "NH");
    CHECK(message->get("PV1-3.1") == "WARD1");
    CHECK(message->get("OBX[1]-3.2") == "Haemoglobin");
    CHECK(message->get("OBX[1]-5") == "13.4");
    CHECK(message->get("OBX[2]-5") == "Xxxx xxxx Xxxx Xxxxx, xxx 00000 000000.");
    CHECK(message->get("ZXX-1") == "Xxxx Xxxxx");
    CHECK(message->get("MSH-10") == "M1");
    CHECK(message->get("OBX[1]-14").substr(8) == "103000");
    CHECK(message->get("PID-13.4").ends_with("@example.com"));
}

TEST_CASE("NHS numbers are valid ones of the 999 range") {
    const auto message = parsed(anonymous(with(kPatient)));
    CHECK(message->get("PID-3[1].1").starts_with("999"));
    CHECK(is_valid_nhs_number(message->get("PID-3[1].1")));
    const Fake fake("key");
    for (int i = 0; i < 200; ++i) {
        const auto made = fake.nhs_number(std::to_string(4'000'000'000LL + i));
        CHECK(is_valid_nhs_number(made));
        CHECK(made.starts_with("999"));
    }
    CHECK(fake.nhs_number("999 054 8609")[3] == ' ');
}

TEST_CASE("the same is the same everywhere under one key, and other under another") {
    CHECK(anonymous(with(kPatient)) == anonymous(with(kPatient)));
    CHECK(anonymous(with(kPatient)) != anonymous(with(kPatient), "another key"));
    const Fake fake("key");
    CHECK(fake.family("SMITH") != fake.family("smith"));
    CHECK(parsed(anonymous(with("PID|||||Smith\rNK1|1|SMITH\r")))->get("NK1-2.1").size() ==
          parsed(anonymous(with("PID|||||Smith\rNK1|1|SMITH\r")))->get("PID-5.1").size());
    CHECK(fake.nhs_number("9990548609") == fake.nhs_number("9990548609"));
}

TEST_CASE("identifiers are replaced wherever else they stand, and NHS numbers too") {
    const auto out = anonymous(
        "MSH|^~\\&|GP|A81001|PAS|RX1|20260101||ADT^A28^ADT_A05|NHS9990548609|P|2.5.1\r"
        "PID|1||999 054 8609^^^NHS^NH~A123456^^^RX1^PI||SMITH^John||19750131|M|||||||||||||||Leeds|9990548609\r"
        "PV1|1|I|A123456^9990548609||||||||||||||||A123456X\r"
        "GP1|9990548609|401 023 2137~2026112010|12345\r");
    const auto message = parsed(out);
    const std::string number(message->get("PID-3[1].1"));
    const auto digits = normalise_nhs_number(number);
    CHECK(number != "999 054 8609");
    CHECK(out.find("9990548609") == std::string::npos);
    CHECK(out.find("A123456^") == std::string::npos);
    CHECK(message->get("MSH-10") == "NHS" + digits);
    CHECK(message->get("PV1-3.1") == message->get("PID-3[2].1"));
    CHECK(message->get("PV1-3.2") == digits);
    CHECK(message->get("PID-23") == "Xxxxx");
    CHECK(out.find("401 023 2137") == std::string::npos);
}

TEST_CASE("dates move together and keep their precision") {
    CHECK(Fake::moved("20260301", -1) == "20260228");
    CHECK(Fake::moved("20260301123045.5+0100", -60) == "20251231123045.5+0100");
    CHECK(Fake::moved("202603", -31) == "202601");
    CHECK(Fake::moved("2026", -200) == "2025");
    CHECK(Fake::moved("20261399", -1) == "20261399");
    CHECK(Fake::moved("soon", -1) == "soon");
    const auto message =
        parsed(anonymous(with("PID|||||||19750131\rPV1||||||||||||||||||||||||||||||||||||||||||||20260131\r")));
    CHECK(message->get("PID-7") != "19750131");
}

TEST_CASE("what is deleted, empty or split stays so, and documents become a short one") {
    CHECK(anonymous(with("PID|||~||\"\"\r")).ends_with("PID|||~||\"\"\r"));
    const auto out = parsed(anonymous(with("OBX|1|ED|x||^application^pdf^Base64^" + std::string(1000, 'A') + "\r")));
    CHECK(out->get("OBX-5.4") == "Base64");
    CHECK(out->get("OBX-5.5").size() < 60);
}
