#pragma once
/// HL7 v2 dates and times (DTM, TS) to FHIR and back, with precision and offset kept.

#include <string>
#include <string_view>
#include <variant>

namespace causeway::mapping {

/// Where a time without an offset is local: "+01:00", or "London" for the United Kingdom's winter and summer time.
struct Zone {
    std::string offset;  ///< Empty: London.
};

/// FHIR text, or why the v2 text is no such thing: "month 13" (the part that is wrong, never the value).
struct DtmMistake {
    std::string what;
};

enum class DtmAs { date, date_time, instant };

/// Reads YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ], also with dashes, colons, a blank or T between the parts.
std::variant<std::string, DtmMistake> dtm_to_fhir(std::string_view text, DtmAs as, const Zone& zone);

/// FHIR date, dateTime or instant to DTM; fractions are cut to the four digits that v2 allows.
std::variant<std::string, DtmMistake> fhir_to_dtm(std::string_view text, DtmAs as);

/// The offset of the United Kingdom at a local time: "+00:00", in summer "+01:00".
std::string london_offset(int year, int month, int day, int hour);

}  // namespace causeway::mapping
