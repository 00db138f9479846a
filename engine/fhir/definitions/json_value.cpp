#include "fhir/definitions/json_value.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "fhir/tape.hpp"
#include "fhir/utf8.hpp"

namespace causeway::fhir {
namespace {

constexpr std::size_t kMaxDepth = 128;
constexpr unsigned kParseFlags =
    rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

const Json& nothing() {
    static const Json value(std::pmr::null_memory_resource());
    return value;
}

// Builds values from RapidJSON's events.
class Handler {
public:
    explicit Handler(JsonArena& arena) : arena_(arena) {}

    const Json* root() const noexcept { return root_; }

    bool Null() { return add(arena_.make(Json::Kind::null)); }
    bool Bool(bool value) { return add(arena_.boolean(value)); }
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* text, unsigned length, bool) { return add(scalar(Json::Kind::number, {text, length})); }
    bool String(const char* text, unsigned length, bool) { return add(scalar(Json::Kind::text, {text, length})); }
    bool Key(const char* text, unsigned length, bool) {
        name_ = {text, length};
        return true;
    }
    bool StartObject() { return open(Json::Kind::object); }
    bool StartArray() { return open(Json::Kind::array); }
    bool EndObject(unsigned) { return close(); }
    bool EndArray(unsigned) { return close(); }

private:
    Json* scalar(Json::Kind kind, std::string_view text) {
        auto* value = arena_.make(kind);
        value->text = text;
        return value;
    }
    bool add(const Json* value) {
        if (open_.empty()) {
            root_ = value;
        } else {
            open_.back()->members.push_back({open_.back()->is_object() ? name_ : std::string_view(), value});
        }
        return true;
    }
    bool open(Json::Kind kind) {
        if (open_.size() >= kMaxDepth) return false;
        auto* value = arena_.make(kind);
        add(value);
        open_.push_back(value);
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    JsonArena& arena_;
    std::vector<Json*> open_;
    std::string_view name_;
    const Json* root_ = nullptr;
};

void write_text(std::string_view text, std::string& out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\', out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20) {
            out += "\\u00", out += kHex[byte >> 4], out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

void write(const Json& value, std::string& out) {
    const bool is_object = value.is_object();
    switch (value.kind) {
        case Json::Kind::null:
            out += "null";
            return;
        case Json::Kind::boolean:
        case Json::Kind::number:
            out += value.text;
            return;
        case Json::Kind::text:
            write_text(value.text, out);
            return;
        case Json::Kind::array:
        case Json::Kind::object:
            break;
    }
    out += is_object ? '{' : '[';
    for (bool first = true; const auto& member : value) {
        if (!std::exchange(first, false)) out += ',';
        if (is_object) write_text(member.name, out), out += ':';
        write(*member.value, out);
    }
    out += is_object ? '}' : ']';
}

}  // namespace

const Json& Json::operator[](std::string_view name) const noexcept {
    if (kind != Kind::object) return nothing();
    for (const auto& member : members)
        if (member.name == name) return *member.value;
    return nothing();
}

const Json& Json::item(std::size_t index) const noexcept {
    return index < members.size() ? *members[index].value : nothing();
}

void Json::set(std::string_view name, const Json* value) {
    for (auto& member : members)
        if (member.name == name) {
            member.value = value;
            return;
        }
    members.push_back({name, value});
}

void Json::remove(std::string_view name) {
    std::erase_if(members, [&](const Member& member) { return member.name == name; });
}

bool equal(const Json& a, const Json& b) {
    if (&a == &b) return true;
    if (a.kind != b.kind || a.text != b.text || a.size() != b.size()) return false;
    if (a.is_object())
        return std::all_of(a.begin(), a.end(), [&](const auto& m) { return equal(*m.value, b[m.name]); });
    return std::equal(a.begin(), a.end(), b.begin(),
                      [](const auto& x, const auto& y) { return equal(*x.value, *y.value); });
}

std::string write_json(const Json& value) {
    std::string out;
    write(value, out);
    return out;
}

JsonChoice choice(const Json& object, std::string_view prefix) {
    for (const auto& member : object)
        if (member.name.size() > prefix.size() && member.name.starts_with(prefix) &&
            std::isupper(static_cast<unsigned char>(member.name[prefix.size()])))
            return {member.name.substr(prefix.size()), member.value};
    return {};
}

const Json& extension(const Json& element, std::string_view url) {
    for (const auto& member : element["extension"])
        if ((*member.value)("url") == url) {
            const auto found = choice(*member.value, "value");
            return found.value ? *found.value : nothing();
        }
    return nothing();
}

Result<const Json*> JsonArena::parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const auto refuse = [&](std::size_t offset, std::string what) {
        const auto at = position_at(text, offset);
        return fail(Issue::structure, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column),
                    std::move(what));
    };
    if (const auto bad = first_non_text(text); bad != kAllText)
        return refuse(bad, "Encode the document as UTF-8 without control characters.");
    auto& buffer = texts_.emplace_back(text);
    rapidjson::InsituStringStream stream(buffer.data());
    Handler handler(*this);
    rapidjson::Reader reader;
    const auto result = reader.Parse<kParseFlags>(stream, handler);
    if (!result.IsError()) return handler.root();
    if (result.Code() == rapidjson::kParseErrorTermination) return refuse(result.Offset(), "Nest less deeply.");
    return refuse(result.Offset(), std::string("Correct the JSON: ") + rapidjson::GetParseError_En(result.Code()));
}

Json* JsonArena::make(Json::Kind kind) {
    void* memory = memory_.allocate(sizeof(Json), alignof(Json));
    return new (memory) Json(&memory_, kind);
}

const Json* JsonArena::text(std::string_view text) {
    auto* value = make(Json::Kind::text);
    value->text = keep(text);
    return value;
}

const Json* JsonArena::number(std::string_view text) {
    auto* value = make(Json::Kind::number);
    value->text = keep(text);
    return value;
}

const Json* JsonArena::boolean(bool value) {
    auto* made = make(Json::Kind::boolean);
    made->text = value ? "true" : "false";
    return made;
}

Json* JsonArena::copy(const Json& value) {
    auto* made = make(value.kind);
    made->text = value.text;
    made->members.assign(value.begin(), value.end());
    return made;
}

std::string_view JsonArena::keep(std::string_view text) {
    if (text.empty()) return {};
    auto* memory = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::memcpy(memory, text.data(), text.size());
    return {memory, text.size()};
}

}  // namespace causeway::fhir
