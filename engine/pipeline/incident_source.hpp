#pragma once
/// What alerts are made of: something that looks whether things are wrong. Sources stand wherever the knowledge is.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::pipeline {

/// Something that is wrong at this moment. Nothing in it may be patient data: it goes out by e-mail.
struct Signal {
    std::string kind;     ///< "destination-down", "silent-feed": receivers choose by it.
    std::string subject;  ///< What it is about, by a name that stays: kind and subject are one incident.
    std::string what;     ///< One sentence: "pas does not take messages: 212 wait, the oldest for 14 minutes."
    std::string todo;     ///< One sentence: what to do.
    Instant since;        ///< Since when; zero: since it was first seen.
    std::int64_t count = 0;
    std::int64_t urgent = 0;  ///< Of them, urgent or emergency.
    Instant oldest;           ///< When the oldest of them began; zero: nothing is counted.
    std::string owner;        ///< Who must act; may be empty.
    /// How long it must be seen before it is an incident; zero: as configured. A source that has waited enough says a
    /// microsecond.
    Duration start_after{};
};

/// Threads: look is called from one at a time, and may read the ledger.
class IncidentSource {
public:
    virtual ~IncidentSource() = default;

    virtual std::string_view name() const = 0;
    /// How often it is worth looking.
    virtual Duration every() const { return std::chrono::seconds(30); }
    /// Everything of its kinds that is wrong now. With an Error nothing is known: what was an incident stays one.
    virtual Result<std::vector<Signal>> look(Instant now) = 0;
};

}  // namespace causeway::pipeline
