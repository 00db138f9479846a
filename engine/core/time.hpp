#pragma once
/// Instants, durations and how they are written.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace causeway {

using Duration = std::chrono::microseconds;
/// A point in time, UTC, microseconds: what the ledger stores.
using Instant = std::chrono::sys_time<Duration>;

/// Where "now" comes from, so that tests can hold the time still. Threads: now() may be called from any.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    Instant now() const override;
};

/// FHIR instant with milliseconds: "2026-11-21T21:45:03.120Z".
std::string to_fhir_instant(Instant at);
/// HL7 v2 DTM with offset (chapter 2A.22): "20261121214503.120+0000".
std::string to_hl7_dtm(Instant at);
/// "21:45:03.120", UTC: for journeys on a terminal.
std::string to_clock_time(Instant at);
/// Reads a FHIR dateTime or instant; a missing part counts as its first moment; no offset means UTC.
std::optional<Instant> parse_fhir_instant(std::string_view text);

/// Reads "250ms", "30s", "5m", "48h", "7d".
std::optional<Duration> parse_duration(std::string_view text);
/// The shortest of the same spellings: "48h", "1500ms".
std::string to_text(Duration duration);

}  // namespace causeway
