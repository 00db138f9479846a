#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fstream>
#include <sstream>

#include "pipeline/data_test_parts.hpp"
#include "pipeline/decode.hpp"

namespace causeway::pipeline {
namespace {

constexpr unsigned kParse = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;

Result<std::string> read_file(const std::filesystem::path& file, const std::string& place) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(Issue::not_found, place, "Name a file that exists: " + file.string() + " cannot be read.");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Result<void> replace_text(std::string& text, const config::Settings& change) {
    const std::string from = change.text("from");
    const auto at = text.find(from);
    if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
        return fail(Issue::value, change.place("from"), "Write a text that stands in the file exactly once.");
    }
    text.replace(at, from.size(), change.text("to"));
    return {};
}

Result<void> change_json(rapidjson::Document& json, const config::Settings& change) {
    const bool remove = change.has("remove");
    const std::string field = remove ? "remove" : "at";
    const std::string text = change.text(field);
    const rapidjson::Pointer pointer(text.c_str(), text.size());
    if (!pointer.IsValid())
        return fail(Issue::value, change.place(field), "Write a JSON Pointer, such as /entry/1/resource.");
    if (remove) {
        if (pointer.Erase(json)) return {};
        return fail(Issue::not_found, change.place(field), "Point at something that the file has.");
    }
    rapidjson::Document value(&json.GetAllocator());
    const std::string to = change.text("to");
    if (value.Parse<kParse>(to.c_str(), to.size()).HasParseError()) {
        return fail(Issue::value, change.place("to"), "Write a JSON value, such as '\"urgent\"'.");
    }
    pointer.Set(json, value);
    return {};
}

Result<void> change_pointers(std::string& text, const std::vector<config::Settings>& changes) {
    rapidjson::Document json;
    if (json.Parse<kParse>(text.c_str(), text.size()).HasParseError()) return {};  // Decoding says it better.
    for (const auto& change : changes) {
        if (change.has("from")) continue;
        if (auto changed = change_json(json, change); !changed) return changed.error();
    }
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> writer(out);
    json.Accept(writer);
    text.assign(out.GetString(), out.GetSize());
    return {};
}

Result<void> change_all(std::string& text, const std::vector<config::Settings>& changes) {
    bool pointers = false;
    for (const auto& change : changes) {
        pointers = pointers || !change.has("from");
        if (!change.has("from")) continue;
        if (auto replaced = replace_text(text, change); !replaced) return replaced.error();
    }
    return pointers ? change_pointers(text, changes) : Result<void>();
}

}  // namespace

Result<GivenMessage> read_given(const config::Settings& test, const std::string& channel, Instant now,
                                const Configuration& configuration) {
    const auto file = test.path("given");
    auto text = read_file(file, test.place("given"));
    if (!text) return text.error();
    if (auto changed = change_all(*text, test.objects("change")); !changed) return changed.error();

    Message message;
    message.channel = channel;
    message.sender = "test";
    message.received_at = now;
    message.media_type = file.extension() == ".json" ? kFhirJson : file.extension() == ".xml" ? kFhirXml : kHl7v2;
    auto document = decode(Payload(*text), message.media_type, {}, configuration.definitions);
    if (!document) return document.error();
    GivenMessage given{*document, Facts(message, now, configuration), *std::move(text)};
    given.facts->resolve_within(*given.document);
    return given;
}

}  // namespace causeway::pipeline
