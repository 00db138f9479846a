#include "store/sqlite/rows.hpp"

#include <rapidjson/document.h>

#include "core/text.hpp"

namespace causeway::sqlite {

Obligation read_obligation(const Cursor& row, Names& names) {
    Obligation o;
    o.id = row.id(0);
    o.message = row.id(1);
    o.duty = row.as<Duty>(3);
    o.state = row.as<State>(4);
    o.priority = row.as<Priority>(5);
    o.attempts = static_cast<int>(row.integer(6));
    o.created_at = row.instant(7);
    o.next_attempt_at = row.instant(8);
    o.destination = names.text(row.integer(9));
    o.route = names.text(row.integer(10));
    o.map = names.text(row.integer(11));
    o.organisation = row.text(12);
    o.lane = row.text(13);
    o.owner = row.text(14);
    o.cause = row.text(15);
    o.rule = row.text(16);
    o.facts = row.text(17);
    return o;
}

Event read_event(const Cursor& row, Names& names) {
    Event event;
    event.sequence = row.integer(0);
    event.at = row.instant(1);
    event.kind = names.text(row.integer(2));
    event.message = row.id(3);
    event.obligation = row.id(4);
    event.actor = names.text(row.integer(6));
    event.detail = row.text(7);
    return event;
}

PathwayClock read_clock(const Cursor& row) {
    PathwayClock clock;
    clock.id = row.id(0);
    clock.message = row.id(1);
    clock.state = row.as<PathwayClock::State>(2);
    clock.started_at = row.instant(3);
    clock.warn_at = row.instant(4);
    clock.breach_at = row.instant(5);
    clock.name = row.text(6);
    clock.owner = row.text(7);
    clock.rule = row.text(8);
    clock.stop_when = row.text(9);
    return clock;
}

std::string keys_to_json(const std::vector<Key>& keys) {
    if (keys.empty()) return {};
    std::string json = "[";
    for (const Key& key : keys) {
        if (json.size() > 1) json += ',';
        json += "[\"" + json_escape(key.kind) + "\",\"" + json_escape(key.value) + "\"]";
    }
    return json + ']';
}

std::vector<Key> keys_from_json(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    std::vector<Key> keys;
    if (document.HasParseError() || !document.IsArray()) return keys;
    for (const auto& pair : document.GetArray()) {
        if (!pair.IsArray() || pair.Size() != 2 || !pair[0].IsString() || !pair[1].IsString()) continue;
        keys.push_back(
            {{pair[0].GetString(), pair[0].GetStringLength()}, {pair[1].GetString(), pair[1].GetStringLength()}});
    }
    return keys;
}

}  // namespace causeway::sqlite
