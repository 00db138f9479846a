#include "pipeline/patient_learning.hpp"

#include <doctest/doctest.h>

#include "core/nhs_number.hpp"
#include "pipeline/decode.hpp"

namespace causeway::pipeline {
namespace {

std::vector<Key> known_in(std::string text, std::string_view media_type) {
    return known_by(*decode(Payload(std::move(text)), media_type, {}, nullptr).value());
}

std::vector<Key> known_in_pid3(const std::string& identifiers) {
    return known_in("MSH|^~\\&|PAS|RX999|GP|PAS|20261121||MDM^T02|L1|P|2.5.1\rPID|1||" + identifiers + "\r", kHl7v2);
}

TEST_CASE("a patient's number is the same from HL7 v2 as from FHIR") {
    const auto bundle = R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Patient",
        "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},
                      {"system":"urn:id:RX999","value":"H77"},{"system":"urn:oid:2.16.840.1.1","value":"5"}]}}]})";
    const auto from_v2 = known_in_pid3("999 000 0018^^^NHS~H77^^^RX999^MR~5^^^&2.16.840.1.1&ISO");
    CHECK(from_v2 == known_in(bundle, kFhirJson));
    CHECK(from_v2.front() == Key{std::string(kNhsNumberSystem), "9990000018"});
}

TEST_CASE("a number without an authority is the sender's own") {
    CHECK(known_in_pid3("12345") == std::vector<Key>{{"urn:id:RX999", "12345"}});
    CHECK(known_in_pid3("12345^^^L") == std::vector<Key>{{"urn:id:RX999", "12345"}});
}

TEST_CASE("a number that is deleted or mistyped leads to nobody") {
    CHECK(known_in_pid3("\"\"").empty());
    CHECK(known_in_pid3("9990000019^^^NHS").empty());
}

}  // namespace
}  // namespace causeway::pipeline
