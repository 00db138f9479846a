#pragma once
/// Dates, times and their partial precision (FHIRPath N1, Date, DateTime and Time; date arithmetic).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "fhirpath/expression.hpp"

namespace causeway::fhirpath {

/// How much of a moment is known. Seconds and their fraction count as one.
enum class Precision : std::uint8_t { year, month, day, hour, minute, second };

/// What a comparison of two values says; unknown becomes an empty collection.
enum class Order { less, equal, greater, unknown, incomparable };

/// A Temporal taken apart. A time has no date fields (year 0).
struct Moment {
    Temporal::Kind kind = Temporal::Kind::date;
    Precision precision = Precision::year;
    int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
    int milliseconds = 0;
    int fraction_digits = 0;  ///< Digits that the fraction of the second was written with, at most 3 kept.
    std::optional<int> zone;  ///< Minutes east of UTC.

    /// Reads what FHIR and FHIRPath write: 2015, 2015-02, 2015-02-04, ...T14, T14:34, T14:34:28.123+10:00; a time is
    /// read only where `kind` asks for one. Real calendar dates only.
    static std::optional<Moment> parse(std::string_view text, Temporal::Kind kind);
    /// HL7 v2 DTM: YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ].
    static std::optional<Moment> parse_hl7(std::string_view text);
    static Moment from(Instant at, bool date_only);

    std::string text() const;
    Temporal temporal() const { return {kind, text()}; }
};

/// Any of date, dateTime: nothing where the text is of neither form.
std::optional<Moment> parse_date_or_date_time(std::string_view text);

/// `unknown` where precision or a missing time zone leaves it open; `incomparable` for a date and a time.
Order compare(const Moment& a, const Moment& b);

/// Calendar arithmetic; `amount` is whole. Nothing where the unit is not one of time, or the result leaves the years 1
/// to 9999. What is finer than the moment's precision is converted down and cut (24 hours a day, 30 days a month).
std::optional<Moment> add(const Moment& to, std::int64_t amount, std::string_view unit);

/// "days", "day" and "'d'" -> "day"; empty where the unit is not a calendar unit with a definite meaning here.
std::string_view calendar_unit(std::string_view unit);

int days_in_month(int year, int month);

}  // namespace causeway::fhirpath
