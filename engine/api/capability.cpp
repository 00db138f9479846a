#include "api/fhir_service.hpp"
#include "api/json_object.hpp"

namespace causeway::api {
namespace {

void interaction(JsonText& json, std::string_view code) {
    json.object([&] { json.add("code", code); });
}

void resource(JsonText& json, std::string_view type, bool search) {
    json.object([&] {
        json.add("type", type);
        json.array("interaction", [&] {
            interaction(json, "read");
            if (search) interaction(json, "search-type");
        });
        if (!search) return;
        json.array("searchParam", [&] {
            json.object([&] { json.add("name", "identifier").add("type", "token"); });
            json.object([&] { json.add("name", "patient").add("type", "reference"); });
        });
    });
}

void rest(JsonText& json) {
    json.object([&] {
        json.add("mode", "server");
        json.array("resource", [&] {
            resource(json, "Task", true);
            resource(json, "ServiceRequest", false);
        });
        json.array("interaction", [&] { interaction(json, "transaction"); });
        json.array("operation", [&] {
            json.object([&] {
                json.add("name", "process-message")
                    .add("definition", "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message");
            });
        });
    });
}

}  // namespace

std::string capability_json(const pipeline::Configuration&, Instant now) {
    JsonText json;
    json.object([&] {
        json.add("resourceType", "CapabilityStatement").add("status", "active").add("date", to_fhir_instant(now));
        json.add("kind", "instance");
        json.object("software", [&] { json.add("name", "Causeway").add("version", CAUSEWAY_VERSION); });
        json.object("implementation", [&] { json.add("description", "Causeway integration engine"); });
        json.add("fhirVersion", "4.0.1");
        json.array("format", [&] { json.value_of("application/fhir+json"); });
        json.array("rest", [&] { rest(json); });
    });
    return json.text();
}

}  // namespace causeway::api
