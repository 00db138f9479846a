#include "core/time.hpp"

#include <doctest/doctest.h>

using namespace causeway;
using namespace std::chrono_literals;

namespace {

const Instant kMoment = Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) + 21h + 45min + 3s + 120ms;

}  // namespace

TEST_CASE("an instant is written as FHIR, HL7 and a person want it") {
    CHECK(to_fhir_instant(kMoment) == "2026-11-21T21:45:03.120Z");
    CHECK(to_hl7_dtm(kMoment) == "20261121214503.120+0000");
    CHECK(to_clock_time(kMoment) == "21:45:03.120");
}

TEST_CASE("a FHIR dateTime is read with any precision and offset") {
    CHECK(parse_fhir_instant("2026-11-21T21:45:03.120Z") == kMoment);
    CHECK(parse_fhir_instant("2026-11-21T22:45:03.1200000+01:00") == kMoment);
    CHECK(parse_fhir_instant("2026-11-21") == Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)));
    CHECK(parse_fhir_instant("2026") == Instant(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)));
}

TEST_CASE("what is no dateTime is refused") {
    for (const auto* text : {"", "26", "2026-13-01", "2026-02-30", "2026-11-21T", "2026-11-21T25:00:00Z",
                             "2026-11-21T10:00:00+15:00", "2026-11-21x", "-026-11-21"})
        CHECK_MESSAGE(!parse_fhir_instant(text), text);
}

TEST_CASE("durations are read and written in the same spelling") {
    for (const auto* text : {"250ms", "30s", "5m", "48h", "7d", "1500ms"})
        CHECK(to_text(parse_duration(text).value()) == (std::string(text) == "48h" ? "2d" : text));
    CHECK(parse_duration("48h") == Duration(48h));
    for (const auto* text : {"", "5", "s", "-5s", "5 s", "5w", "99999999999d"})
        CHECK_MESSAGE(!parse_duration(text), text);
}
