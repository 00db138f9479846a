#pragma once
/// JSON values of definitions in memory: small, shared, changed by copying only what differs. Internal to this folder.

#include <deque>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway::fhir {

/// A JSON value; members of objects keep their order, numbers their text. Lifetime: that of its JsonArena.
struct Json {
    enum class Kind : std::uint8_t { null, boolean, number, text, array, object };
    struct Member {
        std::string_view name;  ///< Empty in arrays.
        const Json* value = nullptr;
    };

    explicit Json(std::pmr::memory_resource* memory, Kind kind_ = Kind::null) : kind(kind_), members(memory) {}

    Kind kind = Kind::null;
    std::string_view text;  ///< Of texts (decoded), numbers, "true" and "false".
    std::pmr::vector<Member> members;

    explicit operator bool() const noexcept { return kind != Kind::null; }
    bool is_object() const noexcept { return kind == Kind::object; }
    bool is_array() const noexcept { return kind == Kind::array; }
    bool is_true() const noexcept { return kind == Kind::boolean && text == "true"; }

    /// Null where there is none, so that look-ups can be chained.
    const Json& operator[](std::string_view name) const noexcept;
    std::string_view operator()(std::string_view name) const noexcept { return (*this)[name].text; }
    bool has(std::string_view name) const noexcept { return static_cast<bool>((*this)[name]); }
    const Json& item(std::size_t index) const noexcept;

    /// Items of an array, members of an object; nothing of other values.
    auto begin() const noexcept { return members.begin(); }
    auto end() const noexcept { return members.end(); }
    std::size_t size() const noexcept { return members.size(); }

    void set(std::string_view name, const Json* value);
    void remove(std::string_view name);
    void push(std::string_view name, const Json* value) { members.push_back({name, value}); }
    void push(const Json* value) { members.push_back({{}, value}); }
};

/// The same value, whatever the order of members.
bool equal(const Json& a, const Json& b);
/// Compact JSON text.
std::string write_json(const Json& value);

/// The first member whose name begins with `prefix` and goes on with a capital: fixed[x], pattern[x], valueX.
struct JsonChoice {
    std::string_view type;  ///< "CodeableConcept", "Uri": as in the name.
    const Json* value = nullptr;
};
JsonChoice choice(const Json& object, std::string_view prefix);

/// The value of an extension by its url; null where there is none.
const Json& extension(const Json& element, std::string_view url);

/// Owns values and the texts that they show. Threads: one at a time.
class JsonArena {
public:
    JsonArena() = default;
    JsonArena(const JsonArena&) = delete;
    JsonArena& operator=(const JsonArena&) = delete;

    /// Errors tell line and column; a text that nests deeper than 128 is refused.
    Result<const Json*> parse(std::string_view text);

    Json* make(Json::Kind kind);
    const Json* text(std::string_view text);
    const Json* number(std::string_view text);
    const Json* boolean(bool value);
    /// A copy whose members can be changed; the values of its members are shared.
    Json* copy(const Json& value);
    /// Keeps a text as long as the arena.
    std::string_view keep(std::string_view text);

private:
    std::pmr::monotonic_buffer_resource memory_;
    std::deque<std::string> texts_;
};

}  // namespace causeway::fhir
