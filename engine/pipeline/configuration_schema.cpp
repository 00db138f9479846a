/// JSON Schemas of the parts, for editors.

#include "core/text.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/configuration_specs.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;

/// One adapter's alternative: its `type` takes its name only.
std::string alternative(const AdapterSpec& adapter, std::span<const FieldSpec> common) {
    auto fields = joined_fields(common, adapter);
    const std::string_view name[] = {adapter.name};
    for (auto& field : fields) {
        if (field.name != "type") continue;
        field.type = config::FieldType::one_of;
        field.choices = name;
    }
    return config::json_schema_part(adapter.name, adapter.summary, fields);
}

std::string alternatives(std::string_view title, std::string_view doc, std::span<const FieldSpec> common,
                         std::span<const AdapterSpec* const> adapters, bool inbound) {
    std::string schema = R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":")" + json_escape(title) +
                         R"(","description":")" + json_escape(doc) + R"(","oneOf":[)";
    bool first = true;
    for (const auto* adapter : adapters) {
        if ((adapter->make_inbound != nullptr) != inbound) continue;
        schema += (std::exchange(first, false) ? "" : ",") + alternative(*adapter, common);
    }
    return schema + "]}";
}

}  // namespace

std::string configuration_schema(std::string_view part, std::span<const AdapterSpec* const> adapters) {
    if (part == "causeway") return config::json_schema("causeway.yaml", "Settings of the engine.", engine_fields());
    if (part == "channel") return alternatives("Channel", "Where messages come in.", channel_fields(), adapters, true);
    if (part == "destination")
        return alternatives("Destination", "Where messages go.", destination_fields(), adapters, false);
    if (part == "route") return config::json_schema("Route", "Which messages go where.", route::Routes::specs());
    if (part == "pathway")
        return config::json_schema("Pathway", "Rules of one kind of referral.", pathway::Pathway::specs());
    if (part == "directory")
        return config::json_schema("Directory", "Organisations and their endpoints.", directory::Directory::specs());
    if (part == "expectation")
        return config::json_schema("Expectation", "What must follow what, and within which time.",
                                   expectation_fields());
    if (part == "alerts") return config::json_schema("Alerts", "What is an incident, and who is told.", alert_fields());
    return {};
}

std::vector<std::string> configuration_parts() {
    return {"causeway", "channel", "destination", "route", "pathway", "directory", "expectation", "alerts"};
}

}  // namespace causeway::pipeline
