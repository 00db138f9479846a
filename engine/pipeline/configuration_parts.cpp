/// causeway.yaml, one channel, one destination.

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "hl7v2/charset.hpp"
#include "net/listener.hpp"
#include "pipeline/configuration_loader.hpp"
#include "pipeline/configuration_specs.hpp"

namespace causeway::pipeline {
namespace {

constexpr std::size_t kLeastBodyMemory = 8u << 20;

using config::Settings;

Strictness strictness(const Settings& settings, std::string_view field) {
    return settings.text(field) == "refuse" ? Strictness::refuse : Strictness::warn;
}

Sequence sequence_of(std::string_view text) {
    if (text == "optional") return Sequence::optional;
    return text == "required" ? Sequence::required : Sequence::off;
}

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};

/// Reads "127.0.0.1:8090" and "[::1]:8090".
std::optional<HostPort> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    HostPort result;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    result.host = std::string(host);
    return result;
}

bool is_message_type(std::string_view text) {
    const auto upper = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    const auto code = text.substr(0, text.find('^'));
    return text.starts_with("Bundle/") || (code.size() == 3 && std::all_of(code.begin(), code.end(), upper));
}

std::string join(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

std::string explain_type(const std::string& type, std::span<const AdapterSpec* const> adapters, bool inbound) {
    const auto right = adapter_names(adapters, inbound);
    const auto wrong = adapter_names(adapters, !inbound);
    const std::string part = inbound ? "channel" : "destination";
    if (std::find(wrong.begin(), wrong.end(), type) != wrong.end())
        return "\"" + type + "\" is a type of " + (inbound ? "destination" : "channel") + ". Types of " + part +
               " are: " + join(right) + ".";
    const auto what = "There is no type of " + part + " \"" + type.substr(0, 60) + "\".";
    const auto suggestion = did_you_mean(type, right);
    return what + (suggestion.empty() ? " There are: " + join(right) + "." : suggestion);
}

}  // namespace

std::vector<std::string> adapter_names(std::span<const AdapterSpec* const> adapters, bool inbound) {
    std::vector<std::string> names;
    for (const auto* adapter : adapters)
        if ((adapter->make_inbound != nullptr) == inbound) names.emplace_back(adapter->name);
    return names;
}

void Loader::read_engine(const Settings& settings) {
    auto& engine = made_->engine;
    engine.settings = settings;
    engine.environment = settings.text("environment");
    engine.state = settings.path("state");
    engine.mappings = settings.path("mappings");
    if (const auto pack = settings.text("definitions"); !pack.empty()) engine.definitions = source_.base / pack;
    engine.profiles = settings.path("profiles");
    engine.threads = static_cast<std::size_t>(std::max<std::int64_t>(settings.integer("threads"), 1));
    engine.base_url = settings.text("base_url");
    while (engine.base_url.ends_with('/')) engine.base_url.pop_back();
    engine.stop_within = settings.duration("stop_within");
    engine.upgrade_within = settings.duration("upgrade_within");
    engine.min_free_disk = settings.size("min_free_disk");
    read_intake_limits(settings);
    engine.log_level = settings.text("log_level");
    if (settings.integer("threads") < 1 || settings.integer("threads") > 256)
        add(settings.mistake("threads", "Give a number from 1 to 256."));
    if (const auto url = engine.base_url; !url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
        add(settings.mistake("base_url", "Give a whole address that begins with https:// or http://."));
    check_times(settings);
    read_ops(settings);
    read_ledger(settings);
}

void Loader::read_intake_limits(const Settings& settings) {
    for (const auto* name : {"slow_intake_at", "refuse_intake_at"})
        if (settings.integer(name) < 1) add(settings.mistake(name, "Give a number of at least 1."));
    made_->engine.body_memory = settings.size("body_memory");
    if (made_->engine.body_memory < kLeastBodyMemory)
        add(settings.mistake("body_memory", "Give at least 8MB: two messages of 1 MB at once."));
    made_->engine.intake.slow_at =
        static_cast<std::size_t>(std::max<std::int64_t>(settings.integer("slow_intake_at"), 1));
    made_->engine.intake.refuse_at =
        static_cast<std::size_t>(std::max<std::int64_t>(settings.integer("refuse_intake_at"), 1));
}

void Loader::read_ops(const Settings& settings) {
    const auto text = settings.text("ops");
    if (text == "off") return;
    const auto address = parse_host_port(text);
    if (!address) return add(settings.mistake("ops", "Give an address such as \"127.0.0.1:8090\", or off."));
    made_->engine.ops_host = address->host;
    made_->engine.ops_port = address->port;
    made_->engine.ops_insecure = settings.text("ops_insecure");
    if (!net::is_loopback(address->host) && made_->engine.ops_insecure.empty())
        add(settings.mistake("ops",
                             "This address can be reached from other machines, and asks nobody who they are. Use "
                             "127.0.0.1, or give the reason as \"ops_insecure\"."));
}

const AdapterSpec* Loader::find_adapter(const PartFile& file, bool inbound, std::span<const config::FieldSpec> common) {
    const auto type = config::peek(file.yaml, "type");
    for (const auto* adapter : adapters_)
        if (adapter->name == type && (adapter->make_inbound != nullptr) == inbound) return adapter;
    // Which fields are right depends on the type: nothing else can be said of this file.
    std::vector<config::Mistake> ignored;
    const auto settings = config::lint(file.yaml, common, ignored);
    if (!type.empty()) {
        add(settings.mistake("type", explain_type(type, adapters_, inbound)));
    } else if (config::is_whole(file.yaml)) {
        add(settings.mistake(
            "type", "The field \"type\" is missing. One of: " + join(adapter_names(adapters_, inbound)) + "."));
    }
    return nullptr;
}

void Loader::load_channel(const PartFile& file) {
    const auto* adapter = find_adapter(file, true, channel_fields());
    if (adapter == nullptr) return declare_unread(file, "channel", channels_);
    const auto before = mistakes_.size();
    Channel channel;
    channel.adapter = adapter;
    channel.settings = config::lint(file.yaml, joined_fields(channel_fields(), *adapter), mistakes_);
    declare(channel.settings, "channel", channels_, file.name);
    if (!failed_since(before)) read_channel(std::move(channel));
}

void Loader::read_channel(Channel channel) {
    const auto& settings = channel.settings;
    channel.name = settings.text("channel");
    channel.place = settings.place();
    channel.insecure = std::string(trim(settings.text("insecure")));
    channel.fingerprint = std::string(channel.adapter->name) + " " + channel.insecure + " " +
                          config::fingerprint(settings, channel.adapter->fields);
    channel.accepts = settings.texts("accepts");
    channel.nhs_number = strictness(settings, "nhs_number");
    channel.nhs_number_required = settings.boolean("nhs_number_required");
    channel.conflict = strictness(settings, "conflict");
    channel.unknown_organisation = strictness(settings, "unknown_organisation");
    channel.processing_ids = settings.texts("processing_ids");
    channel.v2.charset = settings.text("charset");
    if (settings.text("undecodable") == "keep") channel.v2.undecodable = hl7v2::Undecodable::keep;
    channel.sequence = sequence_of(settings.text("sequence"));
    read_delayed_acknowledgement(channel);
    channel.owner = settings.text("owner");
    channel.keep = read_keep(settings, made_->engine.keep);
    for (auto& feed : settings.texts("feeds")) channel.feeds.insert(std::move(feed));
    read_keys(channel);
    read_census(channel);
    read_validation(channel);
    check_channel(channel);
    made_->channels.emplace(channel.name, std::move(channel));
}

void Loader::read_delayed_acknowledgement(Channel& channel) {
    if (!channel.settings.has("delayed_acknowledgement")) return;
    const auto settings = channel.settings.object("delayed_acknowledgement");
    DelayedAcknowledgement delayed;
    delayed.destination = settings.text("destination");
    delayed.after_delivery = settings.text("after") == "delivered";
    delayed.within = settings.duration("within");
    channel.acknowledges_later = std::move(delayed);
}

void Loader::read_keys(Channel& channel) {
    for (const auto& [kind, text] : channel.settings.entries("keys")) {
        fhirpath::CompileOptions options;
        options.definitions = checked_with_;
        auto compiled = fhirpath::Expression::compile(text, options);
        if (const auto* wrong = std::get_if<fhirpath::CompileError>(&compiled)) {
            add(channel.settings.mistake_inside("keys", kind, wrong->column, wrong->what));
        } else {
            channel.keys.emplace(kind, std::move(std::get<fhirpath::Expression>(compiled)));
        }
    }
}

void Loader::check_channel(const Channel& channel) {
    const auto& settings = channel.settings;
    for (std::size_t i = 0; i < channel.accepts.size(); ++i)
        if (!is_message_type(channel.accepts[i]))
            add(settings.mistake("accepts", i,
                                 "Write HL7 v2 as \"ADT^A01\" or \"ADT\", and FHIR as \"Bundle/message\"."));
    if (!channel.v2.charset.empty() && !hl7v2::find_charset(channel.v2.charset))
        add(settings.mistake("charset", "This character set is not known. Use a name such as UTF-8 or ISO-8859-1."));
    if (channel.owner.empty()) add(settings.mistake("owner", "Name who acts, or remove the line."));
    const auto exposed = channel.adapter->exposed;
    if (exposed != nullptr && channel.insecure.empty() && exposed(settings))
        add(settings.mistake("type",
                             "This listener can be reached from other machines without a client certificate or "
                             "token. Ask for one, listen on 127.0.0.1, or give the reason as \"insecure\"."));
}

void Loader::load_destination(const PartFile& file) {
    const auto* adapter = find_adapter(file, false, destination_fields());
    if (adapter == nullptr) return declare_unread(file, "destination", destinations_);
    const auto before = mistakes_.size();
    Destination destination;
    destination.adapter = adapter;
    destination.settings = config::lint(file.yaml, joined_fields(destination_fields(), *adapter), mistakes_);
    declare(destination.settings, "destination", destinations_, file.name);
    if (!failed_since(before)) read_destination(std::move(destination));
}

void Loader::read_destination(Destination destination) {
    const auto& settings = destination.settings;
    const auto retry = settings.object("retry");
    destination.name = settings.text("destination");
    destination.place = settings.place();
    destination.fingerprint =
        std::string(destination.adapter->name) + " " + config::fingerprint(settings, destination.adapter->fields);
    destination.retry = {retry.duration("first"), retry.duration("most"), retry.duration("give_up")};
    destination.resend_unknown = settings.text("unknown") == "resend";
    destination.parks_held = settings.text("on_held") == "park";
    destination.concurrency = static_cast<std::size_t>(std::max<std::int64_t>(settings.integer("concurrency"), 1));
    destination.owner = settings.text("owner");
    if (settings.integer("concurrency") < 1 || settings.integer("concurrency") > 1000)
        add(settings.mistake("concurrency", "Give a number from 1 to 1000."));
    if (destination.owner.empty()) add(settings.mistake("owner", "Name who acts, or remove the line."));
    if (destination.retry.first <= Duration::zero()) add(retry.mistake("first", "Give more than 0s."));
    if (destination.retry.most < destination.retry.first)
        add(retry.mistake("most", "Give at least as much as \"first\"."));
    if (destination.retry.give_up < destination.retry.first)
        add(retry.mistake("give_up", "Give at least as much as \"first\"."));
    made_->destinations.emplace(destination.name, std::move(destination));
}

}  // namespace causeway::pipeline
