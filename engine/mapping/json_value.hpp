#pragma once
/// FHIR JSON under construction: what rows write into.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mapping/location.hpp"

namespace causeway::mapping {

struct Instance;

/// One JSON value. Objects keep the order in which members were first written, with resourceType, id, meta and text in
/// front. What stays empty is never rendered: a hole in an array, an object without members, a reference to a
/// resource that was not made. Children never move, so a pointer to one stays good. Threads: one.
class JsonValue {
public:
    enum class Kind { hole, object, array, text, literal, reference };

    JsonValue() = default;
    static JsonValue text(std::string value);
    static JsonValue literal(std::string value);  ///< A number, true or false, as it stands.
    static JsonValue reference(const Instance* to);
    static JsonValue object();

    Kind kind() const noexcept { return kind_; }
    const std::string& text() const noexcept { return text_; }

    /// Adds a member unless its text is empty.
    void set(std::string_view name, std::string_view value);
    void put(std::string_view name, JsonValue value);
    /// Appends to the array of that name.
    void append(std::string_view name, JsonValue value);
    /// The member of that name, made where it is absent.
    JsonValue& member(std::string_view name);
    const JsonValue* find(std::string_view name) const;

    /// The place of `steps` below this value, made as needed; `[*]` makes a new item.
    JsonValue& at(const std::vector<Step>& steps);
    /// Is anything there that would be rendered?
    bool empty() const;
    /// Compact JSON.
    std::string render() const;
    void render_into(std::string& out) const;

    /// A tentative object holds constants only: it is rendered once something else is written into it, or a reference
    /// in it leads to a resource that is.
    void set_tentative(bool tentative) noexcept { tentative_ = tentative; }

private:
    bool leads_somewhere() const;
    JsonValue& item(std::size_t index);
    JsonValue& extension(std::string_view url);
    JsonValue& step(const Step& step);
    void render_object(std::string& out) const;
    void render_array(std::string& out) const;

    Kind kind_ = Kind::hole;
    bool tentative_ = false;
    std::string text_;
    const Instance* reference_ = nullptr;
    std::vector<std::pair<std::string, std::unique_ptr<JsonValue>>> members_;
    std::vector<std::unique_ptr<JsonValue>> items_;
};

/// A resource that a map makes: an entry of the Bundle, or the whole document.
struct Instance {
    std::string type;
    std::string id;
    JsonValue body;
    bool written = false;  ///< A row that is not a constant wrote into it.

    std::string full_url() const { return "urn:uuid:" + id; }
};

}  // namespace causeway::mapping
