#include "mapping/json_value.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace causeway::mapping {
namespace {

constexpr std::array<std::string_view, 5> kFront = {"resourceType", "id", "meta", "language", "text"};

std::size_t rank(std::string_view name) {
    const auto found = std::find(kFront.begin(), kFront.end(), name);
    return static_cast<std::size_t>(found - kFront.begin());
}

void quote_into(std::string& out, std::string_view text) {
    out += '"';
    out += json_escape(text);
    out += '"';
}

}  // namespace

JsonValue JsonValue::text(std::string value) {
    JsonValue made;
    made.kind_ = Kind::text;
    made.text_ = std::move(value);
    return made;
}

JsonValue JsonValue::literal(std::string value) {
    JsonValue made = text(std::move(value));
    made.kind_ = Kind::literal;
    return made;
}

JsonValue JsonValue::reference(const Instance* to) {
    JsonValue made;
    made.kind_ = Kind::reference;
    made.reference_ = to;
    return made;
}

JsonValue JsonValue::object() {
    JsonValue made;
    made.kind_ = Kind::object;
    return made;
}

void JsonValue::set(std::string_view name, std::string_view value) {
    if (!value.empty()) member(name) = text(std::string(value));
}

void JsonValue::put(std::string_view name, JsonValue value) {
    member(name) = std::move(value);
}

void JsonValue::append(std::string_view name, JsonValue value) {
    auto& array = member(name);
    array.item(array.items_.size()) = std::move(value);
}

JsonValue& JsonValue::member(std::string_view name) {
    kind_ = Kind::object;
    for (auto& [key, value] : members_)
        if (key == name) return *value;
    const auto before = [](const auto& entry, std::size_t wanted) { return rank(entry.first) <= wanted; };
    const auto at = std::lower_bound(members_.begin(), members_.end(), rank(name), before);
    return *members_.emplace(at, name, std::make_unique<JsonValue>())->second;
}

const JsonValue* JsonValue::find(std::string_view name) const {
    for (const auto& [key, value] : members_)
        if (key == name) return value.get();
    return nullptr;
}

JsonValue& JsonValue::item(std::size_t index) {
    kind_ = Kind::array;
    while (items_.size() <= index) items_.push_back(std::make_unique<JsonValue>());
    return *items_[index];
}

JsonValue& JsonValue::extension(std::string_view url) {
    auto& array = member("extension");
    for (auto& item : array.items_)
        if (const auto* held = item->find("url"); held != nullptr && held->text_ == url) return *item;
    auto& made = array.item(array.items_.size());
    made.set("url", url);
    return made;
}

JsonValue& JsonValue::step(const Step& step) {
    switch (step.kind) {
        case Step::Kind::index:
            return item(step.index);
        case Step::Kind::all:
            return item(items_.size());
        case Step::Kind::extension:
            return extension(step.name);
        case Step::Kind::member:
        case Step::Kind::choice:
            break;
    }
    return member(step.name);
}

JsonValue& JsonValue::at(const std::vector<Step>& steps) {
    auto* place = this;
    for (const auto& next : steps) place = &place->step(next);
    return *place;
}

bool JsonValue::leads_somewhere() const {
    if (kind_ == Kind::reference) return !empty();
    const auto member = [](const auto& entry) { return entry.second->leads_somewhere(); };
    return std::any_of(members_.begin(), members_.end(), member) ||
           std::any_of(items_.begin(), items_.end(), [](const auto& item) { return item->leads_somewhere(); });
}

bool JsonValue::empty() const {
    switch (kind_) {
        case Kind::hole:
            return true;
        case Kind::text:
            return text_.empty();
        case Kind::literal:
            return false;
        case Kind::reference:
            return reference_ == nullptr || !reference_->written;
        case Kind::array:
            return std::all_of(items_.begin(), items_.end(), [](const auto& item) { return item->empty(); });
        case Kind::object:
            break;
    }
    if (tentative_) return !leads_somewhere();
    return std::all_of(members_.begin(), members_.end(), [](const auto& entry) { return entry.second->empty(); });
}

void JsonValue::render_object(std::string& out) const {
    char separator = '{';
    for (const auto& [name, value] : members_) {
        if (value->empty()) continue;
        out += separator;
        separator = ',';
        out += '"';
        out += name;  // Of an element: there is nothing to escape in it.
        out += "\":";
        value->render_into(out);
    }
    out += '}';
}

void JsonValue::render_array(std::string& out) const {
    char separator = '[';
    for (const auto& item : items_) {
        if (item->empty()) continue;
        out += separator;
        separator = ',';
        item->render_into(out);
    }
    out += ']';
}

void JsonValue::render_into(std::string& out) const {
    switch (kind_) {
        case Kind::text:
            quote_into(out, text_);
            break;
        case Kind::literal:
            out += text_;
            break;
        case Kind::reference:
            quote_into(out, reference_->full_url());
            break;
        case Kind::object:
            render_object(out);
            break;
        case Kind::array:
            render_array(out);
            break;
        case Kind::hole:
            break;
    }
}

std::string JsonValue::render() const {
    std::string out;
    if (!empty()) render_into(out);
    return out;
}

}  // namespace causeway::mapping
