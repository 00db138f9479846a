#pragma once
/// FHIR JSON under construction: what rows write into.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mapping/location.hpp"

namespace causeway::mapping {

struct Instance;
class JsonArena;
class JsonText;

/// One JSON value. Objects keep the order in which members were first written, with resourceType, id, meta and text in
/// front. What stays empty is never rendered: a hole in an array, an object without members, a reference to a
/// resource that was not made. A value stays where it is as long as its arena; there is nothing to destroy. Texts are
/// copied; names are not: they are literals, or the map's. Threads: one.
class JsonValue {
public:
    enum class Kind : unsigned char { hole, object, array, text, literal, reference };

    explicit JsonValue(JsonArena& arena) noexcept : arena_(&arena) {}

    Kind kind() const noexcept { return kind_; }
    bool is_leaf() const noexcept { return kind_ != Kind::object && kind_ != Kind::array; }
    std::string_view text() const noexcept { return text_; }

    /// Adds a member of this text unless it is empty; the text is copied.
    void set(std::string_view name, std::string_view value);
    /// Becomes what `value` is; that one's members and items are this one's then.
    void take(const JsonValue& value) noexcept;
    void put(std::string_view name, const JsonValue& value) { member(name).take(value); }
    /// Appends to the array of that name.
    void append(std::string_view name, const JsonValue& value) { member(name).add_item().take(value); }
    void append_text(std::string_view name, std::string_view text);
    /// The member of that name, made where it is absent.
    JsonValue& member(std::string_view name);
    const JsonValue* find(std::string_view name) const noexcept;

    /// The place of `steps` below this value, made as needed; `[*]` makes a new item. `steps` outlive the arena.
    JsonValue& at(const std::vector<Step>& steps);
    /// Is nothing there that would be rendered?
    bool empty() const noexcept;
    /// Compact JSON.
    std::string render() const;

    /// Every value below that will be rendered, in the order of the document, with its path: "Patient.name[0].family".
    struct Shown {
        const JsonValue* value;
        std::string path;
    };
    void collect_shown(const std::string& path, std::vector<Shown>& out) const;

    /// A tentative object holds constants only: it is rendered once something else is written into it, or a reference
    /// in it leads to a resource that is.
    void set_tentative(bool tentative) noexcept { tentative_ = tentative; }

private:
    friend class JsonArena;

    void become(Kind kind) noexcept;
    void become_text(std::string_view kept) noexcept;
    bool leads_somewhere() const noexcept;
    JsonValue& add_item();
    JsonValue& item(std::size_t index);
    JsonValue& extension(std::string_view url);
    JsonValue& step(const Step& step);
    JsonValue& choice(const Step& step);
    JsonValue& insert(JsonValue* before, std::string_view name);
    bool render_into(JsonText& out) const;
    bool render_children(JsonText& out, bool named) const;

    JsonArena* arena_;
    Kind kind_ = Kind::hole;
    bool tentative_ = false;
    std::string_view name_;  ///< As a member.
    std::string_view text_;
    const Instance* reference_ = nullptr;
    JsonValue* first_ = nullptr;  ///< Members or items, chained by next_.
    JsonValue* last_ = nullptr;
    JsonValue* next_ = nullptr;
};

/// Where values and their texts live until the map has run. Threads: one.
class JsonArena {
public:
    JsonArena() = default;
    JsonArena(const JsonArena&) = delete;
    JsonArena& operator=(const JsonArena&) = delete;

    JsonValue& hole();
    JsonValue& object();
    JsonValue& text(std::string_view value);
    JsonValue& long_text(std::string value);  ///< Moved, not copied: a file.
    /// A number, true or false, as it stands.
    JsonValue& literal(std::string_view value);
    JsonValue& reference(const Instance* to);

    std::string_view keep(std::string_view text);
    /// How many control characters were left out of texts: R4 takes only tab, line feed and carriage return. A form
    /// feed is a line feed.
    std::size_t left_out() const noexcept { return left_out_; }

private:
    std::size_t without_controls(char* text, std::size_t size) noexcept;

    /// `alignment` is a power of two.
    void* room_for(std::size_t bytes, std::size_t alignment) {
        const auto skipped = -reinterpret_cast<std::uintptr_t>(free_) & (alignment - 1);
        if (left_ < bytes + skipped) return room_in_new_block(bytes);
        auto* at = free_ + skipped;
        free_ = at + bytes;
        left_ -= bytes + skipped;
        return at;
    }
    void* room_in_new_block(std::size_t bytes);

    static constexpr std::size_t kBlock = 16 * 1024;
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::byte* free_ = nullptr;
    std::size_t left_ = 0;
    std::size_t left_out_ = 0;
    std::deque<std::string> long_texts_;
};

/// A resource that a map makes: an entry of the Bundle, or the whole document.
struct Instance {
    std::string type;
    std::string id;
    JsonValue* body = nullptr;
    bool written = false;  ///< A row that is not a constant wrote into it.

    std::string full_url() const { return "urn:uuid:" + id; }
};

}  // namespace causeway::mapping
