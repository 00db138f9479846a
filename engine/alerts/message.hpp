#pragma once
/// What a receiver is told: one message for everything that started or ended since the last one.

#include <string>
#include <vector>

#include "alerts/incident.hpp"

namespace causeway::alerts {

/// One message. No patient data: what signals say is free of it.
struct Alert {
    std::string id;           ///< The same when it is sent again.
    std::string environment;  ///< Name of the installation.
    Instant at;
    std::vector<Incident> started, ended;  ///< What ended before anybody was told of its start is in `ended` only.
    bool test = false;

    bool empty() const noexcept { return started.empty() && ended.empty() && !test; }
};

/// Everything that the receiver is to hear and has not.
Alert alert_for(const std::string& receiver, const std::vector<Incident>& incidents, const std::string& environment,
                Instant now);

/// {"id", "environment", "at", "started": [...], "ended": [...]}
std::string json_of(const Alert& alert);
/// "Causeway live: pas does not take messages (212 wait, 3 urgent)".
std::string subject_of(const Alert& alert);
std::string text_of(const Alert& alert);

/// "14 min", "3 h", "2 days".
std::string age_text(Duration age);

}  // namespace causeway::alerts
