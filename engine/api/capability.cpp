#include <map>
#include <set>

#include "api/fhir_service.hpp"
#include "api/json_object.hpp"

namespace causeway::api {
namespace {

using pipeline::Channel;
using pipeline::Configuration;

constexpr std::string_view kProcessMessage = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message";
constexpr std::string_view kValidate = "http://hl7.org/fhir/OperationDefinition/Resource-validate";
constexpr std::string_view kSecurity = "http://terminology.hl7.org/CodeSystem/restful-security-service";

void interaction(JsonText& json, std::string_view code) {
    json.object([&] { json.add("code", code); });
}

void operation(JsonText& json, std::string_view name, std::string_view definition) {
    json.object([&] { json.add("name", name).add("definition", definition); });
}

void search_parameters(JsonText& json) {
    json.array("searchParam", [&] {
        json.object([&] {
            json.add("name", "identifier").add("type", "token");
            json.add("documentation", "An identifier of the referral (UBRN and others), as system|value.");
        });
        json.object([&] {
            json.add("name", "patient").add("type", "reference");
            json.add("documentation", "Chained: patient:identifier with the NHS number, in the body of a POST.");
        });
    });
}

/// Profiles that resources of a type must meet, by type.
std::map<std::string, std::vector<std::string>> profiles_by_type(const Configuration& configuration,
                                                                 const Channel* channel) {
    std::map<std::string, std::vector<std::string>> found;
    if (channel == nullptr || !configuration.definitions) return found;
    const auto& definitions = *configuration.definitions;
    for (const auto& url : channel->validation.profiles) {
        const auto& structure = definitions.structure_at(definitions.structure(url));
        if (structure.kind == fhir::Structure::Kind::resource)
            found[std::string(definitions.name_text(structure.type))].push_back(url);
    }
    return found;
}

void resource(JsonText& json, const std::string& type, const std::vector<std::string>& profiles) {
    const bool reads = type == "Task" || type == "ServiceRequest";
    json.object([&] {
        json.add("type", type);
        if (!profiles.empty())
            json.array("supportedProfile", [&] {
                for (const auto& profile : profiles) json.value_of(profile);
            });
        if (reads)
            json.array("interaction", [&] {
                interaction(json, "read");
                if (type == "Task") interaction(json, "search-type");
            });
        if (type == "Task") search_parameters(json);
        json.array("operation", [&] { operation(json, "validate", kValidate); });
    });
}

void security(JsonText& json, const Channel* channel) {
    if (channel == nullptr || channel->adapter->name != "fhir_listener") return;
    const auto& settings = channel->settings;
    const bool token = settings.has("token");
    const bool certificate = settings.object("tls").has("client_ca");
    json.object("security", [&] {
        if (token || certificate)
            json.array("service", [&] {
                json.object([&] {
                    json.array("coding", [&] {
                        json.object([&] {
                            json.add("system", kSecurity).add("code", token ? "SMART-on-FHIR" : "Certificates");
                        });
                    });
                });
            });
        std::string words;
        if (certificate) words += "TLS with a client certificate. ";
        if (token) words += "A bearer token in each request. ";
        if (!channel->settings.texts("clients").empty()) words += "Only clients that are named. ";
        if (words.empty()) words = "No client is asked who it is. ";
        words.pop_back();
        json.add("description", words);
    });
}

void rest(JsonText& json, const Configuration& configuration, const Channel* channel) {
    auto types = profiles_by_type(configuration, channel);
    types.try_emplace("Task");
    types.try_emplace("ServiceRequest");
    json.object([&] {
        json.add("mode", "server");
        security(json, channel);
        json.array("resource", [&] {
            for (const auto& [type, profiles] : types) resource(json, type, profiles);
        });
        json.array("interaction", [&] { interaction(json, "transaction"); });
        json.array("operation", [&] {
            operation(json, "process-message", kProcessMessage);
            operation(json, "validate", kValidate);
        });
    });
}

void messaging(JsonText& json, const Channel& channel) {
    json.array("messaging", [&] {
        json.object([&] {
            json.add("documentation", "Messages go to $process-message.");
            if (channel.validation.messages.empty()) return;
            json.array("supportedMessage", [&] {
                for (const auto& message : channel.validation.messages)
                    json.object([&] { json.add("mode", "receiver").add("definition", message.definition); });
            });
        });
    });
}

const Channel* find(const Configuration& configuration, const std::string& name) {
    const auto found = configuration.channels.find(name);
    return found == configuration.channels.end() ? nullptr : &found->second;
}

}  // namespace

std::string capability_json(const Configuration& configuration, const std::string& channel_name, Instant now) {
    const Channel* channel = find(configuration, channel_name);
    const auto& url = configuration.engine.base_url;
    JsonText json;
    json.object([&] {
        json.add("resourceType", "CapabilityStatement");
        json.object("text", [&] {
            json.add("status", "generated");
            json.add("div",
                     "<div xmlns=\"http://www.w3.org/1999/xhtml\">Causeway takes FHIR messages and transactions, "
                     "validates them, and tells their journeys as Task.</div>");
        });
        if (!url.empty()) json.add("url", url + "/metadata");
        json.add("status", "active").add("date", to_fhir_instant(now));
        json.add("kind", "instance");
        json.object("software", [&] { json.add("name", "Causeway").add("version", CAUSEWAY_VERSION); });
        json.object("implementation", [&] {
            json.add("description", "Causeway integration engine, " + configuration.engine.environment);
            json.add_if("url", url);
        });
        json.add("fhirVersion", "4.0.1");
        json.array("format", [&] {
            json.value_of("application/fhir+json");
            json.value_of("application/fhir+xml");
        });
        json.array("rest", [&] { rest(json, configuration, channel); });
        if (channel != nullptr) messaging(json, *channel);
    });
    return json.text();
}

}  // namespace causeway::api
