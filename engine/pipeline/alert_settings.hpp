#pragma once
/// conf/alerts.yaml: when something is an incident, and who is told. The alerts folder, above this one, does the work.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "core/time.hpp"

namespace causeway::pipeline {

/// Who is told, and how.
struct AlertReceiver {
    enum class By { webhook, mail, command };
    enum class MailSecurity { none, starttls, tls };

    std::string name;
    By by = By::webhook;
    std::vector<std::string> kinds;  ///< Of incidents; empty: every kind.
    Duration limit{};                ///< For one attempt.
    std::string url;                 ///< webhook
    std::string from;                ///< mail
    std::vector<std::string> to;
    std::string host, port;  ///< Of the mail server; empty where `argv` takes the mail ("sendmail -t").
    MailSecurity security = MailSecurity::starttls;
    std::string user;
    std::vector<std::string> argv;  ///< command, and mail without a server: the program and its words, no shell.
    config::Settings settings;      ///< The object of `by`: its secret and its `tls`.

    bool wants(const std::string& kind) const;
};

struct AlertSettings {
    Duration start_after = std::chrono::minutes(1);  ///< Seen for so long, it is an incident.
    Duration end_after = std::chrono::minutes(5);    ///< Not seen for so long, it is over.
    Duration gather = std::chrono::seconds(10);      ///< What begins within this time is one message.
    Duration pause = std::chrono::minutes(1);        ///< Between two messages to one receiver.
    Duration queue_age = std::chrono::minutes(30);
    Duration queue_age_urgent = std::chrono::minutes(5);
    std::map<std::string, Duration> queue_age_of;  ///< By destination, instead of queue_age.
    Duration unattended = std::chrono::hours(24);  ///< Held for so long.
    Duration certificate = std::chrono::hours(30 * 24);
    std::uint64_t free_disk = 1u << 30;
    std::vector<AlertReceiver> receivers;
    config::Settings settings;  ///< The whole file.
};

std::span<const config::FieldSpec> alert_fields();
/// Reads what lint has passed; what specs cannot say is a mistake.
AlertSettings read_alerts(const config::Settings& file, std::vector<config::Mistake>& mistakes);

}  // namespace causeway::pipeline
