#include "mapping/dtm.hpp"

#include <doctest/doctest.h>

using namespace causeway::mapping;

namespace {

std::string fhir(std::string_view text, DtmAs as = DtmAs::date_time) {
    const auto made = dtm_to_fhir(text, as, {});
    if (const auto* mistake = std::get_if<DtmMistake>(&made)) return "!" + mistake->what;
    return std::get<std::string>(made);
}

std::string dtm(std::string_view text) {
    const auto made = fhir_to_dtm(text, DtmAs::date_time);
    if (const auto* mistake = std::get_if<DtmMistake>(&made)) return "!" + mistake->what;
    return std::get<std::string>(made);
}

}  // namespace

TEST_CASE("precision and offset stay as they are") {
    CHECK(fhir("1958") == "1958");
    CHECK(fhir("195804") == "1958-04");
    CHECK(fhir("19580412") == "1958-04-12");
    CHECK(fhir("20260721093015.1234-0500") == "2026-07-21T09:30:15.1234-05:00");
}

TEST_CASE("a time without an offset is London's, in winter and in summer") {
    CHECK(fhir("202601210930") == "2026-01-21T09:30:00Z");
    CHECK(fhir("202607210930") == "2026-07-21T09:30:00+01:00");
    CHECK(london_offset(2026, 3, 29, 0) == "+00:00");
    CHECK(london_offset(2026, 3, 29, 2) == "+01:00");
    CHECK(london_offset(2026, 10, 25, 1) == "+01:00");
    CHECK(london_offset(2026, 10, 25, 2) == "+00:00");
}

TEST_CASE("spellings of the field: dashes, blanks, a time behind a birth date") {
    CHECK(fhir("2025-05-05 23:23:32") == "2025-05-05T23:23:32+01:00");
    CHECK(fhir("2025-05-05") == "2025-05-05");
    CHECK(fhir("19760121+") == "1976-01-21");
    CHECK(fhir("195804121515", DtmAs::date) == "1958-04-12");
    CHECK(fhir("20000101000000", DtmAs::date) == "2000-01-01");
}

TEST_CASE("what is no date says which part is wrong") {
    CHECK(fhir("19581312") == "!month 13");
    CHECK(fhir("19580231") == "!a day that its month does not have");
    CHECK(fhir("20260101256000") == "!hour 25");
    CHECK(fhir("195") == "!a year of four digits is missing");
    CHECK(fhir("1958041") == "!a part with a digit too few or too many");
    CHECK(fhir("unknown") == "!a character that is no digit");
    CHECK(fhir("20260101+9999") == "!an offset that is not of the form +0100");
}

TEST_CASE("an instant has a time and an offset") {
    CHECK(fhir("2026112009", DtmAs::instant) == "2026-11-20T09:00:00Z");
    CHECK(fhir("20261120", DtmAs::instant) == "!a time of day is missing");
    CHECK(fhir("202611", DtmAs::instant) == "!a day is missing");
}

TEST_CASE("back to HL7 v2") {
    CHECK(dtm("1958-04-12") == "19580412");
    CHECK(dtm("2026-11-20T17:05:00.1234567+01:00") == "20261120170500.1234+0100");
    CHECK(dtm("2026-11-20T17:05:00Z") == "20261120170500+0000");
}
