#pragma once
/// JSON as a value that can be compared: properties by name, numbers by their text. Read by RapidJSON, so that it does
/// not share the mistakes of the codec.

#include <rapidjson/reader.h>

#include <map>
#include <string>
#include <vector>

namespace causeway::test {

struct JsonValue {
    enum class Kind { null, boolean, number, text, array, object };

    Kind kind = Kind::null;
    std::string text;
    std::vector<JsonValue> items;
    std::map<std::string, JsonValue> members;

    bool operator==(const JsonValue&) const = default;
};

/// The first place in which two values differ; empty where they are equal.
inline std::string difference(const JsonValue& a, const JsonValue& b, const std::string& path = "$") {
    if (a == b) return {};
    if (a.kind != b.kind || a.text != b.text)
        return path + ": " + a.text.substr(0, 200) + " | " + b.text.substr(0, 200);
    for (const auto& [name, value] : a.members) {
        if (!b.members.contains(name)) return path + "." + name + " only in the first";
        if (auto inner = difference(value, b.members.at(name), path + "." + name); !inner.empty()) return inner;
    }
    for (const auto& [name, value] : b.members)
        if (!a.members.contains(name)) return path + "." + name + " only in the second";
    if (a.items.size() != b.items.size()) return path + ": lengths differ";
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        auto inner = difference(a.items[i], b.items[i], path + "[" + std::to_string(i) + "]");
        if (!inner.empty()) return inner;
    }
    return path;
}

class JsonValueReader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, JsonValueReader> {
public:
    static JsonValue read(const std::string& text) {
        JsonValueReader handler;
        rapidjson::Reader reader;
        rapidjson::StringStream stream(text.c_str());
        reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, handler);
        return handler.root_;
    }

    bool Null() { return add({}); }
    bool Bool(bool value) { return add({JsonValue::Kind::boolean, value ? "true" : "false", {}, {}}); }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
        return add({JsonValue::Kind::number, std::string(text, length), {}, {}});
    }
    bool String(const char* text, rapidjson::SizeType length, bool) {
        return add({JsonValue::Kind::text, std::string(text, length), {}, {}});
    }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        name_.assign(text, length);
        return true;
    }
    bool StartObject() { return open({JsonValue::Kind::object, {}, {}, {}}); }
    bool StartArray() { return open({JsonValue::Kind::array, {}, {}, {}}); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }

private:
    bool add(JsonValue value) {
        place(std::move(value));
        return true;
    }

    JsonValue* place(JsonValue value) {
        if (open_.empty()) return &(root_ = std::move(value));
        auto& parent = *open_.back();
        if (parent.kind == JsonValue::Kind::array) return &parent.items.emplace_back(std::move(value));
        return &(parent.members[name_] = std::move(value));
    }

    // Items of an open array do not move: only its last one is open.
    bool open(JsonValue value) {
        open_.push_back(place(std::move(value)));
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    JsonValue root_;
    std::string name_;
    std::vector<JsonValue*> open_;
};

}  // namespace causeway::test
