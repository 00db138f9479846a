#include "assurance/statement.hpp"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/digest.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

constexpr std::string_view kType = "causeway-daily-statement";
constexpr std::size_t kLongest = 256u << 20;

using Value = rapidjson::Value;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

std::string_view text_of(const Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

constexpr int kDeepest = 64;

bool write_canonical(const Value& value, Writer& writer, int depth);

bool write_object(const Value& value, Writer& writer, int depth) {
    std::vector<const Value::Member*> members;
    for (const auto& member : value.GetObject()) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return text_of(a->name) < text_of(b->name); });
    // Of two members of one name everybody reads another one.
    const auto repeated = std::adjacent_find(members.begin(), members.end(), [](const auto* a, const auto* b) {
        return text_of(a->name) == text_of(b->name);
    });
    if (repeated != members.end()) return false;
    writer.StartObject();
    for (const auto* member : members) {
        writer.Key(member->name.GetString(), member->name.GetStringLength());
        if (!write_canonical(member->value, writer, depth)) return false;
    }
    return writer.EndObject();
}

bool write_canonical(const Value& value, Writer& writer, int depth) {
    if (depth > kDeepest) return false;
    if (value.IsObject()) return write_object(value, writer, depth + 1);
    if (!value.IsArray()) return (!value.IsNumber() || value.IsInt64()) && value.Accept(writer);
    writer.StartArray();
    for (const auto& item : value.GetArray())
        if (!write_canonical(item, writer, depth + 1)) return false;
    return writer.EndArray();
}

Error no_statement() {
    return fail(Issue::structure, "statement", "This is no statement: give a file that `causeway prove` wrote.");
}

Result<std::string> canonical(const Value& value) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    if (!write_canonical(value, writer, 0)) return no_statement();
    return std::string(buffer.GetString(), buffer.GetSize());
}

void write_head(JsonText& json, std::string_view name, const ChainHead& head) {
    json.add_raw(name, to_json(head));
}

void write_chain(JsonText& json, const StatementContent& content) {
    json.object("chain", [&] {
        json.add("events", content.chain.events).add("sound", content.chain.faults.empty());
        json.add("events_removed_by_retention", content.chain.removed.events);
        write_head(json, "head", content.chain.head);
        write_head(json, "end_of_day", content.end_of_day);
        json.array("faults", [&] {
            for (const auto& fault : content.chain.faults)
                json.object([&] { json.add("sequence", fault.sequence).add("what", fault.what); });
        });
    });
}

std::string statement_json(const StatementContent& content) {
    JsonText json;
    json.object([&] {
        json.add("type", kType).add("format", 1).add("day", content.report.day.text());
        json.add("engine", std::string("causeway ") + CAUSEWAY_VERSION);
        json.add("environment", content.environment).add("configuration", content.configuration);
        json.add("sound", content.report.contradictions() == 0 && content.chain.faults.empty());
        write_chain(json, content);
        json.add_raw("report", to_json(content.report));
        if (!content.previous_hash.empty())
            json.object("previous",
                        [&] { json.add("day", content.previous_day).add("sha256", content.previous_hash); });
    });
    return json.text();
}

/// A member of a member; null where it is not there.
const Value* find(const Value& value, std::initializer_list<const char*> path) {
    const auto* at = &value;
    for (const auto* name : path) {
        if (!at->IsObject()) return nullptr;
        const auto found = at->FindMember(name);
        if (found == at->MemberEnd()) return nullptr;
        at = &found->value;
    }
    return at;
}

std::string text_at(const Value& value, std::initializer_list<const char*> path) {
    const auto* found = find(value, path);
    return found && found->IsString() ? std::string(text_of(*found)) : std::string();
}

bool read_head(const Value& value, ChainHead& head) {
    const auto* sequence = find(value, {"sequence"});
    const auto at = parse_fhir_instant(text_at(value, {"at"}));
    if (!sequence || !sequence->IsInt64() || !at) return false;
    head.sequence = sequence->GetInt64();
    head.at = *at;
    return hash_from_hex(text_at(value, {"hash"}), head.hash);
}

bool read_head(const Value& statement, const char* name, ChainHead& head) {
    const auto* value = find(statement, {"chain", name});
    return value && read_head(*value, head);
}

Result<Statement> read_statement(const Value& value) {
    Statement made;
    made.day = text_at(value, {"day"});
    made.previous_hash = text_at(value, {"previous", "sha256"});
    const auto* sound = find(value, {"sound"});
    made.sound = sound && sound->IsBool() && sound->GetBool();
    if (text_at(value, {"type"}) != kType || made.day.empty() || !read_head(value, "head", made.head) ||
        !read_head(value, "end_of_day", made.end_of_day))
        return no_statement();
    return made;
}

Result<PublicKey> key_of(const Value& signature, const std::optional<PublicKey>& key) {
    if (!key) return PublicKey::from_pem(text_at(signature, {"public_key"}));
    if (key->id() == text_at(signature, {"key_id"})) return *key;
    return fail(Issue::invariant, "statement",
                "It was signed with another key (" + text_at(signature, {"key_id"}).substr(0, 16) +
                    "): ask its sender for that one's public key, or distrust it.");
}

std::string indented(const std::string& json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.c_str(), json.size());
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 2);
    document.Accept(writer);
    return std::string(buffer.GetString(), buffer.GetSize()) + '\n';
}

}  // namespace

std::string to_json(const ChainHead& head) {
    JsonText json;
    json.object([&] {
        json.add("sequence", head.sequence).add("hash", to_hex(as_view(head.hash))).add("at", to_fhir_instant(head.at));
    });
    return json.text();
}

std::optional<ChainHead> head_from_json(std::string_view text) {
    const JsonObject json(text);
    ChainHead head;
    return read_head(json.document(), head) ? std::optional(head) : std::nullopt;
}

bool hash_from_hex(std::string_view hex, Sha256& hash) {
    if (hex.size() != hash.size() * 2) return false;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const auto* digits = hex.data() + i * 2;
        if (std::from_chars(digits, digits + 2, hash[i], 16).ptr != digits + 2) return false;
    }
    return true;
}

Result<std::string> canonical_json(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (document.HasParseError()) return no_statement();
    return canonical(document);
}

Result<std::string> make_statement(const StatementContent& content, const Signer& signer) {
    const auto text = canonical_json(statement_json(content));
    if (!text) return text.error();
    const auto signature = signer.sign(*text);
    if (!signature) return signature.error();
    JsonText json;
    json.object([&] {
        json.add_raw("statement", *text);
        json.object("signature", [&] {
            json.add("algorithm", "Ed25519")
                .add("key_id", signer.public_key().id())
                .add("public_key", signer.public_key().pem())
                .add("value", base64_encode(*signature));
        });
    });
    return indented(json.text());
}

Result<Statement> verify_statement(std::string_view file, const std::optional<PublicKey>& key) {
    rapidjson::Document document;
    if (file.size() <= kLongest) document.Parse<rapidjson::kParseIterativeFlag>(file.data(), file.size());
    if (document.HasParseError() || !document.IsObject()) return no_statement();
    const auto* statement = find(document, {"statement"});
    const auto* signature = find(document, {"signature"});
    if (!statement || !signature || !statement->IsObject()) return no_statement();
    const auto text = canonical(*statement);
    if (!text) return text.error();
    const auto signer = key_of(*signature, key);
    if (!signer) return signer.error();
    const auto value = base64_decode(text_at(*signature, {"value"}));
    if (!value || !signer->verifies(*text, *value))
        return fail(Issue::invariant, "statement",
                    "The signature does not fit: the statement was changed after it was signed, or never signed so.");
    auto made = read_statement(*statement);
    if (!made) return made;
    made->key_id = signer->id();
    made->public_key = signer->pem();
    made->hash = to_hex(as_view(sha256(*text)));
    return made;
}

}  // namespace causeway::assurance
