#include "mapping/json_value.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "core/text.hpp"

namespace causeway::mapping {
namespace {

constexpr std::array<std::string_view, 5> kFront = {"resourceType", "id", "meta", "language", "text"};

std::size_t rank(std::string_view name) noexcept {
    const auto found = std::find(kFront.begin(), kFront.end(), name);
    return static_cast<std::size_t>(found - kFront.begin());
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/// Is one of these eight bytes a control character, a quote or a backslash?
bool is_special(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t kEach = 0x0101010101010101;
    const auto any_below = [](std::uint64_t word, std::uint64_t limit) {
        return (word - kEach * limit) & ~word & kEach * 0x80;
    };
    return (any_below(bytes, 0x20) | any_below(bytes ^ kEach * '"', 1) | any_below(bytes ^ kEach * '\\', 1)) != 0;
}

/// Eight bytes at a time, the last ones filled up with blanks.
bool needs_escapes(std::string_view text) noexcept {
    std::uint64_t word = 0;
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
        std::memcpy(&word, text.data(), sizeof word);
        if (is_special(word)) return true;
    }
    word = 0x2020202020202020;
    std::memcpy(&word, text.data(), text.size());
    return is_special(word);
}

}  // namespace

/// JSON on its way out: a document is a thousand short pieces.
class JsonText {
public:
    void put(char c) {
        if (size_ == room_.size()) grow(1);
        room_[size_++] = c;
    }
    void put(std::string_view text) {
        if (text.empty()) return;
        if (room_.size() - size_ < text.size()) grow(text.size());
        std::memcpy(room_.data() + size_, text.data(), text.size());
        size_ += text.size();
    }
    /// Most texts hold nothing to escape.
    void quote(std::string_view text) {
        put('"');
        if (needs_escapes(text))
            put(json_escape(text));
        else
            put(text);
        put('"');
    }
    std::size_t size() const noexcept { return size_; }
    /// Takes away what was put since it was that long.
    void cut(std::size_t size) noexcept { size_ = size; }
    std::string take() {
        room_.resize(size_);
        return std::move(room_);
    }

private:
    void grow(std::size_t more) {
        constexpr std::size_t kFirst = 2048;
        room_.resize(std::max({kFirst, 2 * room_.size(), size_ + more}));
    }

    std::string room_;
    std::size_t size_ = 0;
};

void* JsonArena::room_in_new_block(std::size_t bytes) {
    const auto size = std::max(kBlock, bytes);
    auto* at = blocks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(size)).get();
    free_ = at + bytes;
    left_ = size - bytes;
    return at;
}

/// What the text is long without them.
std::size_t JsonArena::without_controls(char* text, std::size_t size) noexcept {
    std::replace(text, text + size, '\f', '\n');
    const auto kept = static_cast<std::size_t>(std::remove_if(text, text + size, is_control) - text);
    left_out_ += size - kept;
    return kept;
}

std::string_view JsonArena::keep(std::string_view text) {
    if (text.empty()) return {};
    auto* room = static_cast<char*>(room_for(text.size(), 1));
    std::memcpy(room, text.data(), text.size());
    if (!needs_escapes(text)) return {room, text.size()};
    return {room, without_controls(room, text.size())};
}

JsonValue& JsonArena::hole() {
    return *new (room_for(sizeof(JsonValue), alignof(JsonValue))) JsonValue(*this);
}

JsonValue& JsonArena::object() {
    auto& made = hole();
    made.kind_ = JsonValue::Kind::object;
    return made;
}

JsonValue& JsonArena::text(std::string_view value) {
    auto& made = hole();
    made.kind_ = JsonValue::Kind::text;
    made.text_ = keep(value);
    return made;
}

JsonValue& JsonArena::long_text(std::string value) {
    value.resize(without_controls(value.data(), value.size()));
    auto& made = text({});
    made.text_ = long_texts_.emplace_back(std::move(value));
    return made;
}

JsonValue& JsonArena::literal(std::string_view value) {
    auto& made = text(value);
    made.kind_ = JsonValue::Kind::literal;
    return made;
}

JsonValue& JsonArena::reference(const Instance* to) {
    auto& made = hole();
    made.kind_ = JsonValue::Kind::reference;
    made.reference_ = to;
    return made;
}

void JsonValue::take(const JsonValue& value) noexcept {
    kind_ = value.kind_;
    tentative_ = value.tentative_;
    text_ = value.text_;
    reference_ = value.reference_;
    first_ = value.first_;
    last_ = value.last_;
}

void JsonValue::set(std::string_view name, std::string_view value) {
    if (!value.empty()) member(name).become_text(arena_->keep(value));
}

void JsonValue::append_text(std::string_view name, std::string_view text) {
    member(name).add_item().become_text(arena_->keep(text));
}

/// Behind `before`, or first.
JsonValue& JsonValue::insert(JsonValue* before, std::string_view name) {
    auto& made = arena_->hole();
    made.name_ = name;
    made.next_ = before != nullptr ? before->next_ : first_;
    (before != nullptr ? before->next_ : first_) = &made;
    if (before == last_) last_ = &made;
    return made;
}

/// A place that was written as something else loses that.
void JsonValue::become(Kind kind) noexcept {
    if (kind_ == kind) return;
    kind_ = kind;
    first_ = last_ = nullptr;
}

void JsonValue::become_text(std::string_view kept) noexcept {
    become(Kind::text);
    tentative_ = false;
    text_ = kept;
}

JsonValue& JsonValue::member(std::string_view name) {
    become(Kind::object);
    for (auto* entry = first_; entry != nullptr; entry = entry->next_)
        if (entry->name_ == name) return *entry;
    const auto wanted = rank(name);
    if (wanted == kFront.size()) return insert(last_, name);
    JsonValue* before = nullptr;
    for (auto* entry = first_; entry != nullptr && rank(entry->name_) <= wanted; entry = entry->next_) before = entry;
    return insert(before, name);
}

const JsonValue* JsonValue::find(std::string_view name) const noexcept {
    for (const auto* entry = first_; entry != nullptr; entry = entry->next_)
        if (entry->name_ == name) return entry;
    return nullptr;
}

JsonValue& JsonValue::add_item() {
    become(Kind::array);
    return insert(last_, {});
}

JsonValue& JsonValue::item(std::size_t index) {
    become(Kind::array);
    auto* found = first_;
    for (std::size_t i = 0; found != nullptr && i < index; ++i) found = found->next_;
    if (found != nullptr) return *found;
    std::size_t size = 0;
    for (const auto* entry = first_; entry != nullptr; entry = entry->next_) ++size;
    while (size++ < index) add_item();
    return add_item();
}

JsonValue& JsonValue::extension(std::string_view url) {
    auto& array = member("extension");
    for (auto* entry = array.first_; entry != nullptr; entry = entry->next_)
        if (const auto* held = entry->find("url"); held != nullptr && held->text_ == url) return *entry;
    auto& made = array.add_item();
    made.set("url", url);
    return made;
}

JsonValue& JsonValue::step(const Step& step) {
    switch (step.kind) {
        case Step::Kind::index:
            return item(step.index);
        case Step::Kind::all:
            return add_item();
        case Step::Kind::extension:
            return extension(step.name);
        case Step::Kind::choice:
            return choice(step);
        case Step::Kind::member:
            break;
    }
    return member(step.name);
}

/// One type takes the place of what was written as another.
JsonValue& JsonValue::choice(const Step& step) {
    for (auto* entry = first_; entry != nullptr; entry = entry->next_)
        if (is_other_type(entry->name_, step)) entry->become(Kind::hole);
    return member(step.name);
}

JsonValue& JsonValue::at(const std::vector<Step>& steps) {
    auto* place = this;
    for (const auto& one : steps) place = &place->step(one);
    return *place;
}

bool JsonValue::leads_somewhere() const noexcept {
    if (kind_ == Kind::reference) return reference_ != nullptr && reference_->written;
    for (const auto* entry = first_; entry != nullptr; entry = entry->next_)
        if (entry->leads_somewhere()) return true;
    return false;
}

bool JsonValue::empty() const noexcept {
    switch (kind_) {
        case Kind::hole:
            return true;
        case Kind::text:
            return text_.empty();
        case Kind::literal:
            return false;
        case Kind::reference:
            return reference_ == nullptr || !reference_->written;
        case Kind::object:
            if (tentative_) return !leads_somewhere();
            break;
        case Kind::array:
            break;
    }
    for (const auto* entry = first_; entry != nullptr; entry = entry->next_)
        if (!entry->empty()) return false;
    return true;
}

bool JsonValue::render_children(JsonText& out, bool named) const {
    const auto begin = out.size();
    out.put(named ? '{' : '[');
    bool any = false;
    for (const auto* entry = first_; entry != nullptr; entry = entry->next_) {
        const auto before = out.size();
        if (any) out.put(',');
        if (named) {  // An element's: nothing to escape in it.
            out.put('"');
            out.put(entry->name_);
            out.put("\":");
        }
        if (entry->render_into(out))
            any = true;
        else
            out.cut(before);
    }
    if (any)
        out.put(named ? '}' : ']');
    else
        out.cut(begin);
    return any;
}

/// False: there was nothing to render.
bool JsonValue::render_into(JsonText& out) const {
    switch (kind_) {
        case Kind::text:
            if (!text_.empty()) out.quote(text_);
            return !text_.empty();
        case Kind::literal:
            out.put(text_);
            return true;
        case Kind::reference:
            if (reference_ == nullptr || !reference_->written) return false;
            out.quote(reference_->full_url());
            return true;
        case Kind::object:
            return (!tentative_ || leads_somewhere()) && render_children(out, true);
        case Kind::array:
            return render_children(out, false);
        case Kind::hole:
            break;
    }
    return false;
}

void JsonValue::collect_shown(const std::string& path, std::vector<Shown>& out) const {
    out.push_back({this, path});
    std::size_t index = 0;
    for (const auto* entry = first_; entry != nullptr; entry = entry->next_) {
        if (entry->empty()) continue;
        const bool is_item = kind_ == Kind::array;
        entry->collect_shown(
            is_item ? path + "[" + std::to_string(index++) + "]" : path + "." + std::string(entry->name_), out);
    }
}

std::string JsonValue::render() const {
    JsonText out;
    render_into(out);
    return out.take();
}

}  // namespace causeway::mapping
