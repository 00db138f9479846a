#include "pipeline/alert_settings.hpp"

#include <algorithm>
#include <set>

#include "net/http.hpp"
#include "net/listener.hpp"
#include "net/smtp.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;
using config::Mistake;
using config::Settings;

constexpr std::string_view kSecurity[] = {"starttls", "tls", "none"};
constexpr std::string_view kServers[] = {"smtp.example.nhs.uk:587"};
constexpr std::string_view kUrls[] = {"https://hooks.example.nhs.uk/causeway"};

/// What Causeway itself looks for, and what its assurance adds.
constexpr std::string_view kKinds[] = {"destination-down", "queue-age",    "held",     "silent-feed",
                                       "absent",           "unbalanced",   "disk",     "ledger",
                                       "certificate",      "clock-breach", "conflict", "alert-failed"};

const FieldSpec kWebhook[] = {
    {.name = "url", .doc = "Where the incidents are posted as JSON.", .choices = kUrls},
    {.name = "token", .type = FieldType::secret, .doc = "Bearer token to send.", .fallback = ""},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "For https: whose server certificates are trusted, and our own.",
     .fallback = "",
     .fields = net::tls_client_fields()},
};

const FieldSpec kMail[] = {
    {.name = "from", .doc = "Sender's address."},
    {.name = "to", .type = FieldType::list, .doc = "Addresses."},
    {.name = "server", .doc = "Mail server (SMTP) as host:port.", .fallback = "", .choices = kServers},
    {.name = "security",
     .type = FieldType::one_of,
     .doc = "starttls: TLS after the greeting, demanded; tls: from the first byte; none: only inside this machine.",
     .fallback = "starttls",
     .choices = kSecurity},
    {.name = "user", .doc = "Name to sign in with (AUTH PLAIN); without it nobody signs in.", .fallback = ""},
    {.name = "password", .type = FieldType::secret, .doc = "Password of that user.", .fallback = ""},
    {.name = "tls",
     .type = FieldType::object,
     .doc = "Whose server certificates are trusted.",
     .fallback = "",
     .fields = net::tls_client_fields()},
    {.name = "sendmail",
     .type = FieldType::list,
     .doc = "Instead of a server: a program that takes the whole mail on its standard input (/usr/sbin/sendmail, -t).",
     .fallback = ""},
};

const FieldSpec kCommand[] = {
    {.name = "run",
     .type = FieldType::list,
     .doc = "Program and its words, started without a shell; the incidents stand as JSON on its standard input."},
};

const FieldSpec kReceiver[] = {
    {.name = "receiver", .doc = "Name of the receiver."},
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "kinds",
     .type = FieldType::list,
     .doc = "Kinds of incidents that it is told; without it all.",
     .fallback = "",
     .choices = kKinds,
     .item = FieldType::one_of},
    {.name = "limit", .type = FieldType::duration, .doc = "Time for one attempt.", .fallback = "10s"},
    {.name = "webhook", .type = FieldType::object, .doc = "Posts JSON over HTTP.", .fallback = "", .fields = kWebhook},
    {.name = "mail", .type = FieldType::object, .doc = "Sends e-mail.", .fallback = "", .fields = kMail},
    {.name = "command", .type = FieldType::object, .doc = "Runs a program.", .fallback = "", .fields = kCommand},
};

const FieldSpec kFields[] = {
    {.name = "start_after",
     .type = FieldType::duration,
     .doc = "What is wrong for so long is an incident.",
     .fallback = "1m"},
    {.name = "end_after",
     .type = FieldType::duration,
     .doc = "What was right for so long is over; longer after each time that it comes back within the hour.",
     .fallback = "5m"},
    {.name = "gather",
     .type = FieldType::duration,
     .doc = "What begins or ends within this time is one message.",
     .fallback = "10s"},
    {.name = "pause",
     .type = FieldType::duration,
     .doc = "Least time between two messages to one receiver.",
     .fallback = "1m"},
    {.name = "queue_age",
     .type = FieldType::duration,
     .doc = "Routine messages may wait so long for a destination.",
     .fallback = "30m"},
    {.name = "queue_age_urgent",
     .type = FieldType::duration,
     .doc = "Urgent messages may wait so long.",
     .fallback = "5m"},
    {.name = "queue_age_of",
     .type = FieldType::table,
     .doc = "Destinations with a queue_age of their own.",
     .fallback = "",
     .item = FieldType::duration},
    {.name = "unattended",
     .type = FieldType::duration,
     .doc = "What is held may wait so long for its owner.",
     .fallback = "24h"},
    {.name = "certificate",
     .type = FieldType::duration,
     .doc = "So long before a certificate expires somebody is told.",
     .fallback = "30d"},
    {.name = "free_disk",
     .type = FieldType::size,
     .doc = "Less free space than this beside the ledger is an incident.",
     .fallback = "1GB"},
    {.name = "receivers",
     .type = FieldType::list,
     .doc = "Who is told, and how.",
     .fallback = "",
     .fields = kReceiver,
     .item = FieldType::object},
};

void read_webhook(const Settings& webhook, AlertReceiver& receiver, std::vector<Mistake>& mistakes) {
    receiver.by = AlertReceiver::By::webhook;
    receiver.settings = webhook;
    receiver.url = webhook.text("url");
    const auto url = net::parse_url(receiver.url);
    if (!url || (url->scheme != "http" && url->scheme != "https"))
        mistakes.push_back(webhook.mistake("url", "Give a whole address that begins with https:// or http://."));
}

AlertReceiver::MailSecurity security_of(const Settings& mail) {
    const auto text = mail.text("security");
    if (text == "tls") return AlertReceiver::MailSecurity::tls;
    return text == "none" ? AlertReceiver::MailSecurity::none : AlertReceiver::MailSecurity::starttls;
}

void read_server(const Settings& mail, AlertReceiver& receiver, std::vector<Mistake>& mistakes) {
    const auto server = net::parse_url("smtp://" + mail.text("server"));
    if (!server || server->port.empty() || !server->path.empty()) {
        mistakes.push_back(mail.mistake("server", "Give a host and a port, such as smtp.example.nhs.uk:587."));
        return;
    }
    receiver.host = server->host;
    receiver.port = server->port;
    receiver.security = security_of(mail);
    receiver.user = mail.text("user");
    if (receiver.security == AlertReceiver::MailSecurity::none && !net::is_loopback(receiver.host))
        mistakes.push_back(mail.mistake("security", "Use starttls or tls: this server is not on this machine."));
    if (!receiver.user.empty() && !mail.has("password"))
        mistakes.push_back(mail.mistake("user", "Give its password, as env:NAME or file:PATH."));
}

void read_mail(const Settings& mail, AlertReceiver& receiver, std::vector<Mistake>& mistakes) {
    receiver.by = AlertReceiver::By::mail;
    receiver.settings = mail;
    receiver.from = mail.text("from");
    receiver.to = mail.texts("to");
    receiver.argv = mail.texts("sendmail");
    if (!net::is_mail_address(receiver.from))
        mistakes.push_back(mail.mistake("from", "Give an address such as causeway@example.nhs.uk."));
    for (std::size_t i = 0; i < receiver.to.size(); ++i)
        if (!net::is_mail_address(receiver.to[i]))
            mistakes.push_back(mail.mistake("to", i, "Give an address such as on-call@example.nhs.uk."));
    if (receiver.to.empty()) mistakes.push_back(mail.mistake("to", "Give at least one address."));
    if (mail.has("server") == mail.has("sendmail"))
        mistakes.push_back(mail.mistake("server", "Give either \"server\" or \"sendmail\"."));
    else if (mail.has("server"))
        read_server(mail, receiver, mistakes);
}

void read_command(const Settings& command, AlertReceiver& receiver, std::vector<Mistake>& mistakes) {
    receiver.by = AlertReceiver::By::command;
    receiver.settings = command;
    receiver.argv = command.texts("run");
    if (receiver.argv.empty() || receiver.argv.front().find('/') == std::string::npos)
        mistakes.push_back(command.mistake("run", "Begin with the whole path of a program."));
}

AlertReceiver read_receiver(const Settings& settings, std::vector<Mistake>& mistakes) {
    AlertReceiver receiver;
    receiver.name = settings.text("receiver");
    receiver.kinds = settings.texts("kinds");
    receiver.limit = settings.duration("limit");
    const int ways =
        (settings.has("webhook") ? 1 : 0) + (settings.has("mail") ? 1 : 0) + (settings.has("command") ? 1 : 0);
    if (ways != 1)
        mistakes.push_back(settings.mistake("receiver", "Give exactly one of \"webhook\", \"mail\" and \"command\"."));
    else if (settings.has("webhook"))
        read_webhook(settings.object("webhook"), receiver, mistakes);
    else if (settings.has("mail"))
        read_mail(settings.object("mail"), receiver, mistakes);
    else
        read_command(settings.object("command"), receiver, mistakes);
    if (receiver.limit <= Duration::zero()) mistakes.push_back(settings.mistake("limit", "Give more than 0s."));
    return receiver;
}

}  // namespace

bool AlertReceiver::wants(const std::string& kind) const {
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::span<const FieldSpec> alert_fields() {
    return kFields;
}

AlertSettings read_alerts(const Settings& file, std::vector<Mistake>& mistakes) {
    AlertSettings alerts;
    alerts.settings = file;
    alerts.start_after = file.duration("start_after");
    alerts.end_after = file.duration("end_after");
    alerts.gather = file.duration("gather");
    alerts.pause = file.duration("pause");
    alerts.queue_age = file.duration("queue_age");
    alerts.queue_age_urgent = file.duration("queue_age_urgent");
    alerts.unattended = file.duration("unattended");
    alerts.certificate = file.duration("certificate");
    alerts.free_disk = file.size("free_disk");
    for (const auto& [destination, text] : file.entries("queue_age_of"))
        alerts.queue_age_of[destination] = parse_duration(text).value_or(alerts.queue_age);
    std::set<std::string> names;
    for (const auto& settings : file.objects("receivers")) {
        auto receiver = read_receiver(settings, mistakes);
        if (!names.insert(receiver.name).second)
            mistakes.push_back(settings.mistake("receiver", "Another receiver has this name: choose another."));
        alerts.receivers.push_back(std::move(receiver));
    }
    return alerts;
}

}  // namespace causeway::pipeline
