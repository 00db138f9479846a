#include "api/validate.hpp"

#include <algorithm>

#include "api/form.hpp"
#include "core/text.hpp"
#include "fhir/json.hpp"
#include "validation/validator.hpp"

namespace causeway::api {
namespace {

FhirResponse answer(int status, const OperationOutcome& outcome) {
    FhirResponse response;
    response.status = status;
    response.body = to_json(outcome);
    return response;
}

FhirResponse refuse(int status, Issue issue, std::string text, std::string expression = {}) {
    Finding finding;
    finding.issue = issue;
    finding.text = std::move(text);
    finding.expression = std::move(expression);
    return answer(status, OperationOutcome{{std::move(finding)}});
}

struct Question {
    std::string resource;  ///< JSON of a resource that came in Parameters; empty: the body itself.
    std::string mode;
    std::vector<std::string> profiles;
};

void read_query(std::string_view query, Question& question) {
    for (const auto pair : split(query, '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = equals < pair.size() ? form_decode(pair.substr(equals + 1)) : std::string();
        const auto name = form_decode(pair.substr(0, equals));
        if (name == "profile" && !value.empty()) question.profiles.push_back(value);
        if (name == "mode") question.mode = value;
    }
}

/// Parameters name the resource, the profile and the mode.
void read_parameters(const tree::Node& parameters, Question& question) {
    std::vector<tree::Node> all;
    parameters.children("parameter", all);
    for (const auto& parameter : all) {
        const auto name = parameter.child("name").text();
        const std::string value(parameter.child("value").text());
        if (name == "resource") question.resource = fhir::to_json(parameter.child("resource"));
        if (name == "profile" && !value.empty()) question.profiles.push_back(value);
        if (name == "mode") question.mode = value;
    }
}

fhir::ParseOptions options_for(const fhir::DefinitionsPtr& definitions) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    options.lenient = true;  // What can be told apart from broken text is a finding, not a refusal.
    return options;
}

void keep_type(const tree::Node& root, std::string_view type, OperationOutcome& outcome) {
    if (type.empty() || root.type() == type) return;
    Finding finding;
    finding.issue = Issue::invalid;
    finding.rule = "resource-type";
    finding.text = "Send a " + std::string(type) + " to this address.";
    finding.expression = "Resource";
    outcome.add(std::move(finding));
}

}  // namespace

FhirResponse validate_resource(const FhirRequest& request, std::string_view type,
                               const pipeline::Configuration& configuration) {
    const auto channel = configuration.channels.find(request.channel);
    const auto& definitions = configuration.definitions;
    if (!definitions) return refuse(501, Issue::not_supported, "This server has no FHIR definitions to validate with.");
    if (!type.empty() && definitions->type(type) == 0)
        return refuse(404, Issue::not_supported, "Name a resource type of FHIR R4 in the address.");
    auto document = fhir::parse(Payload(request.body), options_for(definitions));
    if (!document) return answer(400, to_outcome(document.error()));
    Question question;
    read_query(request.query, question);
    if ((*document)->root().type() == "Parameters" && type != "Parameters") {
        read_parameters((*document)->root(), question);
        if (question.mode == "delete" && question.resource.empty()) return answer(200, {});
        if (question.resource.empty())
            return refuse(400, Issue::required, "Send the resource as the parameter \"resource\".",
                          "Parameters.parameter");
        document = fhir::parse(Payload(std::move(question.resource)), options_for(definitions));
        if (!document) return answer(400, to_outcome(document.error()));
    }
    for (const auto& profile : question.profiles)
        if (definitions->structure(profile) == 0 && definitions->resource(profile) == 0)
            return refuse(404, Issue::not_found, "This server does not hold the profile; ask for one of metadata.");
    OperationOutcome outcome;
    keep_type((*document)->root(), type, outcome);
    const auto* held = channel == configuration.channels.end() ? nullptr : channel->second.validation.validator.get();
    outcome.append(held != nullptr ? held->validate(**document, question.profiles)
                                   : configuration.validator->validate(**document, question.profiles));
    return answer(200, outcome);
}

}  // namespace causeway::api
