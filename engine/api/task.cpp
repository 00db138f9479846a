#include "api/task.hpp"

#include <rapidjson/reader.h>

#include <algorithm>
#include <utility>

#include "api/describe.hpp"
#include "api/json_object.hpp"
#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "pipeline/decode.hpp"

namespace causeway::api {
namespace {

bool any(const Journey& journey, State state) {
    return std::any_of(journey.obligations.begin(), journey.obligations.end(),
                       [&](const Obligation& obligation) { return obligation.state == state; });
}

bool awaits_answer(const Journey& journey) {
    return std::any_of(journey.obligations.begin(), journey.obligations.end(), [](const Obligation& obligation) {
        return obligation.duty == Duty::answer && obligation.state == State::queued;
    });
}

bool owes_delivery(const Journey& journey) {
    return std::any_of(journey.obligations.begin(), journey.obligations.end(), [](const Obligation& obligation) {
        const bool open = obligation.state == State::queued || obligation.state == State::in_flight;
        return obligation.duty == Duty::deliver && open;
    });
}

bool still_processing(const Journey& journey) {
    return std::any_of(journey.obligations.begin(), journey.obligations.end(), [](const Obligation& obligation) {
        return obligation.duty == Duty::process && obligation.state == State::queued;
    });
}

bool asks(const Journey& journey) {
    return std::any_of(journey.message.outcome.issues.begin(), journey.message.outcome.issues.end(),
                       [](const Finding& finding) { return finding.severity == Severity::warning; });
}

const Event* last_event(const Journey& journey, std::string_view kind) {
    const auto found = std::find_if(journey.events.rbegin(), journey.events.rend(),
                                    [&](const Event& event) { return event.kind == kind; });
    return found == journey.events.rend() ? nullptr : &*found;
}

/// What the pathway decided, and what the GP is asked.
void write_notes(JsonText& json, const Journey& journey) {
    const auto note = [&](const std::string& text) { json.object([&] { json.add("text", text); }); };
    json.array("note", [&] {
        if (const auto* decision = last_event(journey, "decision.made"))
            note("Decided: " + describe(*decision).sentence);
        for (const auto& finding : journey.message.outcome.issues)
            if (finding.severity == Severity::warning) note("Asked: " + finding.text);
        for (const auto& clock : journey.clocks)
            note("Promise \"" + clock.name + "\": " + std::string(to_code(clock.state)) + ", until " +
                 to_fhir_instant(clock.breach_at));
    });
}

bool has_notes(const Journey& journey) {
    return asks(journey) || !journey.clocks.empty() || last_event(journey, "decision.made");
}

void write_task(JsonText& json, const Journey& journey) {
    const auto& message = journey.message.message;
    const auto standing = standing_of(journey);
    const auto modified = journey.events.empty() ? message.received_at : journey.events.back().at;
    json.object([&] {
        json.add("resourceType", "Task").add("id", message.id.text());
        json.object("meta", [&] { json.add("lastUpdated", to_fhir_instant(modified)); });
        json.add("status", standing.status);
        json.object("businessStatus", [&] { json.add("text", standing.words); });
        json.add("intent", "order");
        if (pipeline::is_fhir(message.media_type))
            json.object("focus", [&] { json.add("reference", "ServiceRequest/" + message.id.text()); });
        json.add("authoredOn", to_fhir_instant(message.received_at)).add("lastModified", to_fhir_instant(modified));
        if (has_notes(journey)) write_notes(json, journey);
    });
}

/// Copies a resource with the server's id and meta.lastUpdated in place of the sender's. Numbers keep their text: FHIR
/// tells 1.5 and 1.50 apart.
class ServedResource : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ServedResource> {
public:
    ServedResource(std::string id, std::string updated) : id_(std::move(id)), updated_(std::move(updated)) {}

    std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

    bool Null() { return writer_.Null(); }
    bool Bool(bool value) { return writer_.Bool(value); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        return writer_.RawValue(text, size, rapidjson::kNumberType);
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        const auto* instead = std::exchange(instead_, nullptr);
        return instead ? write(*instead) : writer_.String(text, size);
    }
    bool StartObject() {
        ++depth_;
        return writer_.StartObject();
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        const std::string_view name(text, size);
        if (depth_ == 1) in_meta_ = name == "meta";
        if (depth_ == 1 && name == "id") instead_ = &id_, has_id_ = true;
        if (depth_ == 2 && in_meta_ && name == "lastUpdated") instead_ = &updated_, has_updated_ = true;
        return writer_.Key(text, size);
    }
    bool EndObject(rapidjson::SizeType) {
        if (depth_ == 2 && in_meta_ && !std::exchange(has_updated_, true)) write("lastUpdated", updated_);
        if (depth_ == 1) {
            if (!has_id_) write("id", id_);
            if (!has_updated_) {
                writer_.Key("meta");
                writer_.StartObject();
                write("lastUpdated", updated_);
                writer_.EndObject();
            }
        }
        --depth_;
        return writer_.EndObject();
    }
    bool StartArray() { return writer_.StartArray(); }
    bool EndArray(rapidjson::SizeType) { return writer_.EndArray(); }

private:
    bool write(const std::string& value) {
        return writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    void write(const char* name, const std::string& value) {
        writer_.Key(name);
        write(value);
    }

    const std::string id_, updated_;
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
    int depth_ = 0;
    bool in_meta_ = false, has_id_ = false, has_updated_ = false;
    const std::string* instead_ = nullptr;
};

}  // namespace

Standing standing_of(const Journey& journey) {
    switch (journey.message.disposition) {
        case Disposition::refused:
            return {"rejected", "refused: mend what the answer said and send again"};
        case Disposition::conflict:
            return {"rejected", "another message came under the same identifier"};
        default:
            break;
    }
    if (still_processing(journey)) return {"received", "received, to be decided"};
    if (any(journey, State::held)) return {"on-hold", "held for a person to act"};
    if (owes_delivery(journey)) return {"in-progress", "on its way to the hospital"};
    if (asks(journey)) return {"in-progress", "delivered; information is asked of the referrer"};
    if (awaits_answer(journey)) return {"in-progress", "delivered, answer awaited"};
    if (any(journey, State::filtered)) return {"cancelled", "ended by a named rule"};
    return {"completed", "delivered"};
}

std::string task_json(const Journey& journey) {
    JsonText json;
    write_task(json, journey);
    return json.text();
}

Result<std::string> service_request_json(const StoredMessage& stored, const fhir::DefinitionsPtr& definitions) {
    const auto document = pipeline::decode(stored.message.body, stored.message.media_type, {}, definitions);
    const auto missing = [] {
        return fail(Issue::not_found, "ServiceRequest",
                    "No referral is kept under this id; use the id of the journey.");
    };
    if (!document) return missing();
    const auto request = fhir::Bundle((*document)->root()).first("ServiceRequest");
    if (!request) return missing();
    const auto json = fhir::to_json(request);
    ServedResource served(stored.message.id.text(), to_fhir_instant(stored.message.received_at));
    rapidjson::Reader reader;
    rapidjson::StringStream stream(json.c_str());
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
    if (!reader.Parse<flags>(stream, served)) return missing();
    return served.text();
}

std::string searchset_json(const std::vector<Journey>& journeys, const std::string& base) {
    JsonText json;
    json.object([&] {
        json.add("resourceType", "Bundle")
            .add("type", "searchset")
            .add("total", static_cast<std::int64_t>(journeys.size()));
        if (journeys.empty()) return;
        json.array("entry", [&] {
            for (const auto& journey : journeys)
                json.object([&] {
                    json.add("fullUrl", base + "/Task/" + journey.message.message.id.text());
                    json.key("resource");
                    write_task(json, journey);
                    json.object("search", [&] { json.add("mode", "match"); });
                });
        });
    });
    return json.text();
}

}  // namespace causeway::api
