/// Can this machine use the configuration? What only shows when adapters are made: certificates, keys, ports.

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "core/text.hpp"
#include "net/http.hpp"
#include "net/listener.hpp"
#include "pipeline/configuration_loader.hpp"

namespace causeway::pipeline {
namespace {

/// For adapters that are made and never started.
class NoIntake final : public Intake {
public:
    Async<Verdict> accept(Submission) override { return refused(); }
    Async<Verdict> refuse(Submission, OperationOutcome, int) override { return refused(); }

private:
    static Async<Verdict> refused() { co_return fail(Issue::exception, "", "This listener was never started."); }
};

/// Where a channel listens; no port: nowhere, or on one that is chosen for it.
struct Place {
    std::string host;
    std::int64_t port = 0;
    config::Mistake at;  ///< To be completed.
    std::string whose;
};

bool has_field(std::span<const config::FieldSpec> fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
}

std::string normal(const std::string& host) {
    return equals_ignoring_case(host, "localhost") ? "127.0.0.1" : host;
}

bool is_wildcard(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

bool collide(const Place& a, const Place& b) {
    return a.port != 0 && a.port == b.port && (a.host == b.host || is_wildcard(a.host) || is_wildcard(b.host));
}

std::vector<Place> places_of(const Configuration& configuration) {
    std::vector<Place> places;
    const auto& engine = configuration.engine;
    if (!engine.ops_host.empty())
        places.push_back(
            {normal(engine.ops_host), engine.ops_port, engine.settings.mistake("ops", {}), "health and metrics"});
    for (const auto& [name, channel] : configuration.channels) {
        const auto& fields = channel.adapter->fields;
        if (!has_field(fields, "host") || !has_field(fields, "port")) continue;
        places.push_back({normal(channel.settings.text("host")), channel.settings.integer("port"),
                          channel.settings.mistake("port", {}), "the channel \"" + name + "\""});
    }
    return places;
}

/// At the field that names the file, where the error is about a file; else at the object.
config::Mistake mistake_of(const Error& error, const config::Settings& settings,
                           std::span<const config::FieldSpec> fields) {
    if (auto at = config::mistake_about(error.where, settings, fields, error.what)) return *at;
    for (const auto& field : fields)
        if (settings.place(field.name) == error.where) return settings.mistake(field.name, error.what);
    return settings.mistake("type", to_string(error));
}

}  // namespace

void Loader::check_use() {
    check_places();
    check_adapters();
}

void Loader::check_places() {
    const auto places = places_of(*made_);
    for (auto later = places.begin(); later != places.end(); ++later)
        for (auto earlier = places.begin(); earlier != later; ++earlier) {
            if (!collide(*earlier, *later)) continue;
            auto mistake = later->at;
            mistake.what = "Port " + std::to_string(later->port) + " also belongs to " + earlier->whose +
                           ". Give one of them another port.";
            add(std::move(mistake));
            break;
        }
}

/// One warning a file, at the first of them: a directory may have thousands.
void Loader::advise_on_endpoints(const config::Settings& directory) {
    std::optional<config::Mistake> first;
    std::size_t open = 0;
    for (const config::Settings& entry : directory.objects("organisations")) {
        const auto url = net::parse_url(entry.text("endpoint"));
        if (!url || url->scheme != "http" || net::is_loopback(url->host)) continue;
        if (open++ == 0) first = entry.mistake("endpoint", "");
    }
    if (!first) return;
    first->what = "Patient data and the bearer token cross the network unencrypted to this address";
    if (open > 1) first->what += ", and to " + std::to_string(open - 1) + " more of this file";
    first->what += ". Give an https URL, or a proxy on 127.0.0.1 that speaks TLS.";
    warn(std::move(*first));
}

/// Makes every adapter as a start would, and starts none.
void Loader::check_adapters() {
    metrics::Registry metrics;
    const SystemClock clock;
    NoIntake intake;
    boost::asio::io_context nobody_runs_this;
    const auto advise = [this](const AdapterSpec& adapter, const config::Settings& settings) {
        if (adapter.advice == nullptr) return;
        if (auto advice = adapter.advice(settings); !advice.empty()) warn(settings.mistake("type", std::move(advice)));
    };
    for (const auto& [name, channel] : made_->channels) {
        const auto& adapter = *channel.adapter;
        InboundContext context{.channel = name,
                               .executor = nobody_runs_this.get_executor(),
                               .intake = intake,
                               .metrics = metrics,
                               .clock = clock};
        if (const auto made = adapter.make_inbound(channel.settings, std::move(context)); !made)
            add(mistake_of(made.error(), channel.settings, adapter.fields));
        advise(adapter, channel.settings);
    }
    for (const auto& [name, destination] : made_->destinations) {
        OutboundContext context{name, nobody_runs_this.get_executor(), metrics, clock};
        if (const auto made = destination.adapter->make_outbound(destination.settings, std::move(context)); !made)
            add(mistake_of(made.error(), destination.settings, destination.adapter->fields));
        advise(*destination.adapter, destination.settings);
    }
}

}  // namespace causeway::pipeline
