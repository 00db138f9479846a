#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cctype>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/patients.hpp"

namespace causeway::sqlite {
namespace {

using rapidjson::Value;

std::string text_of(const Value& object, const char* name) {
    if (!object.IsObject()) return {};
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsString()) return {};
    return {member->value.GetString(), member->value.GetStringLength()};
}

const Value* array_of(const Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto member = object.FindMember(name);
    return member == object.MemberEnd() || !member->value.IsArray() ? nullptr : &member->value;
}

/// What must agree before two records count as one person.
struct Identity {
    std::string nhs_number, birth_date, family;
};

std::string in_capitals(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

Identity identity_of(std::string_view patient) {
    Identity identity;
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(patient.data(), patient.size());
    if (document.HasParseError()) return identity;
    identity.birth_date = text_of(document, "birthDate");
    if (const Value* const identifiers = array_of(document, "identifier"))
        for (const Value& one : identifiers->GetArray())
            if (text_of(one, "system") == kNhsNumberSystem)
                identity.nhs_number = normalise_nhs_number(text_of(one, "value"));
    if (const Value* const names = array_of(document, "name"))
        for (const Value& one : names->GetArray())
            if (identity.family.empty()) identity.family = in_capitals(text_of(one, "family"));
    return identity;
}

std::vector<Key> keys_of(const Value& object, const char* name) {
    std::vector<Key> keys;
    const Value* const pairs = array_of(object, name);
    if (pairs == nullptr) return keys;
    for (const Value& pair : pairs->GetArray()) {
        if (!pair.IsArray() || pair.Size() != 2 || !pair[0].IsString() || !pair[1].IsString()) continue;
        keys.push_back(
            {{pair[0].GetString(), pair[0].GetStringLength()}, {pair[1].GetString(), pair[1].GetStringLength()}});
    }
    return keys;
}

std::string keys_to_json(const std::vector<Key>& keys) {
    std::string json = "[";
    for (const Key& key : keys) {
        if (json.size() > 1) json += ',';
        json += "[\"" + json_escape(key.kind) + "\",\"" + json_escape(key.value) + "\"]";
    }
    return json + ']';
}

}  // namespace

std::string with_practice_of(std::string_view former, std::string patient) {
    rapidjson::Document before, after;
    before.Parse<rapidjson::kParseIterativeFlag>(former.data(), former.size());
    after.Parse<rapidjson::kParseIterativeFlag>(patient.data(), patient.size());
    if (before.HasParseError() || after.HasParseError() || !after.IsObject()) return patient;
    const Value* const practice = array_of(before, "generalPractitioner");
    if (practice == nullptr || array_of(after, "generalPractitioner") != nullptr) return patient;
    after.AddMember("generalPractitioner", Value(*practice, after.GetAllocator()), after.GetAllocator());
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    after.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string change_to_json(const PatientChange& change, const std::string& note) {
    Detail detail;
    if (!change.identifiers.empty()) detail.raw("identifiers", keys_to_json(change.identifiers));
    if (!change.retired_identifiers.empty()) detail.raw("retired", keys_to_json(change.retired_identifiers));
    detail.add("effective_at", change.effective_at.time_since_epoch().count());
    return detail.add("note", note).add("patient", change.patient).text();
}

PatientChange change_from_json(std::string_view json, PatientChange::Kind kind) {
    PatientChange change;
    change.kind = kind;
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (document.HasParseError() || !document.IsObject()) return change;
    change.identifiers = keys_of(document, "identifiers");
    change.retired_identifiers = keys_of(document, "retired");
    change.patient = text_of(document, "patient");
    const Value& fields = document;
    const auto at = fields.FindMember("effective_at");
    if (at != fields.MemberEnd() && at->value.IsInt64()) change.effective_at = Instant(Duration(at->value.GetInt64()));
    return change;
}

std::string disagreement(std::string_view a, std::string_view b) {
    const Identity left = identity_of(a);
    const Identity right = identity_of(b);
    std::string found;
    const auto compare = [&](const std::string& x, const std::string& y, const char* name) {
        if (x.empty() || y.empty() || x == y) return;
        found.append(found.empty() ? "" : ", ").append(name);
    };
    compare(left.nhs_number, right.nhs_number, "nhs-number");
    compare(left.birth_date, right.birth_date, "birth-date");
    compare(left.family, right.family, "family-name");
    return found;
}

}  // namespace causeway::sqlite
