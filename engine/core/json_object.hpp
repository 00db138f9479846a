#pragma once
/// Writes and reads small JSON objects: pages of the management API, statements.

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <functional>
#include <string>
#include <string_view>

namespace causeway {

/// Builds one JSON text from left to right.
class JsonText {
public:
    JsonText() : writer_(buffer_) {}

    template <class Body>
    JsonText& object(Body body) {
        writer_.StartObject();
        body();
        writer_.EndObject();
        return *this;
    }
    template <class Body>
    JsonText& array(std::string_view name, Body body) {
        key(name);
        writer_.StartArray();
        body();
        writer_.EndArray();
        return *this;
    }
    template <class Body>
    JsonText& object(std::string_view name, Body body) {
        key(name);
        return object(body);
    }
    JsonText& key(std::string_view name) {
        writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        return *this;
    }
    JsonText& add(std::string_view name, std::string_view value) {
        key(name);
        return value_of(value);
    }
    JsonText& add(std::string_view name, const char* value) { return add(name, std::string_view(value)); }
    JsonText& add(std::string_view name, const std::string& value) { return add(name, std::string_view(value)); }
    JsonText& add(std::string_view name, std::int64_t value) {
        key(name);
        writer_.Int64(value);
        return *this;
    }
    JsonText& add(std::string_view name, int value) { return add(name, static_cast<std::int64_t>(value)); }
    JsonText& add(std::string_view name, bool value) {
        key(name);
        writer_.Bool(value);
        return *this;
    }
    /// Leaves out what is empty.
    JsonText& add_if(std::string_view name, std::string_view value) { return value.empty() ? *this : add(name, value); }
    /// JSON that is whole already.
    JsonText& add_raw(std::string_view name, std::string_view json) {
        key(name);
        writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
        return *this;
    }
    JsonText& value_of(std::string_view value) {
        writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
        return *this;
    }
    std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

/// A parsed JSON object of which any member may be missing or of another type.
class JsonObject {
public:
    explicit JsonObject(std::string_view json) {
        document_.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
        if (document_.HasParseError() || !document_.IsObject()) document_.SetObject();
    }

    /// A string, or a number as text; empty where there is neither.
    std::string text(const char* name) const {
        const auto found = document_.FindMember(name);
        if (found == document_.MemberEnd()) return {};
        if (found->value.IsString()) return {found->value.GetString(), found->value.GetStringLength()};
        return found->value.IsInt64() ? std::to_string(found->value.GetInt64()) : std::string();
    }
    bool has(const char* name) const { return document_.HasMember(name); }
    const rapidjson::Document& document() const noexcept { return document_; }

private:
    rapidjson::Document document_;
};

}  // namespace causeway
