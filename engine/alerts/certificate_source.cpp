/// What the files of certificates say.

#include <algorithm>
#include <set>

#include "alerts/sources.hpp"
#include "net/certificate.hpp"

namespace causeway::alerts {

using config::FieldSpec;
using config::FieldType;
using pipeline::Configuration;
using pipeline::Signal;

namespace {

namespace fs = std::filesystem;

/// Fields of a `tls:` object that name a file with certificates.
constexpr std::string_view kFiles[] = {"certificate", "client_ca", "ca"};

const FieldSpec* tls_of(std::span<const FieldSpec> fields) {
    const auto found = std::find_if(fields.begin(), fields.end(), [](const FieldSpec& field) {
        return field.name == "tls" && field.type == FieldType::object;
    });
    return found == fields.end() ? nullptr : &*found;
}

bool has_field(std::span<const FieldSpec> fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(), [&](const FieldSpec& field) { return field.name == name; });
}

std::set<fs::path> files_of(const config::Settings& settings, std::span<const FieldSpec> fields) {
    std::set<fs::path> files;
    const auto* spec = tls_of(fields);
    if (spec == nullptr) return files;
    const auto tls = settings.object("tls");
    for (const auto name : kFiles)
        if (has_field(spec->fields, name) && tls.has(name)) files.insert(tls.path(name));
    return files;
}

Signal unreadable(const Error& why) {
    Signal signal;
    signal.what = to_string(why);
    signal.todo = "Put the certificate back, readable for the engine's user; the next start needs it.";
    return signal;
}

Signal ending(const fs::path& file, const net::CertificateValidity& validity, Instant now) {
    Signal signal;
    const auto left = validity.until - now;
    signal.what = "The certificate of " + validity.subject + " in " + file.string() +
                  (left > Duration::zero() ? " ends in " + age_text(left) : std::string(" has ended")) + " (" +
                  to_fhir_instant(validity.until) + ").";
    signal.todo = "Get a new one, put it in place of the file, and run `causeway reload`.";
    return signal;
}

void look(const std::string& subject, const std::set<fs::path>& files, Duration warn, Instant now,
          std::vector<Signal>& signals) {
    for (const auto& file : files) {
        const auto validity = net::certificate_validity(file);
        if (validity && validity->until - now > warn) continue;
        auto signal = validity ? ending(file, *validity, now) : unreadable(validity.error());
        signal.kind = "certificate";
        signal.subject = subject + ' ' + file.filename().string();
        signal.count = 1;
        signals.push_back(std::move(signal));
    }
}

std::set<fs::path> files_of(const pipeline::AlertReceiver& receiver) {
    std::set<fs::path> files;
    if (receiver.by == pipeline::AlertReceiver::By::command) return files;
    const auto tls = receiver.settings.object("tls");
    for (const auto* name : {"certificate", "ca"})
        if (tls.has(name)) files.insert(tls.path(name));
    return files;
}

}  // namespace

std::vector<Signal> certificate_signals(const Configuration& configuration, Instant now) {
    std::vector<Signal> signals;
    const auto warn = configuration.alerts.certificate;
    for (const auto& [name, channel] : configuration.channels)
        look("channel " + name, files_of(channel.settings, channel.adapter->fields), warn, now, signals);
    for (const auto& [name, destination] : configuration.destinations)
        look("destination " + name, files_of(destination.settings, destination.adapter->fields), warn, now, signals);
    for (const auto& receiver : configuration.alerts.receivers)
        look("receiver " + receiver.name, files_of(receiver), warn, now, signals);
    return signals;
}

}  // namespace causeway::alerts
