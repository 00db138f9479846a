#include "core/nhs_number.hpp"

#include <doctest/doctest.h>

using namespace causeway;

TEST_CASE("the check digit of an NHS number is modulus 11") {
    for (const auto* number : {"9434765919", "943 476 5919", "943-476-5919", "9990000018"})
        CHECK_MESSAGE(is_valid_nhs_number(number), number);
    for (const auto* number :
         {"", "9434765918", "3478526985", "1234567890", "94347659190", "943476591", "943476591X", "9876543211"})
        CHECK_MESSAGE(!is_valid_nhs_number(number), number);
}

TEST_CASE("a number that only fills the field is nobody's") {
    CHECK_FALSE(is_valid_nhs_number("0000000000"));
    CHECK_FALSE(is_valid_nhs_number("9999999999"));
}

TEST_CASE("groups are joined, anything else stays as it is") {
    CHECK(normalise_nhs_number("943 476-5919") == "9434765919");
    CHECK(normalise_nhs_number("943476591X") == "943476591X");
}
