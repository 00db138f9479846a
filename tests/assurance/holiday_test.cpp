#include "assurance/holiday.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace causeway;
using namespace causeway::assurance;

namespace {

/// As "04-03 04-06", what GOV.UK lists for England and Wales.
std::string holidays_of_year(int year) {
    std::string found;
    const std::chrono::sys_days first{std::chrono::year(year) / 1 / 1}, last{std::chrono::year(year) / 12 / 31};
    for (auto day = first; day <= last; day += std::chrono::days(1))
        if (is_bank_holiday(std::chrono::year_month_day(day)))
            found += (found.empty() ? "" : " ") + Day{std::chrono::year_month_day(day)}.text().substr(5);
    return found;
}

}  // namespace

TEST_CASE("bank holidays are those of England and Wales, with their substitute days") {
    CHECK(holidays_of_year(2019) == "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26");
    CHECK(holidays_of_year(2021) == "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28");
    CHECK(holidays_of_year(2025) == "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26");
    CHECK(holidays_of_year(2026) == "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28");
    CHECK(holidays_of_year(2027) == "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28");
    CHECK(holidays_of_year(2028) == "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26");
    // Christmas on a Sunday.
    CHECK(holidays_of_year(2033).ends_with("12-26 12-27"));
}

TEST_CASE("a day that the configuration names is a holiday, from midnight to midnight in England") {
    const Holidays holidays(Zone::london, {std::chrono::sys_days{std::chrono::year(2027) / 6 / 1}});
    CHECK(holidays.has(*parse_fhir_instant("2027-05-31T23:00:00Z")));
    CHECK(holidays.has(*parse_fhir_instant("2027-06-01T22:59:59Z")));
    CHECK_FALSE(holidays.has(*parse_fhir_instant("2027-06-01T23:00:00Z")));
    CHECK_FALSE(Holidays(Zone::utc).has(*parse_fhir_instant("2026-12-25T12:00:00Z")));
}
