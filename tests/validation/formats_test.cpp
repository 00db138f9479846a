#include "validation/formats.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace causeway::validation;

TEST_CASE("formats: a date is a year, a month or a day that the calendar has") {
    for (const auto* good : {"1958", "1958-04", "1958-04-30", "2024-02-29", "2000-02-29"}) CHECK(is_date(good));
    for (const auto* bad : {"", "58", "1958-4", "1958-04-31", "2023-02-29", "1900-02-29", "1958-13", "1958-00", "0000",
                            "30/04/1958", "19580430", "1958-04-30T", "1958-04-30 ", "1958-"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_date(bad));
    }
}

TEST_CASE("formats: a time needs seconds and an offset, and takes any fraction") {
    CHECK(is_date_time("2026-11-21"));
    CHECK(is_instant("2026-11-21T09:14:12Z"));
    CHECK(is_instant("2025-02-19T09:14:12.8380931+00:00"));
    CHECK(is_instant("2026-11-21T09:14:12-14:00"));
    for (const auto* bad : {"2026-11-21T09:14Z", "2026-11-21T09:14:12", "2026-11-21T24:00:00Z", "2026-11-21T09:14:12.Z",
                            "2026-11-21T09:14:12+14:01", "2026-11-21T09:14:12+0100", "2026-11T09:14:12Z"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_date_time(bad));
    }
    CHECK_FALSE(is_instant("2026-11-21"));
}

TEST_CASE("formats: id and code") {
    CHECK(is_id("a-1.B"));
    CHECK_FALSE(is_id(""));
    CHECK_FALSE(is_id("a_b"));
    CHECK_FALSE(is_id(std::string(65, 'a')));
    CHECK(is_code("two words"));
    CHECK_FALSE(is_code(" lead"));
    CHECK_FALSE(is_code("two  spaces"));
    CHECK_FALSE(is_code(""));
}

TEST_CASE("formats: base64 is whole groups of four, with padding only at the end") {
    for (const auto* good : {"QQ==", "QUI=", "QUJD", "QUJD\r\nQUJD", "QU JD"}) CHECK(is_base64(good));
    for (const auto* bad : {"", "Q", "QQ", "QQ=", "=QQQ", "QQ==QQ==", "QU-D", "QU*D"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_base64(bad));
    }
}
