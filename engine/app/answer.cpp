#include "app/answer.hpp"

#include <rapidjson/document.h>

#include "core/payload.hpp"
#include "fhir/json.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/message.hpp"
#include "model/operation_outcome.hpp"

namespace causeway::app {

Answer read_acknowledgement(std::string_view message) {
    const auto answer = hl7v2::read_answer(message);
    if (!answer) return {"unreadable", to_string(answer.error()), false};
    std::string text;
    const auto parsed = hl7v2::parse(Payload(std::string(message)));
    if (parsed) {
        for (const auto* path : {"ERR-8", "ERR-7", "MSA-3"})
            if (text.empty()) text = (*parsed)->get(path);
        if (const auto place = (*parsed)->get("ERR-2"); !text.empty() && !place.empty()) {
            std::string where;
            for (const auto* part : {"ERR-2.1", "ERR-2.3", "ERR-2.5"})
                if (const auto value = (*parsed)->get(part); !value.empty())
                    where += (where.empty() ? "" : "-") + std::string(value);
            text = where + ": " + text;
        }
    }
    return {answer->code, std::move(text), answer->positive()};
}

Answer read_outcome(const net::HttpResponse& response) {
    Answer answer{std::to_string(response.status), std::string(net::header(response.headers, "Location")),
                  response.status < 300};
    if (answer.positive) return answer;
    for (const auto& finding : outcome_from_json(response.body).issues)
        answer.text += (answer.text.empty() ? "" : "; ") + finding.expression +
                       (finding.expression.empty() ? "" : ": ") + finding.text;
    return answer;
}

bool is_message_bundle(const std::string& json) {
    rapidjson::Document bundle;
    bundle.Parse<rapidjson::kParseIterativeFlag>(json.c_str(), json.size());
    if (bundle.HasParseError() || !bundle.IsObject()) return false;
    return bundle.HasMember("type") && bundle["type"].IsString() &&
           std::string_view(bundle["type"].GetString()) == "message";
}

std::string_view unframed(std::string_view bytes) {
    if (!bytes.empty() && bytes.front() == '\x0b') bytes.remove_prefix(1);
    const auto end = bytes.rfind('\x1c');
    return end == std::string_view::npos ? bytes : bytes.substr(0, end);
}

}  // namespace causeway::app
